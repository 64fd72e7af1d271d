"""`tracer compare A B` of sources: the first answer or row that differs, why, and how much money that is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.cli.output import print_json, print_table, say
from tracer.cli.table_width import Narrowing
from tracer.wording import counted, utc

if TYPE_CHECKING:
    from tracer.compare.ledger_rows import RowComparison, RowDifference
    from tracer.compare.recordings import AnswerDifference
    from tracer.compare.rival_schedule_file import Unit
    from tracer.compare.sources_by_path import SourcesCompared
    from tracer.model import Asset, Transfer

MOST = 30  # lines of the table; all in JSON


def show_sources(a: Path, b: Path, allow_outside: bool | None, unit: Unit, as_json: bool) -> bool:
    """Prints what differs between two sources, and says whether anything does."""
    from tracer.compare.sources_by_path import compare_sources

    found = compare_sources(a, b, allow_outside, unit)
    if as_json:
        print_json(_data(a, b, found))
    elif found.rows is None:
        _print_answers(found)
    else:
        print_rows(found.asset, found.rows)
    return bool(found.answers or (found.rows and found.rows.differences))


def _print_answers(found: SourcesCompared) -> None:
    from tracer.compare.recordings import first_of

    first = first_of(found.answers)
    if first is None:
        say(f"No answer differs: {counted(found.questions, 'request')} in both, answered alike.")
        return
    say(f"First difference: {first.question}: {first.cause}.{_worth(found.asset, first.value)}{_lines(first)}")
    rows = [
        [each.question, each.cause, None if each.value is None else found.asset.format(each.value), f"{each.times:,}"]
        for each in found.answers[:MOST]
    ]
    print_table("", ["request", "difference", "amount", "times"], rows, numeric=(2, 3), whole=(1,), order=Narrowing([3], [1]))
    if len(found.answers) > MOST:
        say(f"{len(found.answers) - MOST:,} more (--json has all)")
    say(f"{counted(found.questions, 'request')} in both; what was asked in one only is not compared.")


def _worth(asset: Asset, value: int | None) -> str:
    return "" if value is None else f" It is about {asset.stated(value)}."


def _lines(first: AnswerDifference) -> str:
    named = [f"line {line:,} of {side}" for side, line in zip("AB", first.lines, strict=True) if line is not None]
    return f" ({', '.join(named)})"


def print_rows(asset: Asset, rows: RowComparison) -> None:
    """Prints the first row that differs and why, and how many rows differ for each cause."""
    if not rows.differences:
        say(f"No row differs: {counted(rows.alike, 'row')} alike in both.")
        return
    first = rows.differences[0]
    say(f"First row that differs: {row_named(asset, first.a or first.b)}: {first.cause}. It is about {asset.stated(first.value)}.")
    cells = [
        [cause, f"{len(each):,}", asset.format(sum(one.value for one in each)), row_named(asset, each[0].a or each[0].b)]
        for cause, each in rows.by_cause().items()
    ]
    order = Narrowing([3], [0])
    print_table("", ["why", "rows", asset.symbol, "the first of them"], cells, numeric=(1, 2), whole=(0, 3), order=order)
    say(f"{counted(rows.alike, 'row')} alike in both, {len(rows.differences):,} not.")


def row_named(asset: Asset, row: Transfer | None) -> str:
    """A row so that somebody finds it in the source: hash, or sides and moment."""
    if row is None:
        return "nothing"
    where = f"block {row.height:,}" if row.height is not None else utc(row.time) or "no moment stated"
    hashed = f", hash {row.tx_hash}" if row.tx_hash else ""
    return f"{row.sender or 'nobody'} to {row.recipient or 'nobody'}, {asset.stated(row.amount)}, {where}{hashed}"


def _data(a: Path, b: Path, found: SourcesCompared) -> dict[str, Any]:
    rows = found.rows.differences if found.rows else []
    return {
        "a": str(a),
        "b": str(b),
        "asset": found.asset._asdict(),
        "differs": bool(found.answers or rows),
        "questions": found.questions,
        "answers": [
            {
                "question": each.question,
                "lines": dict(zip("ab", each.lines, strict=True)),
                "cause": each.cause,
                "value": None if each.value is None else str(each.value),
                "times": each.times,
            }
            for each in found.answers
        ],
        "alike": found.rows.alike if found.rows else None,
        "rows": [row_difference_as_data(each) for each in rows],
    }


def row_difference_as_data(each: RowDifference) -> dict[str, Any]:
    """A row that differs as JSON values, with both sides of it."""
    return {"cause": each.cause, "value": str(each.value), "a": row_as_data(each.a), "b": row_as_data(each.b)}


def row_as_data(row: Transfer | None) -> dict[str, Any] | None:
    """A row as JSON values; None where there is none."""
    if row is None:
        return None
    amounts = {"amount": str(row.amount), "fee": str(row.fee)}
    named = {"row": row.row, "height": row.height, "time": utc(row.time), "tx_hash": row.tx_hash}
    return {**named, "sender": row.sender, "recipient": row.recipient, **amounts, "kind": row.kind}
