"""What two well-formed answers of NIS nodes to one question disagree about: blocks, lists, accounts, income, mosaics."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tracer.chains.nem.hashes_and_signatures import UnknownTypeError, block_signature_holds, hash_of, signature_holds
from tracer.chains.nem.scan import MISSHAPEN
from tracer.compare.malformed_answers import NOTHING_UNLIKE, Unlike, first_leaf
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import counted

Json = Mapping[str, Any]
Told = tuple[Any, Any]
Tips = tuple[int | None, int | None]

FIXED = (0, 6, 102)
"""The version of NIS since which the income of a block is right while a remote link is pending (NemProject/nem #546)."""

CUT_AT = (10, 25)
"""The rows at which nodes cut their list of unconfirmed transactions (NanoWallet #295)."""


DEFINITIONS = (
    "of two definitions of a mosaic in one block the last counts, one inside a multisig counts like any other, and until block 1,110,000 a "
    "change of the description alone took every holder's coins"
)
EXPIRED = (
    "a namespace that expires takes the balances of its mosaics without a transaction and a renewal gives them back; until block "
    "1,110,000 a new definition took them too"
)


def meaning_of(path: str, body: str | None, told: Told, tips: Tips, versions: tuple[str, str]) -> Unlike:
    """What the two say differently of what was asked; the first value that differs where the question is not known."""
    url = urlsplit(path)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    try:
        if url.path == "/chain/height":
            return _heights(told)
        if url.path in ("/block/at/public", "/chain/last-block"):
            return _blocks(told, json.loads(body)["height"] if body else None)
        if url.path.startswith("/account/transfers/"):
            return _lists(told, query, tips)
        if url.path == "/account/unconfirmedTransactions":
            return _unconfirmed(told)
        if url.path in ("/account/get", "/account/get/forwarded"):
            return _accounts(told, query, tips)
        if url.path == "/account/harvests":
            return _harvests(told, tips, versions)
        if url.path == "/account/mosaic/owned":
            return _owned(told)
        if url.path.startswith("/mosaic/definition"):
            return Unlike(f"{_other(told)}; {DEFINITIONS}", None)
    except MISSHAPEN:
        pass
    return Unlike(_other(told), None)


def _other(told: Told) -> str:
    leaf = first_leaf(*told)
    if leaf is None:
        return "the answers have not as many parts"
    return f"another {leaf[0] or 'value'}: {plain(str(leaf[1]))[:60]} in A, {plain(str(leaf[2]))[:60]} in B"


def _heights(told: Told) -> Unlike:
    a, b = (each["height"] for each in told)
    low, high = ("A", "B") if a < b else ("B", "A")
    return Unlike(f"{low} was read earlier or is behind, or {high} states a height it has no blocks for: {a:,} in A, {b:,} in B", None)


def _blocks(told: Told, asked: int | None) -> Unlike:
    for side, block in zip("BA", reversed(told), strict=True):
        if asked not in (None, block["height"]):
            return Unlike(f"{side}: another block: {block['height']:,}, asked for {asked:,}", None)
    a, b = told
    broken = " and ".join(side for side, block in zip("AB", told, strict=True) if not _signed(block))
    signed = f"; the block's signature does not hold in {broken}" if broken else ""
    ours, theirs = ([json.dumps(each, sort_keys=True) for each in block["transactions"]] for block in told)
    if sorted(ours) == sorted(theirs) and ours != theirs:
        return Unlike(f"the transactions of block {a['height']:,} stand in another order{signed}", None)
    if len(ours) != len(theirs):
        gone = Counter(ours) - Counter(theirs) or Counter(theirs) - Counter(ours)
        side = "B" if len(theirs) < len(ours) else "A"
        value = sum(_amount(json.loads(each)) for each in gone.elements())
        return Unlike(f"{side}: {counted(gone.total(), 'transaction')} of block {a['height']:,} left out{signed}", value)
    for one, other in zip(a["transactions"], b["transactions"], strict=True):
        if one != other:
            return _transactions(one, other, signed)
    if a["timeStamp"] != b["timeStamp"]:
        whose = ", signed by somebody else" if a["signer"] != b["signer"] else ""
        return Unlike(f"block {a['height']:,} has another time{whose}: {b['timeStamp'] - a['timeStamp']:+,} seconds in B{signed}", None)
    if a["prevBlockHash"] != b["prevBlockHash"]:
        return Unlike(f"block {a['height']:,} is of another branch of the chain: a reorganisation came between", None)
    return Unlike(f"{_other(told)}{signed}", None)


def _signed(block: Json) -> bool:
    try:
        return block_signature_holds(dict(block))
    except UnknownTypeError:
        return True


def _transactions(a: Json, b: Json, signed: str) -> Unlike:
    moved = _amount(b) - _amount(a)
    if moved:
        return Unlike(f"another amount in transaction {hash_of(dict(a))}{signed}", abs(moved))
    broken = [side for side, each in zip("AB", (a, b), strict=True) if not signature_holds(dict(each))]
    if a.get("signature") != b.get("signature") and broken:
        return Unlike(f"{' and '.join(broken)}: a signature that does not hold, of transaction {hash_of(dict(a))}{signed}", _amount(a))
    return Unlike(f"another transaction: {hash_of(dict(a))} in A, {hash_of(dict(b))} in B{signed}", _amount(a))


def _amount(transaction: Json) -> int:
    amount = transaction.get("otherTrans", transaction).get("amount", 0)
    return amount if isinstance(amount, int) else 0


def _row_hash(row: Json) -> str:
    return str(row["meta"]["hash"]["data"])


def _lists(told: Told, query: Mapping[str, str], tips: Tips) -> Unlike:
    a, b = (each["data"] for each in told)
    for side, rows, others in (("B", b, a), ("A", a, b)):
        if not others and rows and "id" in query and all(row["meta"]["id"] >= int(query["id"]) for row in rows):
            return Unlike(f"{side}: a page that was served before, once more", None)
        hashes = [_row_hash(row) for row in rows]
        if len(hashes) > len(set(hashes)):
            return Unlike(f"{side}: {counted(len(hashes) - len(set(hashes)), 'row')} twice on one page", None)
    ours, theirs = ({_row_hash(row): row for row in rows} for rows in (a, b))
    if ours.keys() == theirs.keys():
        return _same_rows(ours, theirs, list(ours) != list(theirs))
    for side, here, there, tip, other in (("B", theirs, ours, tips[1], tips[0]), ("A", ours, theirs, tips[0], tips[1])):
        missing = [row for each, row in there.items() if each not in here and (tip is None or row["meta"]["height"] <= tip)]
        if missing and not here:
            return Unlike(f"{side}: an empty list where the other has {counted(len(there), 'row')}", _sum(there.values()))
        if (renamed := _renamed(here, missing)) is not None:
            return Unlike(f"{side}: another hash, {renamed[0]}, of a transaction that hashes to {renamed[1]}", None)
        if missing and (len(there) > len(here) or not set(here) - set(there)):
            return Unlike(f"{side}: {counted(len(missing), 'row')} left out, such as {_row_hash(missing[0])}", _sum(missing))
        more = [row for each, row in here.items() if each not in there and (other is None or row["meta"]["height"] <= other)]
        if more and set(there) - set(here) <= {_row_hash(row) for row in list(there.values())[-len(more) :]}:
            return Unlike(f"{side}: {counted(len(more), 'row')} that the other does not have, such as {_row_hash(more[0])}", _sum(more))
    return NOTHING_UNLIKE if tips[0] != tips[1] else Unlike("the lists have other rows", None)


def _sum(rows: Any) -> int:
    return sum(_amount(row["transaction"]) for row in rows)


def _same_rows(a: Mapping[str, Json], b: Mapping[str, Json], turned: bool) -> Unlike:
    for each, row in a.items():
        here, there = row["meta"]["height"], b[each]["meta"]["height"]
        if here != there:
            return Unlike(f"row {each} in another block: {here:,} in A, {there:,} in B", _amount(row["transaction"]))
    if turned:
        return Unlike("the rows of a page stand in another order", None)
    return Unlike(_other((list(a.values()), list(b.values()))), None)


def _renamed(here: Mapping[str, Json], missing: Sequence[Json]) -> tuple[str, str] | None:
    """A row under another hash than that of its transaction, which is missing under its own."""
    gone = {json.dumps(row["transaction"], sort_keys=True): _row_hash(row) for row in missing}
    for name, row in here.items():
        its = gone.get(json.dumps(row["transaction"], sort_keys=True))
        if its is not None and its != name:
            return name, its
    return None


def _unconfirmed(told: Told) -> Unlike:
    a, b = ([json.dumps(row, sort_keys=True) for row in each["data"]] for each in told)
    for side, here, there in (("B", b, a), ("A", a, b)):
        if len(here) in CUT_AT and len(there) > len(here) and there[: len(here)] == here:
            left = [json.loads(row)["transaction"] for row in there[len(here) :]]
            value = sum(map(_amount, left))
            return Unlike(f"{side}: the list of what waits is full: a node cuts it at {len(here)} rows, the other has {len(there)}", value)
    return Unlike("other transactions wait at the two nodes", None)


def _accounts(told: Told, query: Mapping[str, str], tips: Tips) -> Unlike:
    a, b = (each["account"] for each in told)
    for side, account in (("B", b), ("A", a)):
        if query.get("address") not in (None, account["address"]):
            return Unlike(f"{side}: another account: {plain(account['address'])}, asked for {query['address']}", None)
    if tips[0] != tips[1]:
        return Unlike(f"read at other heights, {tips[0]} in A and {tips[1]} in B", abs(b["balance"] - a["balance"]))
    if a["balance"] != b["balance"]:
        return Unlike(f"another balance of {a['address']}: {a['balance']:,} in A, {b['balance']:,} in B", abs(b["balance"] - a["balance"]))
    return Unlike(_other(told), None)


def _harvests(told: Told, tips: Tips, versions: tuple[str, str]) -> Unlike:
    a, b = ({row["height"]: row["totalFee"] for row in each["data"]} for each in told)
    for height in a.keys() & b.keys():
        if a[height] != b[height]:
            return Unlike(f"another income of block {height:,}: {a[height]:,} in A, {b[height]:,} in B", abs(a[height] - b[height]))
    told_by: list[tuple[str, dict[int, int], dict[int, int], int | None]] = [("B", b, a, tips[1]), ("A", a, b, tips[0])]
    for side, here, there, tip in told_by:
        gone = sorted(height for height in there.keys() - here.keys() if tip is None or height <= tip)
        if gone:
            old = [one for one, version in zip("AB", versions, strict=True) if _older(version)]
            why = f"; {' and '.join(old)}: NIS before 0.6.102 credits it wrongly while a remote link is pending (#546)" if old else ""
            said = f"the income of {counted(len(gone), 'block')} is not credited to the account in {side}, such as block {gone[0]:,}{why}"
            return Unlike(said, sum(there[height] for height in gone))
    return NOTHING_UNLIKE if a.keys() != b.keys() else Unlike(_other(told), None)


def _older(version: str) -> bool:
    numbers = version.split(", ")[0].split("-")[0].split(".")
    return len(numbers) >= len(FIXED) and all(part.isdigit() for part in numbers) and tuple(map(int, numbers[: len(FIXED)])) < FIXED


def _owned(told: Told) -> Unlike:
    a, b = ({_name(row): row["quantity"] for row in each["data"]} for each in told)
    for name in sorted(a.keys() | b.keys()):
        here, there = a.get(name, 0), b.get(name, 0)
        if here != there:
            why = f"; {EXPIRED}" if min(here, there) == 0 else ""
            return Unlike(f"another balance of mosaic {plain(name)}: {here:,} in A, {there:,} in B{why}", abs(here - there))
    return Unlike("the mosaics stand in another order", None)


def _name(row: Json) -> str:
    return f"{row['mosaicId']['namespaceId']}:{row['mosaicId']['name']}"
