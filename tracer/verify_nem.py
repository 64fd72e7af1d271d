"""Ties every row of an exported case to signed transactions in the blocks of a recording of NEM, and says what remains to be believed.

    python verify_nem.py TABLES RECORDING... [--anchor HEIGHT:HASH]...

This file needs Python 3.11 and nothing else, and shares no code with the program it checks: hashes (Keccak), signatures (Ed25519 as NIS
has it, with Keccak-512) and addresses are computed here (RIPEMD-160 is Python's own: of OpenSSL 3.0.7 or newer). TABLES is what
`tracer export` wrote; a RECORDING is what nodes answered. An anchor is a block's hash, from a source that its maker has no hand in.
Exit code 0: nothing contradicts. 2: a line for each thing that does says where. 1: a file cannot be read; one line says which.
"""

import base64
import csv
import gzip
import hashlib
import json
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
EPOCH = 1427587585  # 2015-03-29T00:06:25Z, time zero of NEM's clock
TRANSFER, DELEGATION, CHANGE, COSIGNATURE, MULTISIG, NAMESPACE, DEFINITION, SUPPLY = 257, 2049, 4097, 4098, 4100, 8193, 16385, 16386
NETWORKS = {  # by the high byte of a version: the name, and the hash of the public chain's first block
    0x68: ("main network", "438cf6375dab5a0d32f9b7bf151d4539e00a590f7c022d5572c7d41815a24be4"),
    0x98: ("test network", "6e34a7895ce1653dde64a614f2ad4215f4217d9e0255b4c84a846e5f7677c6c5"),
}
NEMESIS = "NANEMOABLAGR72AZ2RV3V4ZHDCXW25XQ73O7OBT5"  # the main network's first account, which pays no fees; elsewhere block 1's signer
REISSUANCE = (0x68, 3_481_580)  # network and height of transactions whose signatures do not hold, by agreement (treasury reissuance)
DELAY, LARGEST = 360, 1 << 32  # blocks until a delegation, or its end, takes effect; bytes that a recording unpacks to at most
MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
BLOCKS = ("/block/at/public", "/chain/last-block", "/local/block/at", "/local/chain/blocks-after")  # questions whose answers hold some
COLUMNS = ("time", "tx_hash", "inner_hash", "sender", "recipient", "amount", "fee", "kind", "memo_kind", "memo_hex")
WORD, HALF = (1 << 64) - 1, (1 << 32) - 1
CONSTANTS = [  # one a round of Keccak
    *(0x1, 0x8082, 0x800000000000808A, 0x8000000080008000, 0x808B, 0x80000001, 0x8000000080008081, 0x8000000000008009, 0x8A, 0x88),
    *(0x80008009, 0x8000000A, 0x8000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002),
    *(0x8000000000000080, 0x800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x80000001, 0x8000000080008008),
]
FROM = [0, 6, 12, 18, 24, 3, 9, 10, 16, 22, 1, 7, 13, 19, 20, 4, 5, 11, 17, 23, 2, 8, 14, 15, 21]  # which lane moves to each place,
TURN = [0, 44, 43, 21, 14, 28, 20, 3, 45, 61, 1, 6, 25, 8, 18, 27, 36, 10, 15, 56, 62, 55, 39, 41, 2]  # turned by so many bits
NEXT = [(n, n // 5 * 5 + (n + 1) % 5, n // 5 * 5 + (n + 2) % 5) for n in range(25)]  # each lane, and the two after it in its row
P, GROUP = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]  # of Ed25519 (RFC 8032): X, Y, Z and T, where x = X/Z, y = Y/Z and x * y = T/Z
ZERO: Point = (0, 1, 1, 0)
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
number, amount, unhex = struct.Struct("<I").pack, struct.Struct("<Q").pack, bytes.fromhex


def keccak(content: bytes, size: int = 64) -> bytes:
    """Keccak of so many bytes as it was before SHA-3 changed its padding: what NEM hashes with."""
    rate, lanes, padded = 200 - 2 * size, [0] * 25, bytearray(content + b"\x01")
    padded += bytes(-len(padded) % rate)
    padded[-1] |= 0x80
    for start in range(0, len(padded), rate):
        for n, word in enumerate(struct.unpack_from(f"<{rate // 8}Q", padded, start)):
            lanes[n] ^= word
        for constant in CONSTANTS:
            c = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
            d = [c[x - 1] ^ (c[x - 4] << 1 & WORD | c[x - 4] >> 63) for x in range(5)]
            mixed = [lanes[n] ^ d[n % 5] for n in FROM]
            b = [word << turn & WORD | word >> 64 - turn for word, turn in zip(mixed, TURN, strict=True)]
            lanes = [b[n] ^ (~b[first] & b[second]) for n, first, second in NEXT]
            lanes[0] ^= constant
    return struct.pack("<25Q", *lanes)[:size]


@lru_cache(maxsize=1 << 16)
def address_of(key: str, version: int) -> str:
    """The address of a public key on the network that a version names; its last four bytes are there to find a mistyped one."""
    hashed = hashlib.new("ripemd160", keccak(unhex(key), 32)).digest()
    stated = bytes([version >> 24 & 0xFF]) + hashed
    return base64.b32encode(stated + keccak(stated, 32)[:4]).decode()


def added(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


@lru_cache(maxsize=256)
def multiples_of(key: bytes, sign: int) -> list[list[Point]]:
    """The multiples by 0 to 15 of the point that 32 bytes name (of its opposite: sign -1), of its 16-fold, of that one's 16-fold ..."""
    y = int.from_bytes(key, "little") & (1 << 255) - 1
    over, under = y * y - 1, D * y * y + 1
    x = over * pow(under, 3, P) * pow(over * pow(under, 7, P), (P - 5) // 8, P) % P
    x = x * pow(2, (P - 1) // 4, P) % P if (under * x * x - over) % P else x
    if y >= P or (under * x * x - over) % P:
        raise ValueError("no point of the curve")
    x = sign * (x if x % 2 == key[31] >> 7 else P - x) % P
    point, found = (x, y, 1, x * y % P), []
    for _ in range(64):
        found.append(list(accumulate([point] * 15, added, initial=ZERO)))
        point = added(found[-1][-1], point)
    return found


def signed_by(signer: str, content: bytes, signature: str, hashed: Callable[[bytes], bytes] = keccak) -> bool:
    """Whether a signature over content is by the holder of a key, both in hexadecimal. Others than NEM hash with SHA-512."""
    key, said = unhex(signer), unhex(signature)
    factor, challenge = int.from_bytes(said[32:], "little"), int.from_bytes(hashed(said[:32] + key + content), "little") % GROUP
    if len(key) != 32 or len(said) != 64 or factor >= GROUP:
        return False
    total = ZERO
    for times, multiples in ((factor, multiples_of(BASE, 1)), (challenge, multiples_of(key, -1))):
        for place, row in enumerate(multiples):
            total = added(total, row[times >> 4 * place & 15])
    x, y = total[0] * pow(total[2], -1, P) % P, total[1] * pow(total[2], -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == said[:32]


def sized(content: bytes | str | None) -> bytes:
    content = content.encode() if isinstance(content, str) else content
    return number(HALF) if content is None else number(len(content)) + content


def listed(parts: Sequence[bytes]) -> bytes:
    return number(len(parts)) + b"".join(map(sized, parts))


def mosaic_id(stated: Json) -> bytes:
    return sized(sized(stated["namespaceId"]) + sized(stated["name"]))


def defined(d: Json) -> bytes:
    properties, levy = [sized(each["name"]) + sized(each["value"]) for each in d["properties"]], d.get("levy")
    taken = number(levy["type"]) + sized(levy["recipient"]) + mosaic_id(levy["mosaicId"]) + amount(levy["fee"]) if levy else b""
    return sized(unhex(d["creator"])) + mosaic_id(d["id"]) + sized(d["description"]) + listed(properties) + sized(taken)


def transfer(t: Json) -> bytes:
    payload = sized(unhex((t.get("message") or {}).get("payload") or ""))
    rest = sized(t["recipient"]) + amount(t["amount"]) + sized(number(t["message"]["type"]) + payload if len(payload) > 4 else b"")
    return rest + (listed([mosaic_id(m["mosaicId"]) + amount(m["quantity"]) for m in t["mosaics"]]) if t["version"] & 0xFF == 2 else b"")


def change(t: Json) -> bytes:
    changes = [number(m["modificationType"]) + sized(unhex(m["cosignatoryAccount"])) for m in t["modifications"]]
    needed = sized(number((t.get("minCosignatories") or {}).get("relativeChange", 0) & HALF))
    return listed(changes) + (needed if t["version"] & 0xFF == 2 else b"")


REST: dict[int, Callable[[Json], bytes]] = {  # the bytes of a transaction after what all types begin with
    TRANSFER: transfer,
    CHANGE: change,
    DELEGATION: lambda t: number(t["mode"]) + sized(unhex(t["remoteAccount"])),
    COSIGNATURE: lambda t: sized(sized(unhex(t["otherHash"]["data"]))) + sized(t["otherAccount"]),
    MULTISIG: lambda t: sized(signed_bytes(t["otherTrans"])),
    NAMESPACE: lambda t: sized(t["rentalFeeSink"]) + amount(t["rentalFee"]) + sized(t["newPart"]) + sized(t["parent"] or None),
    DEFINITION: lambda t: sized(defined(t["mosaicDefinition"])) + sized(t["creationFeeSink"]) + amount(t["creationFee"]),
    SUPPLY: lambda t: mosaic_id(t["mosaicId"]) + number(t["supplyType"]) + amount(t["delta"]),
}


def signed_bytes(record: Json, signature: bytes = b"") -> bytes:
    """What was signed of a transaction or a block; with its signature, a transaction as it stands in a block."""
    begun = number(record["type"] & HALF) + number(record["version"] & HALF) + number(record["timeStamp"]) + sized(unhex(record["signer"]))
    inside = [signed_bytes(each, sized(unhex(each["signature"]))) for each in record.get("transactions", record.get("signatures", ()))]
    if "transactions" in record:
        return begun + sized(sized(unhex(record["prevBlockHash"]["data"]))) + amount(record["height"]) + listed(inside)
    whole = begun + signature + amount(record["fee"]) + number(record["deadline"]) + REST[record["type"]](record)
    return whole + (listed(inside) if signature and record["type"] == MULTISIG else b"")


def holds(record: Json) -> bool:
    return signed_by(record["signer"], signed_bytes(record), record["signature"])


XEM = mosaic_id({"namespaceId": "nem", "name": "xem"})


class Unreadable(Exception):  # noqa: N818
    """A file that is not what it should be; one line says where."""


class Report:  # how much was checked, the lines that say what contradicts and what can be said of the rest, and where reading is
    def __init__(self) -> None:
        self.checked, self.differences, self.given, self.at = 0, list[str](), list[str](), ""

    def holds(self, true: bool, otherwise: str) -> bool:
        self.checked += 1
        self.differences += [] if true else [otherwise]
        return true

    def lines(self) -> list[str]:
        verdict = f"{(many := len(self.differences)) or 'NO'} contradiction{'s' * (many != 1)}"
        return [*self.differences, f"{self.checked} checks against the blocks: {verdict}.", *self.given]


class Blocks:  # read in order of height: what each row should be, by (height, position), and what the blocks are
    def __init__(self, report: Report) -> None:
        self.report, self.rows, self.hashes, self.networks = report, dict[tuple[int, int], list[str]](), dict[int, str](), set[int]()
        self.whole, self.time, self.definitions, self.delegated = False, "", dict[bytes, Json](), dict[str, tuple[int, str, int]]()
        self.seen, self.nemesis, self.opening, self.count = dict[str, int](), {NEMESIS}, Counter[str](), Counter[str]()

    def read(self, place: str, block: Json) -> None:
        """A block as NIS executes it: its transactions in order, then their fees to who harvested it or lent for that."""
        height, signer = block["height"], address_of(block["signer"], block["version"])
        self.hashes[height] = keccak(signed_bytes(block), 32).hex()
        self.networks.add(block["version"] >> 24 & 0xFF)
        self.time = datetime.fromtimestamp(block["timeStamp"] + EPOCH, UTC).isoformat().replace("+00:00", "Z")
        self.report.holds(holds(block), f"{place}: block {height} is not as its harvester signed it")
        before = block["prevBlockHash"]["data"]
        self.report.holds(self.hashes.get(height - 1, before) == before, f"{place}: block {height} does not follow block {height - 1}")
        self.nemesis |= {signer} if height == 1 else set()
        fees = sum(self.execute(f"{place}: block {height}, transaction {n}", block, n, t) for n, t in enumerate(block["transactions"]))
        mode, lessor, since = self.delegated.get(signer, (0, signer, 0))
        earns = lessor if (height - since >= DELAY) == (mode == 1) else signer
        if fees:
            self.rows[height, (1 << 20) - 1] = [self.time, "", "", "", earns, str(fees), "0", "harvest", "", ""]

    def execute(self, place: str, block: Json, n: int, t: Json) -> int:
        """Notes a transaction's rows and gives its fee; one that is not signed, or stands there twice, does nothing."""
        tx_hash, inner, cosigned = keccak(signed_bytes(t), 32).hex(), t.get("otherTrans", t), t.get("signatures", [])
        inner_hash = keccak(signed_bytes(inner), 32).hex() if inner is not t else ""
        agreed = (block["version"] >> 24 & 0xFF, block["height"]) == REISSUANCE
        signed = self.report.holds(agreed or all(map(holds, (t, *cosigned))), f"{place}: a signature does not hold")
        once = self.report.holds(tx_hash not in self.seen, f"{place}: stands in block {self.seen.get(tx_hash)} already")
        of_it = self.report.holds({c["otherHash"]["data"] for c in cosigned} <= {inner_hash}, f"{place}: a cosignature is of another one")
        if not (signed and once and of_it):
            return 0
        self.seen[tx_hash] = block["height"]
        self.count.update(transactions=1, cosignatures=len(cosigned), agreed=agreed)
        payer, message = address_of(inner["signer"], inner["version"]), inner.get("message") or {}
        payload = message.get("payload") or ""
        memo = ("" if not payload else "encrypted" if message["type"] == 2 else "hex" if payload[:2] == "fe" else "plain", payload)
        fee = 0 if payer in self.nemesis else sum(each["fee"] for each in ([t, inner, *cosigned] if inner is not t else [t]))
        for part, recipient, units, kind in self.moved(inner, payer, block["height"]):
            row = [self.time, tx_hash, inner_hash if kind != "levy" else "", payer, recipient, str(units), str(0 if part else fee), kind]
            self.rows[block["height"], n * 64 + part] = [*row, *(memo if kind == "transfer" else ("", ""))]
            self.opening[payer] += units if payer in self.nemesis and block["height"] == 1 else 0
        return int(fee)

    def moved(self, t: Json, payer: str, height: int) -> Iterator[tuple[int, str, int, str]]:
        """What a transaction moves in XEM: its part of the row's position, recipient, amount, kind. Levies come after what is attached."""
        if t["type"] == NAMESPACE:
            yield 0, t["rentalFeeSink"], t["rentalFee"], "rental"
        elif t["type"] == DEFINITION:
            self.definitions[mosaic_id(t["mosaicDefinition"]["id"])] = t["mosaicDefinition"]
            yield 0, t["creationFeeSink"], t["creationFee"], "creation"
        elif t["type"] != TRANSFER:
            if t["type"] == DELEGATION:
                self.delegated[address_of(t["remoteAccount"], t["version"])] = t["mode"], payer, height
            yield 0, payer, 0, "fee"
        else:
            quantities = Counter[bytes]()
            for each in t["mosaics"] if t["version"] & 0xFF == 2 else ():
                quantities[mosaic_id(each["mosaicId"])] += each["quantity"]
            attached = {name: t["amount"] * quantity // 1_000_000 for name, quantity in quantities.items()}
            yield 0, t["recipient"], attached.pop(XEM, 0) if attached else t["amount"], "transfer"
            part = len(attached)
            for name, units in attached.items():
                levy = self.definitions.get(name, {}).get("levy") or {"type": 1, "fee": 0}
                taken = levy["fee"] if levy["type"] == 1 else levy["fee"] * units // 10_000
                part += taken > 0
                if taken and mosaic_id(levy["mosaicId"]) == XEM:
                    yield part, levy["recipient"], taken, "levy"


def table(folder: Path, file: str, report: Report) -> Iterator[dict[str, str]]:
    """The lines of a table; the apostrophe in front of what a spreadsheet would run is left out."""
    with (folder / file).open(encoding="utf-8-sig", newline="") as opened:
        for line in (reader := csv.DictReader(opened, strict=True, restkey="")):
            report.at = f"{file}:{reader.line_num}"
            yield {name: cell.removeprefix("'") for name, cell in line.items()}


def answers(path: Path, report: Report) -> Iterator[Json]:
    """The lines of a recording, each with its place."""
    with path.open("rb") as raw:
        file: Any = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == b"\x1f\x8b" else raw
        for n, line in enumerate(iter(lambda: file.readline(LARGEST), b""), 1):
            report.at = f"{path.name}:{n}"
            said = json.loads(line) if file.tell() < LARGEST else {}
            digest = hashlib.sha256(said["answer"].encode()).hexdigest()
            report.holds(said.get("sha256", digest) == digest, f"{report.at}: the answer is not the one recorded, by its SHA-256")
            yield {**said, "place": report.at}


class Recorded:  # blocks by height, with their places; heights that were said to be the tip; balances by address
    def __init__(self, paths: Sequence[Path], report: Report) -> None:
        self.blocks, self.tips, self.balances = dict[int, tuple[str, Json]](), set[int](), dict[str, set[str]]()
        for said, after in pairwise(chain(*(answers(path, report) for path in paths), [{"path": ""}])):
            question, _, query = said["path"].partition("?")
            if said["status"] == 200 and after["path"] != "/tracer/refused":  # a note that the answer before it cannot be
                with suppress(*MISSHAPEN):  # an answer of another shape is none
                    self.take(said["place"], question, query, json.loads(said["answer"]))

    def take(self, place: str, question: str, query: str, answer: Any) -> None:
        """Learns an answer. Of a block the last one counts, as it does in the program."""
        if question == "/tracer/fork":  # a note that the chain was rewritten above a height
            self.blocks = {height: block for height, block in self.blocks.items() if height <= int(query.removeprefix("above="))}
        elif question in ("/tracer/tip", "/chain/height"):
            self.tips.add(int(query.removeprefix("height=") or answer["height"]))
        elif question == "/account/get":
            self.balances.setdefault(answer["account"]["address"], set()).add(str(answer["account"]["balance"]))
        elif question in BLOCKS:
            held = [each.get("block", each) for each in answer.get("data", [answer])]
            self.blocks.update((int(block["height"]), (place, block)) for block in held)


def check(folder: Path, paths: Sequence[Path], anchors: Mapping[int, str]) -> Report:
    """Everything checked. Raises Unreadable where a file is not what it should be."""
    report = Report()
    try:
        found, blocks = Recorded(paths, report), Blocks(report)
        for done, (report.at, block) in enumerate((found.blocks[height] for height in sorted(found.blocks)), 1):
            blocks.read(report.at, block)
            if done % 500 == 0:
                print(f"verify_nem: {done} of {len(found.blocks)} blocks", file=sys.stderr)
        compare(folder, blocks, found)
        conclude(blocks, anchors)
    except (*MISSHAPEN, OSError, EOFError, zlib.error, csv.Error, struct.error) as error:
        raise Unreadable(f"{report.at}: {type(error).__name__} {error}") from None
    return report


def compare(folder: Path, blocks: Blocks, found: Recorded) -> None:
    """Each row of the chain is what a block does, none is missing, and accounts open with what they had at the chain's beginning."""
    report, left, count, full, shown = blocks.report, dict(blocks.rows), blocks.count, set[str](), {""}
    method = {line["setting"]: line["value"] for line in table(folder, "method.csv", report)}
    if blocks.hashes and (method["chain"], method["asset"], method["order"]) != ("nem", "xem", "chain"):
        raise ValueError("only rows of xem on the chain nem, in the order of the chain, can be tied to blocks")
    tip = int(method["tip"] or 0)
    report.holds(
        tip in found.tips or not blocks.hashes, f"method.csv: tip says {method['tip']!r}, which no node stated: {sorted(found.tips)[-3:]}"
    )
    blocks.whole = bool(tip) and all(height in blocks.hashes for height in range(1, tip + 1))
    for line in table(folder, "transfers.csv", report):
        tied = line["basis"] == "chain" and line["verified"] == "true"
        count["rows" if tied else "hidden" if line.get("commitment") else "untied"] += 1
        should = left.pop((int(line["height"]), int(line["position"])), None) if tied else []
        report.holds(should is not None, f"{report.at}: no block of the recording does this")
        for name, value in zip(COLUMNS, should or (), strict=False):
            report.holds(line[name] == value, f"{report.at}: {name} says {line[name]!r}, but {value!r} follows from block {line['height']}")
    whole = blocks.whole and not count["hidden"]  # a redacted table lacks rows of others than those it shows
    for line in table(folder, "accounts.csv", report):
        shown.add(line["address"])
        report.holds(line["coverage"] == "full" or not whole, f"{report.at}: coverage is not full, but every block is recorded")
        if whole or (blocks.hashes and line["coverage"] == "full" and line["opening_basis"] == "chain"):
            full, opening, count["openings"] = full | {line["address"]}, str(blocks.opening[line["address"]]), count["openings"] + 1
            report.holds(line["opening"] == opening, f"{report.at}: opening says {line['opening']}, but {opening} follows from block 1")
            stated = found.balances.get(line["address"], {line["served"], ""})
            report.holds(line["served"] in stated, f"{report.at}: served says {line['served']!r}, which no node stated: {sorted(stated)}")
    for (height, position), row in left.items():
        missing = height <= tip and (whole or row[3] in full or row[4] in full) and (not count["hidden"] or {row[3], row[4]} <= shown)
        report.holds(not missing, f"transfers.csv: has no row for {row[7]} of {row[5]} to {row[4]}, position {position} of block {height}")


def conclude(blocks: Blocks, anchors: Mapping[int, str]) -> None:
    """Compares the anchors, and says in words what was checked, what is taken as given, and what could not be tied."""
    report, hashes, count, heights = blocks.report, blocks.hashes, blocks.count, sorted(blocks.hashes)
    missing = "none missing up to the tip" if blocks.whole else f"{sum(height - 1 in hashes for height in heights)} follow one recorded"
    signed = f"{len(hashes)} blocks ({missing}) and {count['transactions']} transactions ({count['cosignatures']} cosignatures)"
    network = ", ".join(NETWORKS.get(byte, (f"network {byte:#04x}",))[0] for byte in sorted(blocks.networks))
    nemeses = dict(NETWORKS.values()).values()
    public = "the public one" if hashes.get(1) in nemeses else "NOT the public one" if 1 in hashes else "not recorded"
    hidden = f"{count['hidden']} rows whose place is withheld (redacted; rows between accounts not shown were not looked for), and "
    few = dict.fromkeys((*heights[:1], *heights[len(hashes) // 2 :][:1], *heights[-1:]))
    report.given += [
        f"Checked: the signatures of {signed}; {count['rows']} rows against what they do; {count['openings']} opening balances.",
        f"Taken as given: who is behind an address; what unrecorded blocks did; {count['agreed']} invalid signatures of the reissuance.",
        f"Could not be tied to a block: {hidden * bool(count['hidden'])}{count['untied']} rows for which no block was read.",
        f"Anchors, to compare with any independent source: {network or 'no block'}; the first block is {public}.",
        *(f"  block {height}: {hashes[height]}" for height in few),
    ]
    for height, known in ((height, said.lower().removeprefix("0x")) for height, said in anchors.items()):
        there = hashes.get(height, "not recorded")
        report.holds(there == known, f"--anchor {height}: block {height} is {there}: the recording is of another chain, or lacks it")
        first = next(low for low in range(height, -1, -1) if low - 1 not in hashes)
        report.given.append(f"Compared with the network: blocks {first} to {height}, by the anchor.")
    if not anchors:
        report.given.append("Internally consistent, NOT compared with the network: without --anchor, an invented chain passes too.")


def main(arguments: Sequence[str]) -> int:
    given = [arguments[n + 1] for n, each in enumerate(arguments[:-1]) if each == "--anchor"]
    folder, *recordings = [Path(each) for each in arguments if each not in ("--anchor", *given)] or [Path()]
    try:
        report = check(folder, recordings, {int(height): known for height, _, known in (each.partition(":") for each in given)})
    except (Unreadable, ValueError) as error:
        print(f"verify_nem: {error}", file=sys.stderr)
        return 1
    print(*report.lines(), sep="\n")
    return 2 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
