"""One ledger in whatever form: lines in any order, in any files, some twice, addresses in any capitals. The same result, or a refusal."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tracer.casefile import CaseFile
from tracer.errors import TracerError
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.plan.thefts import thefts_of
from tracer.tracing import RULES, Stops, follow

HEAD = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 0\n'
COLUMNS = ("height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee")
ORDERED_BY = {"place": ("height", "position"), "height": ("height",), "time": ("time",)}
REFUSED = "refused"
PEOPLE = [f"0x{letter * 40}" for letter in "abcde"]


@st.composite
def ledgers(draw):
    """Rows whose order is stated: by their places in blocks, or each in a block or second of its own."""
    by = draw(st.sampled_from(sorted(ORDERED_BY)))
    amounts = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, 9), st.integers(0, 2)), min_size=2))
    together = 3 if by == "place" else 1
    return by, [
        {"height": 7 + n // together, "position": n % together, "time": 1_600_000_000 + n, "tx_hash": f"0x{n:062x}ab",
         "sender": sender, "recipient": recipient, "amount": amount, "fee": fee}
        for n, (sender, recipient, amount, fee) in enumerate(amounts)
    ]  # fmt: skip


def line_of(draw, row, columns):
    """A line of a file; capitals of what is hexadecimal are anybody's choice."""
    cells = {
        **row,
        **{name: row[name] if draw(st.booleans()) else f"0x{row[name][2:].upper()}" for name in ("tx_hash", "sender", "recipient")},
    }
    return ",".join(str(cells[name]) for name in columns)


@st.composite
def forms(draw, by, rows):
    """The lines of one or more files that hold all of these rows, some of them more than once."""
    columns = [name for name in COLUMNS if name not in ("height", "position", "time") or name in ORDERED_BY[by]]
    files = draw(st.integers(1, 3))
    homes = [draw(st.sets(st.integers(0, files - 1), min_size=1, max_size=2)) for _ in rows]
    held = [[row for row, home in zip(rows, homes, strict=True) if file in home] for file in range(files)]
    again = [draw(st.lists(st.sampled_from(some), max_size=2)) if some else [] for some in held]
    return [
        "\n".join([",".join(columns), *(line_of(draw, row, columns) for row in draw(st.permutations([*some, *twice])))]) + "\n"
        for some, twice in zip(held, again, strict=True)
        if some
    ]


def traced(files, keys, theft):
    """By address, reason and rule what a case of these files says; the reason is left out where no file claims anything of histories."""
    with tempfile.TemporaryDirectory() as name:
        text = HEAD
        for number, content in enumerate(files):
            (Path(name) / f"{number}.csv").write_text(content)
            text += f'[[sources]]\nkind = "table"\npath = "{number}.csv"\n{keys}\n'
        question = CaseFile.parse(text + f'[[thefts]]\ntransfer = "{theft}"\n', Path(name) / "case.toml")
        ledger = read_ledger(question)
        trace = follow(ledger, thefts_of(question, ledger), Stops(), RULES)
    claimed = "whole" in keys
    ends = {(end.address, claimed and end.reason): end.amounts for end in trace.endpoints}
    return ends, {rule: (stolen.taken, stolen.burnt) for rule, stolen in trace.rules.items()}


def said_or_refused(files, keys, theft):
    try:
        return traced(files, keys, theft)
    except TracerError:
        return REFUSED


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_ledger_says_the_same_in_whatever_form_it_comes_or_is_refused(data):
    by, rows = data.draw(ledgers())
    keys = data.draw(st.sampled_from(["", 'whole = "all"', 'whole = "all"\ndoubles = "once"', 'doubles = "once"']))
    theft = data.draw(st.sampled_from([row["tx_hash"] for row in rows]))
    columns = [name for name in COLUMNS if name not in ("height", "position", "time") or name in ORDERED_BY[by]]
    plain = "\n".join([",".join(columns), *(",".join(str(row[name]) for name in columns) for row in rows)]) + "\n"
    said = said_or_refused([plain], keys, theft)
    if said == REFUSED:
        event("moves nothing")
        return
    other = said_or_refused(data.draw(forms(by, rows)), keys, theft)
    event("refused" if other == REFUSED else "the same")
    assert other == said or (other == REFUSED and "doubles" not in keys)  # with doubles = once nothing is left to ask
