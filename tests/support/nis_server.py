"""A simulated NIS1 node for tests: it answers by meaning what a real node was recorded to serve, and fails on demand.

It knows a recording (`tracer.ingest.recording`) and, after a reorganisation, a branch of another above the fork. A question
that was recorded literally gets the recorded bytes; any other one is computed: pages of any size, the chain as it stood at a
lower `tip`, shifted ids. Rules and messages are those of NIS 0.6.102.

Below the recorded tip an account's balance, public key, harvested blocks and rows are those of that height; its importance,
vested balance, cosigners and mosaics other than XEM stay as recorded. A branch is only as complete as its recording: fees are
credited to harvesters it asked about. Connections are closed after each answer, where Jetty keeps them open.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pytest_httpserver import HTTPServer
from symbolchain.CryptoTypes import PrivateKey
from symbolchain.nem.KeyPair import KeyPair
from werkzeug import Request, Response

from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.hashes_and_signatures import _block_bytes, block_hash, hash_of, network_stated, serialised
from tracer.ingest.node.recording import exchanges

Json = dict[str, Any]

PAGE, SMALLEST_PAGE, LARGEST_PAGE = 25, 5, 100  # rows (nis: DefaultPage)
EXPLORED = 10  # blocks a call (nis: BlockExplorerController)
SHOWN_UNCONFIRMED = 25
SINKS = [("rentalFeeSink", "rentalFee"), ("creationFeeSink", "creationFee")]
SHORT, LONG = 1 << 15, 1 << 63
XEM, RESERVED = "nem:xem", {"namespaceId": "nem", "name": "xem"}
XEM_PROPERTIES = {"divisibility": "6", "initialSupply": "8999999999", "supplyMutable": "false", "transferable": "true"}
XEM_DEFINITION = {
    "creator": "3e82e1c1e4a75adaa3cba8c101c3cd31d9817a2eb966eb3b511fb2ed45b8e262",
    "description": "reserved xem mosaic",
    "id": RESERVED,
    "properties": [{"name": name, "value": value} for name, value in XEM_PROPERTIES.items()],
    "levy": {},
}
UNKNOWN_META = {"cosignatories": [], "cosignatoryOf": [], "status": "LOCKED", "remoteStatus": "INACTIVE"}
UNKNOWN = {"harvestedBlocks": 0, "balance": 0, "importance": 0.0, "vestedBalance": 0, "publicKey": None, "label": None, "multisigInfo": {}}
NO_HEX = "java.lang.IllegalArgumentException: org.apache.commons.codec.DecoderException: Illegal hexadecimal character {} at index {}"
NO_BLOCK_ID = (
    'Cannot invoke "org.nem.nis.dbmodel.DbBlock.getHeight()" because the return value of "org.nem.nis.dao.BlockDaoImpl.findById(java.'
)
NO_BODY = "Required request body is missing: public org.nem.core.model.Block org.nem.nis.controller.BlockController.blockAt(org.nem.core.mo"


class Asked(NamedTuple):
    """A request as the node received it; `url` is the path with its query as sent."""

    method: str
    path: str
    query: dict[str, str]
    body: str
    content_type: str
    remote: str
    url: str


class NisError(Exception):
    """An answer of the node that is no 200."""

    def __init__(self, status: int, message: str | None) -> None:
        super().__init__(message)
        self.status, self.message = status, message


# What was recorded


class Recorded:
    """What one recording holds: blocks by height, rows and harvests by address, and every good answer by its question."""

    def __init__(self, path: Path) -> None:
        self.literal: dict[tuple[str, str, str | None], str] = {}
        self.blocks: dict[int, Json] = {}
        self.explored: dict[int, Json] = {}
        self.accounts: dict[str, Json] = {}
        self.owned: dict[str, list[Json]] = {}
        self.rows: dict[str, dict[str, Json]] = defaultdict(dict)
        self.harvests: dict[str, dict[int, Json]] = defaultdict(dict)
        for exchange in exchanges(path):
            if exchange.status == 200:
                self.literal[question(exchange.method, exchange.path, exchange.body or "")] = exchange.answer
                url = urlsplit(exchange.path)
                if exchange.answer.strip():
                    self._take(url.path, dict(parse_qsl(url.query)).get("address", ""), json.loads(exchange.answer))

    def _take(self, path: str, address: str, answer: Json) -> None:
        if path == "/block/at/public":
            self.blocks[answer["height"]] = answer
        elif path == "/local/chain/blocks-after":
            self.explored |= {each["block"]["height"]: each for each in answer["data"]}
        elif path == "/account/get":
            self.accounts[answer["account"]["address"]] = answer
        elif path == "/account/transfers/all":
            self.rows[address] |= {row["meta"]["hash"]["data"]: row for row in answer["data"]}
        elif path == "/account/harvests":
            self.harvests[address] |= {row["height"]: row for row in answer["data"]}
        elif path == "/account/mosaic/owned":
            self.owned[address] = answer["data"]


def question(method: str, url: str, body: str) -> tuple[str, str, str | None]:
    """The same for questions that differ only in how their JSON body is written."""
    try:
        return method, url, json.dumps(json.loads(body), sort_keys=True) if body else None
    except ValueError:
        return method, url, body


@lru_cache(maxsize=8)
def recorded(path: Path) -> Recorded:
    return Recorded(path)


class Chain:
    """All that happened on one branch: the base recording up to the fork, and the branch recording above it."""

    def __init__(self, base: Recorded, branch: Recorded | None = None) -> None:
        latest = branch or base
        common = [height for height, block in latest.blocks.items() if base.blocks.get(height) == block]
        if not common:
            raise ValueError("the branch has no block in common with the base recording: record it from below the fork")
        self.fork, self.tip, self.literal, self.served = max(common), max(latest.blocks), latest.literal, latest.accounts
        self.blocks = {h: b for h, b in base.blocks.items() if h <= self.fork} | latest.blocks
        self.explored = {h: b for h, b in base.explored.items() if h <= self.fork} | latest.explored
        self.accounts, self.owned = base.accounts | latest.accounts, base.owned | latest.owned
        self.rows = {
            address: sorted(
                (
                    {k: r for k, r in base.rows.get(address, {}).items() if r["meta"]["height"] <= self.fork} | latest.rows.get(address, {})
                ).values(),
                key=lambda row: -row["meta"]["id"],
            )
            for address in {*base.rows, *latest.rows}
        }
        self.harvests = {
            address: {h: r for h, r in base.harvests.get(address, {}).items() if h <= self.fork} | latest.harvests.get(address, {})
            for address in {*base.harvests, *latest.harvests}
        }
        delegates = {address for address, pair in self.accounts.items() if pair["meta"]["remoteStatus"] == "REMOTE"}
        self.income = {h: (a, r) for a, harvested in self.harvests.items() if a not in delegates for h, r in harvested.items()}
        self.by_hash = {row["meta"]["hash"]["data"]: row for rows in self.rows.values() for row in rows}
        self.changes: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.keys: dict[str, tuple[int, str]] = {}
        self.lessors: list[tuple[int, str, str]] = []
        self.definitions: list[tuple[int, Json]] = []

    @cached_property
    def replayed(self) -> Chain:
        """This chain with what its blocks say: balance changes and public keys by address, lessors and definitions by height."""
        nemesis, in_force = address_of(self.blocks[1]["signer"], self.blocks[1]["version"]), {}
        for height, block in sorted(self.blocks.items()):
            self._key(height, block["signer"], block["version"])
            for transaction in block["transactions"]:
                self._replay(height, transaction, nemesis, in_force)
            if height == 1:
                self.changes[nemesis].append((0, -sum(change for _, change in self.changes[nemesis])))
            if height in self.income:
                beneficiary, harvest = self.income[height]
                self.changes[beneficiary].append((height, harvest["totalFee"]))
        return self

    def _replay(self, height: int, transaction: Json, nemesis: str, in_force: Json) -> None:
        inner, signatures = transaction.get("otherTrans", transaction), transaction.get("signatures", ())
        payer = address_of(inner["signer"], inner["version"])
        fees = sum(each["fee"] for each in ((transaction,) if inner is transaction else (transaction, inner, *signatures)))
        for sender, recipient, amount in [(payer, "", 0 if payer == nemesis else fees), *_payments(inner, payer, in_force)]:
            self.changes[sender].append((height, -amount))
            self.changes[recipient].append((height, amount))
        for each in (transaction, inner, *signatures):
            self._key(height, each["signer"], each["version"])
        for key in _named_keys(inner):
            self._key(height, key, inner["version"])
        if inner.get("mode") == 1:
            self.lessors.append((height, address_of(inner["remoteAccount"], inner["version"]), payer))
        if definition := inner.get("mosaicDefinition"):
            in_force[_mosaic(definition["id"])] = definition
            self.definitions.append((height, definition))

    def _key(self, height: int, key: str, version: int) -> None:
        self.keys.setdefault(address_of(key, version), (height, key))

    def explorer(self, height: int) -> Json:
        """A block as a local client is told it."""
        if height in self.explored:
            return self.explored[height]
        block, (beneficiary, harvest) = self.blocks[height], self.income[height]
        following = self.blocks.get(height + 1)
        transactions = []
        for each in block["transactions"]:
            inner = {"innerHash": hash_of(each["otherTrans"])} if "otherTrans" in each else {}
            transactions.append({"tx": each, "hash": hash_of(each), **inner})
        return {
            "block": block,
            "hash": following["prevBlockHash"]["data"] if following else block_hash(block),
            "difficulty": harvest["difficulty"],
            "txes": transactions,
            "beneficiary": beneficiary,
            "totalFee": harvest["totalFee"],
        }


def _payments(transaction: Json, payer: str, in_force: Json) -> Iterator[tuple[str, str, int]]:
    """The XEM a transaction moves besides fees, by the rules of NIS and not by the tracer's: it is the tracer that is tested."""
    yield from ((payer, transaction[sink], transaction[fee]) for sink, fee in SINKS if sink in transaction)
    if "recipient" not in transaction:
        return
    attached: dict[str, int] = defaultdict(int)
    for each in transaction.get("mosaics", ()):
        attached[_mosaic(each["mosaicId"])] += each["quantity"]
    moved = {mosaic: transaction["amount"] * quantity // 1_000_000 for mosaic, quantity in attached.items()} or {XEM: transaction["amount"]}
    yield payer, transaction["recipient"], moved.get(XEM, 0)
    for mosaic, amount in moved.items():
        levy = in_force.get(mosaic, {}).get("levy")
        if levy and levy["mosaicId"] == RESERVED:
            yield payer, levy["recipient"], levy["fee"] if levy["type"] == 1 else levy["fee"] * amount // 10_000


def _mosaic(identity: Json) -> str:
    return f"{identity['namespaceId']}:{identity['name']}"


def _named_keys(transaction: Json) -> list[str]:
    """Public keys a transaction names besides its signers'."""
    remote = [transaction["remoteAccount"]] if "remoteAccount" in transaction else []
    return remote + [each["cosignatoryAccount"] for each in transaction.get("modifications", ())]


# What the node answers: one function per endpoint


def _height(node: NisServer, _: Asked) -> Json:
    return {"height": node.tip}


def _last_block(node: NisServer, _: Asked) -> Json:
    return node.chain.blocks[node.tip]


def _block(node: NisServer, asked: Asked) -> Json:
    height = _stated_height(asked)
    if (stranger := next((fault for fault in node.faults if fault.name == "stranger"), None)) and height == stranger.how.get(
        "height", 10**9
    ):
        return node.invented(height, stranger.how.get("time"))
    if height > node.tip:
        raise NisError(404, f"block not found in the db '{height}' (org.nem.core.model.Block)")
    return node.chain.explorer(height) if asked.path.startswith("/local/") else node.chain.blocks[height]


def _blocks_after(node: NisServer, asked: Asked) -> Json:
    after = _stated_height(asked)
    return {"data": [node.chain.explorer(height) for height in range(after + 1, min(after + EXPLORED, node.tip) + 1)]}


def _stated_height(asked: Asked) -> int:
    if asked.content_type != "application/json":
        raise NisError(500, f"Content type '{asked.content_type}' not supported")
    if not asked.body:
        raise NisError(500, NO_BODY)
    try:
        stated, _ = json.JSONDecoder().raw_decode(asked.body)  # what follows the object is not read
    except ValueError:
        stated = None
    if not isinstance(stated, dict):
        raise NisError(400, "JSON Object was expected")
    height = stated.get("height")
    if height is None:
        raise NisError(500, "expected value for property height, but none was found")
    if not isinstance(height, int):
        raise NisError(500, "property height has an incompatible value")
    if height <= 0:
        raise NisError(400, "height must be positive")
    return height


def _account(node: NisServer, asked: Asked) -> Json:
    return node.account(_address(node, asked))


def _forwarded(node: NisServer, asked: Asked) -> Json:
    address = _address(node, asked)
    lessors = [lessor for height, delegate, lessor in node.chain.replayed.lessors if delegate == address and height <= node.tip]
    return node.account(lessors[-1] if lessors else address)


def _owned(node: NisServer, asked: Asked) -> Json:
    address = _address(node, asked)
    others = [each for each in node.chain.owned.get(address, ()) if each["mosaicId"] != RESERVED]
    return {"data": [{"quantity": node.account(address)["account"]["balance"], "mosaicId": RESERVED}, *others]}


def _unconfirmed(node: NisServer, asked: Asked) -> Json:
    waiting = node.unconfirmed.get(_address(node, asked), [])[:SHOWN_UNCONFIRMED]
    inner = [hash_of(each["otherTrans"]) if "otherTrans" in each else None for each in waiting]
    return {"data": [{"meta": {"data": data}, "transaction": each} for data, each in zip(inner, waiting, strict=True)]}


def _transfers(node: NisServer, asked: Asked) -> Json:
    address, kind = _address(node, asked), asked.path.rsplit("/", 1)[1]
    size, cursor = _page_size(asked), _number(asked, "id", LONG)
    if cursor is None and "hash" in asked.query:
        row = node.chain.by_hash.get(asked.query["hash"]) if node.hash_cache else None
        if row is None:
            raise NisError(400, "Neither transaction id was supplied nor hash was found in cache")
        cursor = row["meta"]["id"] + node.id_offset
    listed = LISTED[kind]
    rows = (row for row in node.chain.rows.get(address, ()) if row["meta"]["height"] <= node.tip and listed(row["transaction"], address))
    shown = (node.shifted(row) for row in rows)
    return {"data": [row for row in shown if cursor is None or row["meta"]["id"] < cursor][:size]}


def _credits(transaction: Json, address: str) -> bool:
    """Whether NIS lists the transaction as incoming for the address (nis: TransactionRegistry, BlockDaoImpl)."""
    inner = transaction.get("otherTrans", transaction)
    named = [inner.get("recipient"), inner.get("rentalFeeSink"), *(address_of(key, inner["version"]) for key in _named_keys(inner))]
    if "mosaicDefinition" in inner and inner is not transaction:
        named += [inner["creationFeeSink"], inner["mosaicDefinition"]["levy"].get("recipient")]
    return address in named


def _debits(transaction: Json, address: str) -> bool:
    """Whether NIS lists it as outgoing: for the signer, and a multisig for all cosigners, who are those it lists nothing else for."""
    signers = [transaction, transaction.get("otherTrans", transaction), *transaction.get("signatures", ())]
    signs = address in [address_of(each["signer"], each["version"]) for each in signers]
    return signs or ("otherTrans" in transaction and not _credits(transaction, address))


LISTED: dict[str, Callable[[Json, str], bool]] = {"all": lambda *_: True, "incoming": _credits, "outgoing": _debits}


def _harvests(node: NisServer, asked: Asked) -> Json:
    address, size, cursor = _address(node, asked), _page_size(asked), _number(asked, "id", LONG)
    below = node.tip + 1
    if cursor is not None:
        heights = {row["id"] + node.id_offset: height for height, (_, row) in node.chain.income.items() if height <= node.tip}
        if cursor not in heights:
            raise NisError(500, NO_BLOCK_ID)
        below = heights[cursor]
    rows = sorted(((height, row) for height, row in node.chain.harvests.get(address, {}).items() if height < below), reverse=True)
    return {"data": [row | {"id": row["id"] + node.id_offset} for _, row in rows[:size]]}


def _definitions(node: NisServer) -> dict[str, tuple[int, Json]]:
    """The definition in force by mosaic, newest first, with its id: the how-manieth of the chain it is."""
    in_force = {}
    for number, (height, definition) in enumerate(node.chain.replayed.definitions, 1):
        if height <= node.tip:
            in_force[_mosaic(definition["id"])] = (number + node.id_offset, definition)
    return dict(sorted(in_force.items(), key=lambda item: -item[1][0]))


def _definition(node: NisServer, asked: Asked) -> Json:
    mosaic = asked.query.get("mosaicId", "")
    if mosaic.count(":") != 1:
        raise NisError(400, f"pattern '{mosaic}' could not be parsed")
    if mosaic == XEM:
        return XEM_DEFINITION
    if mosaic not in (found := _definitions(node)):
        raise NisError(404, f"invalid mosaic definition '{mosaic}' (org.nem.core.model.mosaic.MosaicDefinition)")
    return found[mosaic][1]


def _definition_page(node: NisServer, asked: Asked) -> Json:
    size, cursor = _page_size(asked), _number(asked, "id", LONG)
    page = [(number, definition) for number, definition in _definitions(node).values() if cursor is None or number < cursor][:size]
    return {"data": [{"meta": {"id": number}, "mosaic": definition} for number, definition in page]}


def _account_definitions(node: NisServer, asked: Asked) -> Json:
    address, size, version = _address(node, asked), _page_size(asked), node.chain.blocks[1]["version"]
    cursor, parent = _number(asked, "id", LONG), asked.query.get("parent")
    made = [each for each in _definitions(node).values() if address_of(each[1]["creator"], version) == address]
    return {
        "data": [
            definition
            for number, definition in made
            if (cursor is None or number < cursor) and parent in (None, definition["id"]["namespaceId"])
        ][:size]
    }


def _transaction(node: NisServer, asked: Asked) -> Json:
    text = asked.query.get("hash")
    if text is None:
        raise NisError(500, 'Cannot invoke "String.length()" because "hexString" is null')
    if wrong := re.search(r"[^0-9a-fA-F]", text):
        raise NisError(500, NO_HEX.format(wrong[0], wrong.start()))
    row = node.chain.by_hash.get(text.lower())
    if node.hash_cache and row is not None and row["meta"]["height"] <= node.tip:
        return node.shifted(row)
    if node.hash_cache and any(text.lower() in _parts(row) for row in node.chain.by_hash.values() if row["meta"]["height"] <= node.tip):
        raise NisError(404, f"transaction not found in the db '{text.lower()}' (class org.nem.core.crypto.Ha")
    raise NisError(400, "Hash was not found in cache")


def _parts(row: Json) -> Iterator[str]:
    """The hashes of a multisig's inner transaction and cosignatures: the cache has them, the database not."""
    if inner := row["meta"]["innerHash"].get("data"):
        yield inner
        yield from map(hash_of, row["transaction"]["signatures"])


def _address(node: NisServer, asked: Asked) -> str:
    if "address" not in asked.query:
        raise NisError(400, "encoded address cannot be null")
    address = asked.query["address"].upper()
    if not network_stated(node.chain.blocks[1]["version"]).is_valid_address_string(address):
        raise NisError(400, "address must be valid")
    return address


def _number(asked: Asked, name: str, limit: int) -> int | None:
    text = asked.query.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise NisError(400, f'For input string: "{text}"')
    if not -limit <= int(text) < limit:
        raise NisError(400, f'Value out of range. Value:"{text}" Radix:10')
    return int(text)


def _page_size(asked: Asked) -> int:
    size = _number(asked, "pageSize", SHORT)
    return PAGE if size is None else min(max(size, SMALLEST_PAGE), LARGEST_PAGE)


ENDPOINTS: dict[str, tuple[str, Callable[[NisServer, Asked], Json]]] = {
    "/heartbeat": ("GET", lambda *_: {"code": 1, "type": 2, "message": "ok"}),
    "/status": ("GET", lambda *_: {"code": 6, "type": 4, "message": "status"}),
    "/chain/height": ("GET", _height),
    "/chain/last-block": ("GET", _last_block),
    "/block/at/public": ("POST", _block),
    "/local/block/at": ("POST", _block),
    "/local/chain/blocks-after": ("POST", _blocks_after),
    "/account/get": ("GET", _account),
    "/account/get/forwarded": ("GET", _forwarded),
    "/account/transfers/all": ("GET", _transfers),
    "/account/transfers/incoming": ("GET", _transfers),
    "/account/transfers/outgoing": ("GET", _transfers),
    "/account/harvests": ("GET", _harvests),
    "/account/unconfirmedTransactions": ("GET", _unconfirmed),
    "/account/mosaic/owned": ("GET", _owned),
    "/account/mosaic/definition/page": ("GET", _account_definitions),
    "/mosaic/definition": ("GET", _definition),
    "/mosaic/definition/last": ("GET", _definition),
    "/mosaic/definition/page": ("GET", _definition_page),
    "/transaction/get": ("GET", _transaction),
}


# How it fails


@dataclass
class Fault:
    """One injected fault: it lets `after` chances pass, then takes `times` of them (None: all)."""

    name: str
    match: Callable[[Asked], bool]
    times: int | None
    after: int
    how: Json

    def due(self) -> bool:
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return self.times is None or self.times >= 0


def _hang(node: NisServer, how: Json, text: str, _: Request) -> Response:
    node.stopping.wait(how.get("seconds", 60))
    return _response(text)


def _cut_body(_: NisServer, how: Json, text: str, __: Request) -> Response:
    response = _response(text[: len(text) // 2])
    response.headers["Content-Length"] = str(len(text.encode()))
    return response


def _dead(node: NisServer, how: Json, text: str, request: Request) -> Response:
    node.stop()
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return _response("")


def _bomb(node: NisServer, how: Json, text: str, _: Request) -> Response:
    """A few KiB that unpack to more than anybody has memory for."""
    response = _response("")
    response.data, response.headers["Content-Encoding"] = packed_blanks(how.get("mebibytes", 512)), "gzip"
    return response


@lru_cache
def packed_blanks(mebibytes: int) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(pack.compress(b" " * (1 << 20)) for _ in range(mebibytes)) + pack.flush()


def _endless(node: NisServer, how: Json, text: str, _: Request) -> Response:
    """A body that never ends; `seconds` between its parts, as many bytes each as `part` says."""

    def parts() -> Iterator[bytes]:
        while not node.stopping.wait(how.get("seconds", 0)):
            yield b" " * how.get("part", 1 << 16)

    return Response(parts(), 200, content_type="application/json")


def _slow_headers(node: NisServer, how: Json, text: str, request: Request) -> Response:
    """Headers that come in byte by byte, for ever."""
    wire = request.environ["werkzeug.socket"]
    with suppress(OSError):
        wire.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not node.stopping.wait(how.get("seconds", 0.1)):
            wire.sendall(b"x")
        wire.shutdown(socket.SHUT_RDWR)
    return _response("")


def _packed_as(coding: str, pack: Callable[[bytes], bytes]) -> Callable[..., Response]:
    def packed(_: NisServer, __: Json, text: str, ___: Request) -> Response:
        response = _response("")
        response.data, response.headers["Content-Encoding"] = pack(text.encode()), coding
        return response

    return packed


def _raw(request: Request, sent: bytes) -> Response:
    """These bytes and no others; then the connection is closed."""
    wire = request.environ["werkzeug.socket"]
    with suppress(OSError):
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_RDWR)
    return _response("")


WIRE: dict[str, Callable[[NisServer, Json, str, Request], Response]] = {
    "error_500": lambda node, how, *_: node.refusal(500, how.get("message")),
    "refuses": lambda node, how, *_: node.refusal(how.get("status", 404), how.get("message")),
    "storm_429": lambda node, how, *_: node.refusal(429, None, how.get("retry_after")),
    "hang": _hang,
    "cut_body": _cut_body,
    "wrong_type": lambda _, how, *__: _response(json.dumps(how.get("value", []))),
    "not_json": lambda *_: Response("<html><body>Bad Gateway</body></html>", 200, content_type="text/html"),
    "empty_body": lambda *_: _response(""),
    "dead": _dead,
    "bomb": _bomb,
    "endless": _endless,
    "drip": lambda node, how, *rest: _endless(node, {"seconds": 0.05, "part": 1} | how, *rest),
    "slow_headers": _slow_headers,
    "too_large": lambda _, how, *__: _response(json.dumps({"data": "x" * how.get("bytes", (16 << 20) + 1)})),
    "deep": lambda _, how, *__: _response("[" * how.get("levels", 100_000) + "]" * how.get("levels", 100_000)),
    "deep_object": lambda _, how, *__: _response('{"data":' * how.get("levels", 300) + "1" + "}" * how.get("levels", 300)),
    "unclosed": lambda _, how, *__: _response('{"data":[' * how.get("levels", 100_000)),
    "zipped": _packed_as("gzip", gzip.compress),
    "half_zipped": _packed_as("gzip", lambda body: gzip.compress(body)[:-12]),
    "no_zip": _packed_as("gzip", lambda body: b"no gzip at all"),
    "unasked_coding": _packed_as("br", lambda body: body),
    "no_text": lambda *_: Response(b"\xff\xfe{}", 200, content_type="application/json"),
    "redirect": lambda *_: Response("", 302, {"Location": "http://127.0.0.1:9/"}),
    "unavailable": lambda node, *_: node.refusal(503, None),
    "forbidden": lambda node, *_: node.refusal(403, None),
    "no_content": lambda *_: Response("", 204),
    "null": lambda *_: _response("null"),
    "number": lambda *_: _response("1"),
    "text": lambda *_: _response('"ok"'),
    "not_a_number": lambda *_: _response('{"height": NaN, "data": NaN}'),
    "empty_object": lambda *_: _response("{}"),
    "two_answers": lambda _, __, text, ___: _response(text + text),
    "cut_json": lambda _, __, text, ___: _response(text[: len(text) // 2]),
    "many": lambda _, how, *__: _response('{"data":[' + "{}," * how.get("values", 4_000_000) + "{}]}"),
    "padded": lambda _, how, text, ___: _response(text.rstrip()[:-1] + ',"padding":"' + "x" * how.get("bytes", 12 << 20) + '"}'),
    "long_number": lambda *_: _response('{"height":' + "9" * 5000 + "}"),
    "byte_order_mark": lambda _, __, text, ___: Response(b"\xef\xbb\xbf" + text.encode(), 200, content_type="application/json"),
    "error_as_200": lambda *_: _response('{"timeStamp":1,"error":"Not Found","message":"block not found","status":404}'),
    "part": lambda _, __, text, ___: _response(text, 206),
    "unauthorised": lambda node, *_: node.refusal(401, None),
    "not_implemented": lambda node, *_: node.refusal(501, None),
    "no_http": lambda _, __, ___, request: _raw(request, b"SSH-2.0-OpenSSH_9.2\r\n"),
    "reset": lambda _, __, ___, request: _raw(request, b""),
    "header_flood": lambda _, __, ___, request: _raw(request, b"HTTP/1.1 200 OK\r\n" + b"X-Flood: 1\r\n" * 5000 + b"\r\n{}"),
    "cut_chunks": lambda _, __, ___, request: _raw(request, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
    "too_short": lambda _, __, text, request: _raw(request, f"HTTP/1.1 200 OK\r\nContent-Length: {len(text) // 2}\r\n\r\n{text}".encode()),
}
"""Instead of the answer."""


def _told(node: NisServer, how: Json, answer: Any) -> list[Json]:
    """Every place of the answer that tells the transaction to lie about; none if a reorganisation undid it."""
    row = node.chain.by_hash.get(how["transaction"])
    return list(_signed(answer, row["transaction"]["signature"])) if row else []


def _signed(answer: Any, signature: str) -> Iterator[Json]:
    if isinstance(answer, dict):
        if answer.get("signature") == signature:
            yield answer
        answer = list(answer.values())
    for each in answer if isinstance(answer, list) else ():
        yield from _signed(each, signature)


def _lying_amount(node: NisServer, how: Json, _: Asked, answer: Any) -> None:
    for told in _told(node, how, answer):
        told.get("otherTrans", told)["amount"] += how.get("by", 1_000_000)


def _false_signature(node: NisServer, how: Json, _: Asked, answer: Any) -> None:
    for told in _told(node, how, answer):
        told["signature"] = f"{int(told['signature'][:2], 16) ^ 1:02x}{told['signature'][2:]}"


def _lying_balance(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if asked.path == "/account/get" and how.get("address", answer["account"]["address"]) == answer["account"]["address"]:
        answer["account"]["balance"] += how.get("by", 1_000_000)


def _another_account(node: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    """What it says of one account it says of another."""
    if asked.path == "/account/get" and asked.query.get("address", "") == how.get("address", asked.query.get("address")):
        answer.update(json.loads(json.dumps(node.account(how["instead"]))))


def _tall(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if asked.path == "/chain/height":
        answer["height"] = how.get("height", 10**9)


def _empty_list(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if isinstance(answer, dict) and "data" in answer:
        answer["data"] = []


def _wrong_place(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if asked.path == "/transaction/get":
        answer["meta"]["height"] = how.get("height", 3)


def _missing_transaction(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if asked.path in PAGES:
        answer["data"] = [row for row in answer["data"] if row["meta"]["hash"]["data"] != how["transaction"]]


def _foreign_transaction(node: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if asked.path in PAGES and "id" not in asked.query and "outgoing" not in asked.path:
        newest = answer["data"][0]["meta"]["id"] if answer["data"] else node.id_offset
        forged = {"meta": {"innerHash": {}, "id": newest + 1, "height": node.tip}}
        forged["transaction"] = node.never_included(asked.query["address"].upper(), how.get("amount", 1_000_000_000))
        forged["meta"]["hash"] = {"data": hash_of(forged["transaction"])}
        answer["data"] = [forged, *answer["data"]][: _page_size(asked)]


def _as_floats(_: NisServer, __: Json, ___: Asked, answer: Any) -> None:
    _amounts(answer, float)


def _as_texts(_: NisServer, __: Json, ___: Asked, answer: Any) -> None:
    _amounts(answer, str)


def _negative(_: NisServer, __: Json, ___: Asked, answer: Any) -> None:
    _amounts(answer, lambda amount: -amount - 1)


def _amounts(answer: Any, written: Callable[[int], Any]) -> None:
    """Balance, height and ids are written in another way."""
    if "account" in answer:
        answer["account"]["balance"] = written(answer["account"]["balance"])
    for row in answer.get("data", ()):
        place = row.get("meta", row)
        if "id" in place:
            place["id"] = written(place["id"])
    if "height" in answer:
        answer["height"] = written(answer["height"])


def _reversed_page(_: NisServer, __: Json, asked: Asked, answer: Any) -> None:
    if asked.path in PAGES:
        answer["data"].reverse()


def _twice_in_page(_: NisServer, __: Json, asked: Asked, answer: Any) -> None:
    if asked.path in PAGES:
        answer["data"][:] = [row for row in answer["data"] for _ in range(2)][:LARGEST_PAGE]


def _wrong_height(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    """A list names the block after the one that holds the transaction."""
    if asked.path in PAGES:
        for row in answer["data"][:1]:
            row["meta"]["height"] += how.get("by", 1)


def _false_hash(_: NisServer, __: Json, asked: Asked, answer: Any) -> None:
    if asked.path in PAGES:
        for row in answer["data"][:1]:
            row["meta"]["hash"]["data"] = "ab" * 32


def _false_income(_: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if asked.path == "/account/harvests":
        for row in answer["data"]:
            row["totalFee"] += how.get("by", 1_000_000)


def _same_block(node: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    if "transactions" in answer:
        answer.update(node.chain.blocks[how.get("height", 2)])


def _emptied_block(_: NisServer, __: Json, ___: Asked, answer: Any) -> None:
    if "transactions" in answer:
        answer["transactions"] = []


def _turned_block(_: NisServer, __: Json, ___: Asked, answer: Any) -> None:
    if "transactions" in answer:
        answer["transactions"].reverse()


def _restamped(node: NisServer, how: Json, _: Asked, answer: Any) -> None:
    """A true block at another time, signed by a stranger: its transactions still verify."""
    if "transactions" in answer and how.get("height", answer["height"]) == answer["height"]:
        answer.update(node.signed({**answer, "timeStamp": answer["timeStamp"] + how["by"]}))


def _stranger(node: NisServer, how: Json, asked: Asked, answer: Any) -> None:
    """A chain that ends where it likes, with a block that a stranger signed."""
    ends = how.get("height", 10**9)
    if asked.path == "/chain/height":
        answer["height"] = ends
    elif "transactions" in answer and asked.path == "/chain/last-block":
        answer.update(node.invented(ends, how.get("time")))


def _climbing(node: NisServer, _: Json, asked: Asked, answer: Any) -> None:
    """Higher by a block whenever it is asked: no balance ever stands between two equal heights."""
    if asked.path == "/chain/height":
        answer["height"] += sum(path == "/chain/height" for _, path in node.requests) - 1


PAGES = {f"/account/transfers/{kind}" for kind in LISTED}
LIES: dict[str, Callable[[NisServer, Json, Asked, Any], None]] = {
    "lying_amount": _lying_amount,
    "lying_balance": _lying_balance,
    "another_account": _another_account,
    "tall": _tall,
    "empty_list": _empty_list,
    "wrong_place": _wrong_place,
    "false_signature": _false_signature,
    "missing_transaction": _missing_transaction,
    "foreign_transaction": _foreign_transaction,
    "as_floats": _as_floats,
    "as_texts": _as_texts,
    "negative": _negative,
    "reversed_page": _reversed_page,
    "twice_in_page": _twice_in_page,
    "wrong_height": _wrong_height,
    "false_hash": _false_hash,
    "false_income": _false_income,
    "same_block": _same_block,
    "emptied_block": _emptied_block,
    "turned_block": _turned_block,
    "restamped": _restamped,
    "stranger": _stranger,
    "climbing": _climbing,
}
"""Changes to a good answer. What they change nothing in does not count as a chance."""

TURNS: dict[str, Callable[[NisServer, Json], None]] = {
    "switch": lambda node, how: node.switch(how["recording"], how.get("tip")),
    "behind": lambda node, how: setattr(node, "tip", how["tip"]),
}
"""Changes of the node itself, before it answers."""

FAULTS = {*WIRE, *LIES, *TURNS, "duplicate_page", "missing_page"}
NEEDS = {
    "switch": "recording",
    "behind": "tip",
    "another_account": "instead",
    "lying_amount": "transaction",
    "false_signature": "transaction",
    "missing_transaction": "transaction",
    "restamped": "by",
}


def _response(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, headers, content_type="application/json")


# The node


class _PromptServer(HTTPServer):
    """An HTTPServer that stops at once, where the original looks every half second."""

    def thread_target(self) -> None:
        self.server.serve_forever(poll_interval=0.005)


class NisServer:
    """A node on a port of its own: `with NisServer(recording, tip=300) as node: ... node.url`.

    `local` lets /local/ calls in; `hash_cache` lets transactions be asked for by hash; `id_offset` is added to all ids, as
    another honest node has others; `limit_per_s` refuses more requests than that; `literal=False` computes even what was
    recorded literally. `requests` are (method, path with query) in the order they came, refused ones too.
    """

    def __init__(
        self,
        recording: Path,
        *,
        tip: int | None = None,
        local: bool = False,
        hash_cache: bool = False,
        id_offset: int = 0,
        limit_per_s: int | None = None,
        literal: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = recorded(Path(recording))
        self.local, self.hash_cache, self.id_offset, self.literal = local, hash_cache, id_offset, literal
        self.unconfirmed: dict[str, list[Json]] = {}
        self.requests: list[tuple[str, str]] = []
        self.stopping = threading.Event()
        self._clock, self._recent = clock, deque[float](maxlen=limit_per_s) if limit_per_s else None
        self._faults: list[Fault] = []
        self._last_page: dict[tuple[str, str], str] = {}
        self._lock = threading.RLock()
        self._http = _PromptServer(host="127.0.0.1", port=0, threaded=True)
        self._http.expect_request(re.compile(".*")).respond_with_handler(self._respond)
        self._set(Chain(self.base), tip)

    def start(self) -> NisServer:
        """Listens; after `stop` or the fault `dead`, on the same port again."""
        self.stopping.clear()
        self._http.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        if self._http.is_running():
            self._http.stop()

    def __enter__(self) -> NisServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._http.check_handler_errors()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.port}"

    @property
    def count(self) -> int:
        return len(self.requests)

    @property
    def faults(self) -> list[Fault]:
        """What was injected."""
        return self._faults

    @property
    def tip(self) -> int:
        """The height the node answers at; may be set up to the recorded one."""
        return self._tip

    @tip.setter
    def tip(self, height: int) -> None:
        self._set(self.chain, height)

    def switch(self, recording: Path | None, tip: int | None = None) -> None:
        """Goes over to the branch of another recording above its fork from the first; None: back to the first alone."""
        self._set(Chain(self.base, recorded(Path(recording)) if recording else None), tip)

    def inject(
        self,
        fault: str,
        match: Callable[[Asked], bool] | str = "/",
        times: int | None = None,
        after: int = 0,
        **how: Any,
    ) -> None:
        """Lets a fault happen to requests that match (a path prefix, or any test), once unless `times` says more; lies for ever.

        `how`: seconds (hang, endless, drip, slow_headers), mebibytes (bomb), part (endless), bytes (too_large), levels (deep),
        message (error_500), retry_after (storm_429), value (wrong_type), transaction (its hash: lies about one), by (lying
        amount and balance), address (lying_balance, another_account), instead (whom another_account tells of), amount
        (foreign_transaction), recording and tip (switch), tip (behind), status and message (refuses), height (tall, wrong_place,
        same_block), values (many), by (wrong_height, false_income, restamped), height and time (stranger: of its last block).
        """
        if fault not in FAULTS:
            raise ValueError(f"no fault {fault!r}: there are {', '.join(sorted(FAULTS))}")
        if fault in NEEDS and NEEDS[fault] not in how:
            raise ValueError(f"no fault {fault!r} without {NEEDS[fault]}=")
        matches = match if callable(match) else lambda asked: asked.path.startswith(match)
        self._faults.append(Fault(fault, matches, times if times or fault in LIES else 1, after, how))

    def account(self, address: str) -> Json:
        """The account as /account/get tells it."""
        if self.tip == self.chain.tip and address in self.chain.served:
            return self.chain.served[address]
        chain = self.chain.replayed
        stored = self.chain.accounts.get(address, {"meta": UNKNOWN_META, "account": UNKNOWN})
        balance = sum(change for height, change in chain.changes.get(address, ()) if height <= self.tip)
        seen, key = chain.keys.get(address, (0, None))
        key = key if seen <= self.tip else None
        if not balance and not key:
            stored = {"meta": UNKNOWN_META, "account": UNKNOWN}
        harvested = sum(a == address for height, (a, _) in chain.income.items() if height <= self.tip)
        at_tip = {"address": address, "balance": balance, "publicKey": key, "harvestedBlocks": harvested}
        return {"meta": stored["meta"], "account": stored["account"] | at_tip}

    def shifted(self, row: Json) -> Json:
        return {**row, "meta": {**row["meta"], "id": row["meta"]["id"] + self.id_offset}}

    def never_included(self, recipient: str, amount: int) -> Json:
        """A payment that hashes and verifies as it should and is in no block."""
        keys, block = KeyPair(PrivateKey(bytes(31) + b"\x07")), self.chain.blocks[self.tip]
        payment = {
            "type": 257,
            "version": block["version"],
            "timeStamp": block["timeStamp"],
            "deadline": block["timeStamp"] + 3600,
            "fee": 100_000,
            "signer": str(keys.public_key).lower(),
            "recipient": recipient,
            "amount": amount,
            "message": {},
        }
        return payment | {"signature": str(keys.sign(serialised(payment))).lower()}

    def invented(self, height: int, time: int | None) -> Json:
        """An empty block at a height of one's own, on top of the tip (`time` None: a minute later), signed by a stranger."""
        above = self.chain.blocks[self.tip]
        stamp = above["timeStamp"] + 60 if time is None else time
        head = {"type": 1, "version": above["version"], "height": height, "timeStamp": stamp, "transactions": []}
        return self.signed(head | {"prevBlockHash": {"data": block_hash(above)}})

    def signed(self, block: Json) -> Json:
        """A block as a stranger's key signs it."""
        keys = KeyPair(PrivateKey(bytes(31) + b"\x07"))
        own = {**block, "signer": str(keys.public_key).lower()}
        return own | {"signature": str(keys.sign(_block_bytes(own))).lower()}

    def refusal(self, status: int, message: str | None, retry_after: str | None = None) -> Response:
        error = {"timeStamp": self.chain.blocks[self.tip]["timeStamp"], "error": HTTPStatus(status).phrase}
        headers = {"DoSFilter": "unavailable"} if status == 429 else {}
        headers |= {"Retry-After": retry_after} if retry_after else {}
        return _response(json.dumps(error | {"message": message, "status": status}) + "\r\n", status, headers)

    def _set(self, chain: Chain, tip: int | None) -> None:
        if tip is not None and not 1 <= tip <= chain.tip:
            raise ValueError(f"tip {tip} is not on the recorded chain: it has blocks 1 to {chain.tip}")
        self.chain, self._tip = chain, tip or chain.tip

    def _respond(self, request: Request) -> Response:
        url = request.environ["REQUEST_URI"]
        query, body = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)), request.get_data(as_text=True)
        asked = Asked(request.method, request.path, query, body, request.mimetype, request.remote_addr, url)
        with self._lock:
            self.requests.append((asked.method, asked.url))
            if self._too_many():
                return self.refusal(429, None)
            for fault in self._due(asked, TURNS):
                TURNS[fault.name](self, fault.how)
            wire = next(self._due(asked, WIRE), None)
            try:
                text = self._lied(asked, self._paged(asked))
            except NisError as error:
                if wire is None:
                    return self.refusal(error.status, error.message)
                text = ""
        return WIRE[wire.name](self, wire.how, text, request) if wire else _response(text)

    def _too_many(self) -> bool:
        """Jetty's rate tracker: refused when the limit-th last request, refused or not, is less than a second ago."""
        if self._recent is None:
            return False
        now, full = self._clock(), len(self._recent) == self._recent.maxlen
        exceeded = full and now - self._recent[0] < 1
        self._recent.append(now)
        return exceeded

    def _due(self, asked: Asked, family: Any) -> Iterator[Fault]:
        return (fault for fault in self._faults if fault.name in family and fault.match(asked) and fault.due())

    def _paged(self, asked: Asked) -> str:
        """The answer, or a wrong page where one is due."""
        place = asked.path, asked.query.get("address", "")
        text = self._answered(asked)
        if "id" in asked.query and place in self._last_page and any(self._due(asked, {"duplicate_page"})):
            return self._last_page[place]
        if asked.path in PAGES and (rows := json.loads(text)["data"]) and any(self._due(asked, {"missing_page"})):
            text = self._answered(asked._replace(query=asked.query | {"id": str(rows[-1]["meta"]["id"])}, url=""))
        self._last_page[place] = text
        return text

    def _lied(self, asked: Asked, text: str) -> str:
        for fault in self._faults:
            if fault.name in LIES and fault.match(asked):
                answer = json.loads(text)
                LIES[fault.name](self, fault.how, asked, answer)
                if json.dumps(answer) != json.dumps(json.loads(text)) and fault.due():  # 484.0 is not what 484 is
                    text = json.dumps(answer) + "\r\n"
        return text

    def _answered(self, asked: Asked) -> str:
        method, answer = ENDPOINTS.get(asked.path, (asked.method, None))
        if asked.method != method:
            raise NisError(500, f"Request method '{asked.method}' not supported")
        if asked.path.startswith("/local/") and not self.local:
            raise NisError(401, f"remote {asked.remote} attempted to call local {asked.path}")
        if (text := self._recorded(asked)) is not None:
            return text
        if answer is None:
            raise NisError(404, None)
        return json.dumps(answer(self, asked)) + "\r\n"

    def _recorded(self, asked: Asked) -> str | None:
        """What was recorded literally, where it still holds."""
        known = question(asked.method, asked.url, asked.body)
        if asked.path.startswith("/node/"):
            return self.base.literal.get(known)
        if asked.body and asked.content_type != "application/json":
            return None
        moved = self.tip != self.chain.tip or self.id_offset or self.unconfirmed.get(asked.query.get("address", ""))
        by_hash = "hash" in asked.query and asked.path in {*PAGES, "/transaction/get"}
        return None if not self.literal or moved or (by_hash and not self.hash_cache) else self.chain.literal.get(known)
