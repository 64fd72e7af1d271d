"""Ties the rows of an exported EVM case to signatures and block hashes, and its balances to the state that the blocks commit to.

    python verify_evm.py FOLDER RECORDING... [--anchor HEIGHT:HASH]...

This file needs Python 3.11 and nothing else, and shares no code with the program it checks. FOLDER is what `tracer export` wrote, a
RECORDING what nodes answered (JSON Lines, gzipped or not). An anchor is a block's hash by a source of your own: without one all may be made
up. Exit code 0: all holds. 2: a line for each thing that does not. 1: a file cannot be read. verify.py checks what was made of the rows.
"""

import csv
import gzip
import hashlib
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise, product, takewhile
from pathlib import Path
from typing import Any

MISSHAPEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)
Row = tuple[str, str, str, str, int, int]  # time, transaction, sender, recipient, amount, fee; nobody ("") makes and destroys
Answers = dict[str, dict[str, list[tuple[Any, Any]]]]  # by method and first parameter: all parameters, and the result
HEADER = "parentHash sha3Uncles miner stateRoot transactionsRoot receiptsRoot logsBloom #difficulty #number #gasLimit #gasUsed #timestamp"
HEADER += " extraData mixHash nonce #baseFeePerGas withdrawalsRoot #blobGasUsed #excessBlobGas parentBeaconBlockRoot requestsHash"
P, N = 2**256 - 2**32 - 977, 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # secp256k1 (SEC 2)
G = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798, 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8
EVENTS = {  # by signature: which of its words is who loses, who gets, and how much; what is issued and redeemed is the owner's
    "Transfer(address,address,uint256)": (0, 1, 2), "Deposit(address,uint256)": (None, 0, 1), "Withdrawal(address,uint256)": (0, None, 1),
    "Issue(uint256)": (None, -1, 0), "Redeem(uint256)": (-1, None, 0), "DestroyedBlackFunds(address,uint256)": (0, None, 1),
}  # fmt: skip
WORD = (1 << 64) - 1  # Keccak: the constants of its rounds; by how many bits each lane is turned, and from where it comes; its neighbours
ROUNDS = """1 8082 800000000000808a 8000000080008000 808b 80000001 8000000080008081 8000000000008009 8a 88 80008009 8000000a 8000808b
800000000000008b 8000000000008089 8000000000008003 8000000000008002 8000000000000080 800a 800000008000000a 8000000080008081
8000000000008080 80000001 8000000080008008""".split()
TURNS = "0 44 43 21 14 28 20 3 45 61 1 6 25 8 18 27 36 10 15 56 62 55 39 41 2".split()
MOVES = [((at % 5 + 3 * (at // 5)) % 5 + 5 * (at % 5), int(turn)) for at, turn in enumerate(TURNS)]
ROWS = [(at, at - at % 5 + (at + 1) % 5, at - at % 5 + (at + 2) % 5) for at in range(25)]


@cache  # proofs share the nodes near the root
def keccak(content: bytes) -> bytes:
    """The Keccak-256 of some bytes (FIPS 202 with the padding it had before)."""
    padded, a = bytearray(content + b"\1" + bytes(-(len(content) + 1) % 136)), [0] * 25
    padded[-1] |= 0x80
    for start in range(0, len(padded), 136):
        a = [lane ^ int.from_bytes(padded[start + 8 * at : start + 8 * at + 8], "little") * (at < 17) for at, lane in enumerate(a)]
        for constant in ROUNDS:
            c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
            d = [c[x - 1] ^ (c[x - 4] << 1 | c[x - 4] >> 63) & WORD for x in range(5)]
            b = [((lane := a[of] ^ d[of % 5]) << turn | lane >> 64 - turn) & WORD for of, turn in MOVES]
            a = [b[at] ^ (~b[one] & b[two]) for at, one, two in ROWS]
            a[0] ^= int(constant, 16)
    return b"".join(lane.to_bytes(8, "little") for lane in a[:4])


def raw(text: str | None) -> bytes:
    return bytes.fromhex(text[2:]) if text else b""


def quantity(value: str | int | None) -> bytes:
    units = int(value or "0x0", 16) if isinstance(value, str | None) else value  # RLP leaves leading noughts out
    return units.to_bytes((units.bit_length() + 7) // 8, "big")


def encode(item: Any) -> bytes:
    """RLP (yellow paper, appendix B) of bytes, or of a list of such."""
    if isinstance(item, bytes) and len(item) == 1 and item[0] < 0x80:
        return item
    content, offset = (item, 0x80) if isinstance(item, bytes) else (b"".join(map(encode, item)), 0xC0)
    length = quantity(len(content))
    return (bytes([offset + len(content)]) if len(content) < 56 else bytes([offset + 55 + len(length)]) + length) + content


def decode(content: bytes, start: int = 0) -> tuple[Any, int]:
    """What RLP holds from a place on, and where that ends."""
    prefix, body = content[start], start + 1
    if prefix < 0x80:
        return content[start:body], body
    length = prefix & 0x3F
    if length > 55:
        body += length - 55
        length = int.from_bytes(content[start + 1 : body], "big")
    end, items = body + length, []
    require(end <= len(content), "RLP ends early")
    while prefix >= 0xC0 and body < end:
        item, body = decode(content, body)
        items.append(item)
    return items if prefix >= 0xC0 else content[body:end], end


def require(true: bool, otherwise: str) -> None:
    if not true:
        raise ValueError(otherwise)


def root_of_list(items: Sequence[bytes]) -> bytes:
    """The root of the trie (appendix D) of items by their places: how a header commits to transactions, receipts and withdrawals."""

    def node(keyed: Sequence[tuple[str, bytes]], depth: int) -> Any:  # that holds the keys, whose first `depth` nibbles are one
        first, last, shared, leaf = keyed[0][0], keyed[-1][0], depth, len(keyed) == 1
        while not leaf and first[shared] == last[shared]:
            shared += 1
        if not leaf and shared == depth:
            below = ([each for each in keyed if each[0][depth] == nibble] for nibble in "0123456789abcdef")
            return [*(child(each, depth + 1) if each else b"" for each in below), b""]
        nibbles, flag = first[depth : None if leaf else shared], 2 * leaf
        path = bytes.fromhex((f"{flag + 1}" if len(nibbles) % 2 else f"{flag}0") + nibbles)
        return [path, keyed[0][1] if leaf else child(keyed, shared)]

    def child(keyed: Sequence[tuple[str, bytes]], depth: int) -> Any:
        below = node(keyed, depth)
        return below if len(encode(below)) < 32 else keccak(encode(below))

    keyed = sorted((encode(quantity(place)).hex(), item) for place, item in enumerate(items))
    return keccak(encode(node(keyed, 0) if items else b""))


EMPTY_ROOT, NO_CODE = keccak(b"\x80"), keccak(b"")
TOPICS = {"0x" + keccak(signature.encode()).hex(): words for signature, words in EVENTS.items()}


def proven(root: bytes, key: bytes, proof: Sequence[str]) -> bytes:
    """What stands under a key in the trie of that root; nothing if the proof shows that. Raises ValueError if it shows nothing at all."""
    path, wanted, nodes = keccak(key).hex(), root, [raw(each) for each in proof]
    if root == EMPTY_ROOT and nodes in ([], [b"\x80"]):
        return b""
    for content in nodes:
        require(keccak(content) == wanted, "a node of the proof does not have the hash that its parent names")
        node: Any = decode(content)[0]
        while not isinstance(node, bytes):  # a node shorter than a hash stands in its parent
            if len(node) == 17:
                node, path, leaf = node[int(path[0], 16)], path[1:], False
            else:
                flag = node[0].hex()
                leaf, part = flag[0] in "23", flag[1:] if flag[0] in "13" else flag[2:]
                if not path.startswith(part):
                    return b""
                node, path = node[1], path[len(part) :]
            if leaf or node == b"":
                return bytes(node)
        wanted = node
    raise ValueError("the proof ends before its leaf")


def signer(digest: bytes, r: int, s: int, parity: int) -> str:
    """The address whose key signed a digest: that of the point (s * R - digest * G) / r, where r is the abscissa of R."""

    def added(one: Any, two: Any) -> Any:  # two points; None is the one at infinity
        if one is None or two is None:
            return one or two
        (x1, y1), (x2, y2) = one, two
        if x1 == x2 and (y1 + y2) % P == 0:
            return None
        slope = 3 * x1 * x1 * pow(2 * y1, -1, P) if one == two else (y2 - y1) * pow(x2 - x1, -1, P)
        x = (slope * slope - x1 - x2) % P
        return x, (slope * (x1 - x) - y1) % P

    y = pow(r**3 + 7, (P + 1) // 4, P)
    require(0 < r < N and 0 < s < N and y * y % P == (r**3 + 7) % P and parity in (0, 1), "a signature that no key can have made")
    point, inverse, key = (r, y if y % 2 == parity else P - y), pow(r, -1, N), None
    points, less, times = {1: G, 2: point, 3: added(G, point)}, -int.from_bytes(digest, "big") * inverse % N, s * inverse % N
    for bit in range(255, -1, -1):
        key = added(added(key, key), points.get((less >> bit & 1) + 2 * (times >> bit & 1)))
    return "0x" + keccak(b"".join(each.to_bytes(32, "big") for each in key or ()))[12:].hex()


def fields(of: Mapping[str, Any], names: str) -> list[Any]:
    """Some fields of what a node served, as RLP holds them; a # is in front of the name of a quantity."""
    return [quantity(of[name[1:]]) if name[0] == "#" else raw(of[name]) for name in names.split()]


def transaction_bytes(t: Mapping[str, Any]) -> tuple[bytes, bytes, int]:
    """A transaction as its block holds it, what its sender signed, and the parity of the signature (types up to 4, Prague)."""
    kind, v = int(t["type"], 16), int(t.get("yParity") or t["v"], 16)
    require(kind <= 4, f"transactions of type {kind} are unknown here")
    signed = fields(t, f"#nonce {'#gasPrice' if kind < 2 else '#maxPriorityFeePerGas #maxFeePerGas'} #gas to #value input")
    if not kind:
        given = [] if v in (27, 28) else [quantity((v - 35) // 2), b"", b""]
        return encode([*signed, *fields(t, "#v #r #s")]), encode([*signed, *given]), (v + 1) % 2
    signed = [quantity(t["chainId"]), *signed, [[raw(e["address"]), [*map(raw, e["storageKeys"])]] for e in t.get("accessList") or ()]]
    if kind == 3:
        signed += [quantity(t["maxFeePerBlobGas"]), [raw(each) for each in t["blobVersionedHashes"]]]
    if kind == 4:
        signed.append([fields(each, "#chainId address #nonce #yParity #r #s") for each in t["authorizationList"]])
    return bytes([kind]) + encode([*signed, quantity(v), *fields(t, "#r #s")]), bytes([kind]) + encode(signed), v


def check_block(block: Mapping[str, Any], receipts: Sequence[Mapping[str, Any]]) -> None:
    """Raises ValueError where a block is not what its hash covers: header, transactions and who signed them, receipts, withdrawals."""
    names = " ".join(name for name in HEADER.split() if block.get(name.lstrip("#")) is not None)
    require("0x" + keccak(encode(fields(block, names))).hex() == block["hash"], "its fields do not have the hash that it names")
    contents, outcomes = [], []
    for place, t in enumerate(block["transactions"]):
        content, signed, parity = transaction_bytes(t)
        contents.append(content)
        require("0x" + keccak(content).hex() == t["hash"], f"transaction {place} does not have the hash that it names")
        require(signer(keccak(signed), int(t["r"], 16), int(t["s"], 16), parity) == t["from"], f"transaction {place} has another signer")
    withdrawals = [encode(fields(each, "#index #validatorIndex address #amount")) for each in block.get("withdrawals") or ()]
    for receipt in receipts:
        logs = [[raw(log["address"]), [raw(topic) for topic in log["topics"]], raw(log["data"])] for log in receipt["logs"]]
        outcome = quantity(receipt["status"]) if receipt.get("status") else raw(receipt["root"])
        outcomes.append(quantity(receipt.get("type")) + encode([outcome, *fields(receipt, "#cumulativeGasUsed logsBloom"), logs]))
    for name, items in {"transactions": contents, "receipts": outcomes, "withdrawals": withdrawals}.items():
        require(root_of_list(items) == (raw(block.get(f"{name}Root")) or EMPTY_ROOT), f"its {name} do not have the root in its header")
    require(len(receipts) == len(contents), "it has not as many receipts as transactions")


class Report:  # how many of which things were compared, a line for each that does not hold, and what was taken as given
    def __init__(self) -> None:
        self.checked, self.differences, self.given = Counter[str](), list[str](), list[str]()

    def holds(self, kind: str, true: bool, otherwise: str) -> None:
        self.checked[kind] += 1
        self.differences += [] if true else [otherwise]

    def lines(self) -> list[str]:
        compared = ", ".join(f"{count} {kind}" for kind, count in self.checked.items())
        return [*self.differences, f"Compared: {compared}. Contradictions: {len(self.differences)}.", *self.given]


def answers(recordings: Iterable[Path], report: Report) -> Answers:
    """What nodes answered. What they refused is left out: nothing rests on it."""
    found: Answers = defaultdict(lambda: defaultdict(list))
    for path in recordings:
        try:
            for told in map(json.loads, (gzip.decompress if path.suffix == ".gz" else bytes)(path.read_bytes()).splitlines()):
                digest = hashlib.sha256(told["answer"].encode()).hexdigest()
                report.holds("answers", told.get("sha256", digest) == digest, f"{path.name}: an answer does not have the SHA-256 beside it")
                asked, said = json.loads(told.get("body") or "{}"), json.loads(told["answer"]) if told["answer"][:1] == "{" else {}
                if "method" in asked and said.get("result") is not None:
                    found[asked["method"]][str([*asked["params"], ""][0])].append((asked["params"], said["result"]))
        except (OSError, EOFError, *MISSHAPEN) as error:
            raise SystemExit(f"verify_evm: {path}: cannot be read: {type(error).__name__}: {error}") from None
    return found


def good_blocks(told: Answers, report: Report) -> dict[int, Any]:
    """By height the last answer that is what its hash covers, with its receipts and its moment; a block of which none is does not hold."""
    found: dict[int, Any] = {}
    for at, served in ((at, each) for at, each in told["eth_getBlockByNumber"].items() if at[:2] == "0x"):
        why, height = "its receipts are not in the recording", int(at, 16)
        for (_, block), (_, receipts) in product(reversed(served), reversed(told["eth_getBlockReceipts"][at])):
            try:
                require(block["number"] == at, f"it is block {block['number']}")
                check_block(block, receipts)
                moment = datetime.fromtimestamp(int(block["timestamp"], 16), UTC).isoformat().replace("+00:00", "Z")
                made = ["0x" + keccak(encode(fields(t, "from #nonce")))[12:].hex() for t in block["transactions"]]
                found[height] = {**block, "receipts": receipts, "moment": moment, "made": made}  # and what each makes, if it pays nobody
                report.checked["signed transactions and their receipts"] += len(receipts)
                break
            except MISSHAPEN as error:
                why = f"{error}"
        report.holds("blocks", height in found, f"block {height}: {why}")
    for low, high in pairwise(sorted(found)):
        report.holds("parents", found[high]["parentHash"] == found[low]["hash"] or high > low + 1, f"block {high} does not follow {low}")
    return found


def ether_rows(block: Mapping[str, Any]) -> Iterator[tuple[int, Row]]:
    """What signed transactions and withdrawals moved, by position: value and fee, and the tip of whoever proposed the block."""
    base, before, moment = int(block.get("baseFeePerGas") or "0x0", 16), 0, block["moment"]
    for index, (t, receipt) in enumerate(zip(block["transactions"], block["receipts"], strict=True)):
        n = {name: int(said, 16) for name, said in {**receipt, **t}.items() if isinstance(said, str) and said.startswith("0x") and said[2:]}
        gas, before = n["cumulativeGasUsed"] - before, n["cumulativeGasUsed"]
        price = min(n["maxFeePerGas"], base + n["maxPriorityFeePerGas"]) if n["type"] >= 2 else n["gasPrice"]
        fee = gas * price + (n["blobGasUsed"] * n["blobGasPrice"] if n["type"] == 3 else 0)
        yield index << 16, (moment, t["hash"], t["from"], t["to"] or block["made"][index], n["value"] * n.get("status", 1), fee)
        yield from [(index << 16 | 0xFFFF, (moment, t["hash"], "", block["miner"], gas * (price - base), 0))] * (price > base)
    for index, each in enumerate(block.get("withdrawals") or ()):
        yield 0x3FFF << 16 | index, (moment, "", "", each["address"], int(each["amount"], 16) * 10**9, 0)


def token_rows(block: Mapping[str, Any], contract: str, owner: str) -> Iterator[tuple[int, Row]]:
    """What the contract of a token logged that moved, by position."""
    for n, at, log in ((n, at, log) for n, receipt in enumerate(block["receipts"]) for at, log in enumerate(receipt["logs"])):
        if log["address"] == contract and log["topics"] and log["topics"][0] in TOPICS:
            content = "".join(each[2:] for each in [*log["topics"][1:], log["data"]])
            words = [content[start : start + 64] for start in range(0, len(content), 64)]
            *sides, amount = TOPICS[log["topics"][0]]
            named = (owner if side == -1 else "" if side is None else "0x" + words[side][24:] for side in sides)
            payer, payee = (each.replace("0x" + "0" * 40, "") for each in named)
            yield n << 16 | 0x8000 + at, (block["moment"], block["transactions"][n]["hash"], payer, payee, int(words[amount or 0], 16), 0)


class Case:  # of one asset of an export its symbol and the tip, its rows with line and tie, and how accounts that were read in full open
    def __init__(self, folder: Path, number: int = 0) -> None:
        self.file, of = "all_transfers" if number else "transfers", (None, str(number))  # of one asset alone, no line names it
        try:
            csv.field_size_limit(1 << 30)
            files = "method", self.file.replace("transfers", "accounts"), self.file, *["assets"] * (folder / "assets.csv").exists()
            method, owners, rows, *assets = (list(csv.DictReader(io.StringIO((folder / f"{n}.csv").read_text("utf-8-sig")))) for n in files)
            settings = {line["setting"]: line["value"] for line in method}
            self.symbols = [line["symbol"] for line in assets[0]] if assets else [settings["asset"]]
            self.asset, self.tip, self.rows = self.symbols[number], int(settings["tip"]), dict[tuple[int, int], tuple[str, Row, str]]()
            self.openings = {o["address"]: int(o["opening"]) for o in owners if o["coverage"] == "full" and o.get("asset") in of}
            for at, t in ((at, t) for at, t in enumerate(rows, 2) if t["basis"] == "chain" and t.get("asset") in of):
                row = t["time"], t["tx_hash"], t["sender"], t["recipient"], int(t["amount"]), int(t["fee"])
                self.rows[int(t["height"]), int(t["position"])] = f"{self.file}.csv:{at}", row, t["tie"]
        except (OSError, csv.Error, *MISSHAPEN) as error:
            raise SystemExit(f"verify_evm: {folder}: is no export of an EVM case, or redacted: {type(error).__name__}: {error}") from None


def shown_by_proofs(told: Answers, blocks: Mapping[int, Any], report: Report) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What proofs show: nonce, balance, hash of the code by address and height; stored numbers by address and key. Nothing else is read."""
    accounts, slots = defaultdict[Any, dict[int, Any]](dict), defaultdict[Any, dict[int, int]](dict)
    for address, (_, _, at), proof in ((a, *one) for a, said in told["eth_getProof"].items() for one in said if a.strip("f") != "0x"):
        height, why = int(at, 16), ""
        try:
            leaf = proven(raw(blocks[height]["stateRoot"]), raw(address), proof["accountProof"])
            nonce, balance, storage, code = decode(leaf)[0] if leaf else (b"", b"", EMPTY_ROOT, NO_CODE)
            accounts[address][height] = int.from_bytes(nonce, "big"), int.from_bytes(balance, "big"), code
            for key, nodes in ((int(each["key"], 16).to_bytes(32, "big"), each["proof"]) for each in proof["storageProof"]):
                content, _ = decode(proven(storage, key, nodes) or b"\x80")
                slots[address, key][height] = int.from_bytes(content, "big") % (1 << 255)  # USDC: the highest bit says "frozen"
        except MISSHAPEN as error:
            why = f"{error}"
        report.holds("proofs", not why, f"proof of {address} at block {height}: {why}")
    return accounts, slots


def check_rows(case: Case, blocks: Mapping[int, Any], report: Report) -> None:
    """What blocks state of accounts that were read in full is there, as stated; any other row lies within a transaction that succeeded."""
    makers, stated = {m: t["from"] for b in blocks.values() for m, t in zip(b["made"], b["transactions"], strict=True)}, dict[Any, Row]()
    for height, block in blocks.items():
        found = token_rows(block, case.asset, makers.get(case.asset, "")) if case.asset[:2] == "0x" else ether_rows(block)
        stated.update({(height, position): row for position, row in found})
    for (height, position), (place, row, tie) in case.rows.items():
        if expected := stated.pop((height, position), None):
            report.holds("rows signed", (row, tie) == (expected, "signed"), f"{place}: {tie} {row}; block {height}: signed {expected}")
            continue
        block = blocks.get(height, {"transactions": ()})
        at = [(n, block["moment"], t["hash"]) for n, t in enumerate(block["transactions"]) if block["receipts"][n]["status"] != "0x0"]
        fits = (position >> 16, *row[:2]) in at and row[5] == 0 and tie in ("balanced", "stated")
        report.holds("rows within transactions", fits, f"{place}: block {height} holds no such transaction that succeeded")
    for (height, _), row in stated.items():
        missing = not case.openings.keys().isdisjoint(row[2:4]) and height <= case.tip and row[4] + row[5]
        report.holds("rows of others", not missing, f"{case.file}.csv: lacks a row of block {height}: {row}")


def check_state(case: Case, blocks: Mapping[int, Any], whole: bool, shown: tuple[dict[Any, Any], ...], report: Report) -> None:
    """Rows come to proven balances, `balanced` ones have later proofs of all sides that were read; nonces count what was sent (no code)."""
    changes, agrees, (accounts, slots) = defaultdict[str, list[tuple[int, int]]](list), dict[str, int](), shown
    for (height, _), (_, (_, _, sender, recipient, amount, fee), _) in case.rows.items():
        changes[sender].append((height, -amount - fee))
        changes[recipient].append((height, amount))
    held = {address: {at: balance for at, (_, balance, _) in found.items()} for address, found in accounts.items()}
    if case.asset[:2] == "0x":  # in the storage of the token, if its balances are one of the first twenty variables
        keys = ({a: keccak(raw(a).rjust(32, b"\0") + n.to_bytes(32, "big")) for a in case.openings} for n in range(20))
        held = max(({a: slots[case.asset, key] for a, key in each.items() if (case.asset, key) in slots} for each in keys), key=len)
    lent = any(t["type"] == "0x4" for block in blocks.values() for t in block["transactions"])
    for address, opening in case.openings.items():
        for at, proof in sorted(held.get(address, {}).items()):
            come_to = opening + sum(change for height, change in changes[address] if height <= at)
            report.holds("balances", come_to == proof, f"{address} holds {proof} by proof at block {at}, and {come_to} by the rows")
            agrees[address] = at if come_to == proof and agrees.get(address, 0) >= 0 else -1
        nonces = sorted((at, nonce) for at, (nonce, _, code) in accounts.get(address, {}).items() if code == NO_CODE and not lent)
        for (since, before), (until, after) in pairwise([(-1, 0), *nonces] if whole else nonces):
            sent = sum(t["from"] == address for at, block in blocks.items() if since < at <= until for t in block["transactions"])
            report.holds("nonces", sent == after - before, f"{address} sent {after - before} by its nonce at {until}, {sent} by blocks")
    for (height, _), (place, row, tie) in case.rows.items():
        sides = [agrees.get(side, -1) >= height for side in row[2:4] if side in case.openings]
        report.holds("ties", tie == "signed" or tie == ("balanced" if sides and all(sides) else "stated"), f"{place}: is not {tie}")


def check(folder: Path, recordings: Sequence[Path], anchors: Mapping[int, str]) -> Report:
    """Everything compared. Raises SystemExit where a file is not what it should be."""
    first, told = Case(folder), answers(recordings, report := Report())
    blocks, others = good_blocks(told, report), (Case(folder, number) for number in range(1, len(first.symbols)))
    listed, shown = told["trace_filter"] or told["ots_searchTransactionsBefore"], shown_by_proofs(told, blocks, report)
    for case in (first, *others):
        check_rows(case, blocks, report)
        check_state(case, blocks, 0 in blocks or bool(listed), shown, report)
        ties = ", ".join(f"{sum(r[4] for _, r, by in case.rows.values() if by == tie)} {tie}" for tie in ("signed", "balanced", "stated"))
        given = f"that {len(case.openings)} histories are complete, what does not come from the chain, and rows that cancel out in balances"
        report.given += [f"Value of {case.asset} by tie, in smallest units: {ties}. Taken as given: {given}."]
    anchors = {height: f"0x{known.lower().removeprefix('0x')}" for height, known in anchors.items()}
    said = {height: blocks.get(height, {"hash": "not in the recording"})["hash"] for height in anchors}
    bound = {height for top in anchors if said[top] == anchors[top] for height in takewhile(blocks.__contains__, range(top, -1, -1))}
    for height, known in anchors.items():
        report.holds("anchors", said[height] == known, f"block {height} is {said[height]}, and {known} by the anchor")
    loose = [f"{height}:{blocks[height]['hash']}" for height in sorted(blocks) if height not in bound]
    few = ", ".join(dict.fromkeys([*loose[:1], *loose[len(loose) // 2 :][:1], *loose[-1:]]))
    of = f"{len(loose)} of {len(blocks)} blocks are not covered by an anchor"
    report.given += [f"Not compared with the network, as {of}: compare {few} at a source of your own." if loose else f"{of.capitalize()}."]
    return report


def main(arguments: Sequence[str]) -> int:
    folder, *recordings = (Path(each) for before, each in pairwise(["", *arguments]) if "--anchor" not in (before, each))
    anchors = (each.partition(":") for before, each in pairwise(arguments) if before == "--anchor")
    print(*(report := check(folder, recordings, {int(height): known for height, _, known in anchors})).lines(), sep="\n")
    return 2 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
