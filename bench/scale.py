"""A ledger bigger than a case, in wei, from a table on disk to the slice of a case: conversion, appending, the cone, the slice; and
the whole command on tables of 100,000 rows and a million.

The bars are those of a hundred million rows (`--rows 1e8`); ten million, where nothing else is said, have a tenth of the time. Each step
is a process of its own, and what counts is its CPU time and its peak memory. `--json` for figures; exits 1 if a bar does not hold. The
table has one account in eight rows, hashes of 32 bytes, and the small cone of ledgers.py. `--direct` writes the data set without
converting a table, and measures nothing but the cone and the slice: a hundred million rows then take minutes, and 7 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import ledgers
import numpy as np
from figures import Figures, at_least, at_most, launched, run

HERE = Path(__file__).parent
VERIFY = HERE.parent / "tracer" / "verify.py"
HUNDRED_THOUSAND, MILLION = 100_000, 1_000_000
"""Rows of the tables that are traced whole."""

WEI = 10**12
"""Of a smallest unit of ledgers.py, which has six decimals."""

BARS = {"cone_s": 10.0, "slice_mb": 2000.0}
"""At a hundred million rows."""

CASE = """
name = "scale"
chain = "table"
asset = "coin"
decimals = 18
[[sources]]
kind = "columns"
path = "{path}"
"""

STEPS = {
    "write": """
part = rows // 100 // 16 * 16  # a hundred of them are a whole number of blocks
pieces = ledgers.pieces(101 * part, large_cone=False, piece=part)
said = {"hashes": ledgers.write_table(islice(pieces, 100), folder / "table.parquet", ledgers_wei)}
ledgers.write_table(pieces, folder / "later.parquet", ledgers_wei, 100 * part)
""",
    "direct": """
pieces = ledgers.pieces(rows, large_cone=False)
said = {"hashes": ledgers.write_data_set(pieces, folder / "ledger", ledgers_wei, 18)}
""",
    "convert": 'ledgers.convert_table(folder / "table.parquet", folder / "ledger", 18)',
    "append": 'ledgers.convert_table(folder / "later.parquet", folder / "ledger", 18, append=True)',
    "cone": """
case = CaseFile.load(folder / "case.toml")
data = data_set(case)
from tracer.dataset.slice_of_case import read_slice
found = slicing_of(case)
def timed(data, excerpt, extent=found.extent):
    global began
    began = spent()
    slice = extent(data, excerpt)
    said["cone_s"], said["accounts"] = spent() - began, int(slice.accounts.sum())
    return slice
said["rows"] = len(list(read_slice(data, asset_of(case), found._replace(extent=timed)).transfers))
""",
}
"""What each process does; all that it says is an object."""

HEAD = """
import json, resource, sys
from itertools import islice
from pathlib import Path
sys.path.insert(0, {here!r})
import ledgers
from tracer.casefile import CaseFile
from tracer.dataset.data_set_of_case import data_set
from tracer.ingest.chain_and_asset_of_case import asset_of
from tracer.plan.how_sources_are_read import slicing_of
ledgers_wei, folder, rows, said = {wei}, Path(sys.argv[1]), int(sys.argv[2]), {{}}
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
began = spent()
"""

TAIL = """
print(json.dumps({"s": spent()} | said))
"""


def step(name: str, folder: Path, rows: int) -> Mapping[str, Any]:
    """What a step took, in a process of its own, and what it said."""
    code = HEAD.format(here=str(HERE), wei=WEI) + STEPS[name] + TAIL
    done = launched("-c", code, str(folder), str(rows))
    found: Mapping[str, Any] = json.loads(done.said) | {"mb": done.mb}
    print(f"{rows:,} rows, {name}: {found['s']:.1f} s of CPU, {found['mb']:,.0f} MB", file=sys.stderr)
    return found


def measured(folder: Path, rows: int, *, append: bool, direct: bool) -> dict[str, float]:
    """The figures of so many rows; of a data set written `direct`, none of conversion."""
    folder.mkdir()
    hashes = step("direct" if direct else "write", folder, rows)["hashes"]
    theft = f'[[thefts]]\ntransfer = "{hashes[0]}"\n'
    (folder / "case.toml").write_text(CASE.format(path="ledger") + theft, encoding="utf-8")
    found = {}
    if not direct:
        converted = step("convert", folder, rows)
        (folder / "table.parquet").unlink()
        found = {"convert_s": converted["s"], "convert_mb": converted["mb"]}
    cone = min((step("cone", folder, rows) for _ in range(2)), key=lambda each: each["cone_s"])
    size = sum(path.stat().st_size for path in (folder / "ledger").rglob("*.parquet"))
    if append and not direct:
        found["append_share"] = step("append", folder, rows)["s"] / converted["s"]
    found |= {"bytes": size / rows, "cone_s": cone["cone_s"], "slice_s": cone["s"], "slice_mb": cone["mb"]}
    return found | {"slice_rows": cone["rows"], "slice_accounts": cone["accounts"]}


TRACE = "import sys; from tracer.cli import main; sys.argv[0] = 'tracer'; main()"


def command(*arguments: str) -> tuple[float, float]:
    """The CPU seconds and the megabytes that a command takes at most, in a process of its own."""
    done = launched("-c", TRACE, *arguments)
    return done.cpu, done.mb


class Traced(NamedTuple):
    """A case traced, and once more with nothing changed: CPU seconds of both, the megabytes of the first at most, those of case.db a
    hundred thousand rows, and the account that all thefts were paid to."""

    cpu: float
    mb: float
    again: float
    case_db: float
    taker: str


def traced(folder: Path, rows: int) -> Traced:
    """Traces a CSV with stated openings: twelve thefts, five rules, the hubs as services."""
    columns = ledgers.ledger(rows, large_cone=True)
    ledgers.write_case(columns, folder)
    arguments = ["trace", str(folder / "case.toml"), "-o", str(folder / "out"), "--quiet"]
    (spent, most), (again, _) = command(*arguments), command(*arguments)
    size = (folder / "out" / "case.db").stat().st_size / 1e6
    print(f"{rows:,} rows, traced: {spent:.1f} s of CPU, {most:,.0f} MB; unchanged: {again:.1f} s", file=sys.stderr)
    return Traced(spent, most, again, size * 100_000 / rows, f"0x{columns.recipient[columns.thefts[0]]:040x}")


def whole_command() -> Figures:
    """The whole command on a hundred thousand rows and on a million."""
    with TemporaryDirectory() as place:
        less = traced(Path(place), HUNDRED_THOUSAND)
    with TemporaryDirectory() as place:
        most = traced(Path(place), MILLION)
        more = beyond_tracing(Path(place), most.taker)
    note = "CPU; hubs are labelled services, one rule is declared"
    return {
        "trace_100k_cpu_s": at_most(round(less.cpu, 1), "s", 5.0, note),
        "case_db_mb": at_most(round(less.case_db, 1), "MB", 25.0, "a hundred thousand rows"),
        "case_db_million_mb": at_most(round(most.case_db, 1), "MB", 25.0, "of a million, a hundred thousand rows"),
        "trace_million_cpu_s": at_most(round(most.cpu, 1), "s", 45.0, note),
        "trace_million_mb": at_most(round(most.mb), "MB", 1000.0),
        "retrace_unchanged_s": at_most(round(most.again, 1), "s", 3.0, "CPU"),
        **more,
    }


def nothing_labelled() -> Figures:
    """The same command where no service stops the trail: each of twelve thefts is mixed into most rows."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        ledgers.write_case(ledgers.ledger(MILLION, large_cone=True), folder, labelled=False)
        spent, most = command("trace", str(folder / "case.toml"), "-o", str(folder / "out"), "--quiet")
        size = (folder / "out" / "case.db").stat().st_size / 1e6
    print(f"{MILLION:,} rows, nothing labelled: {spent:.1f} s of CPU, {most:,.0f} MB", file=sys.stderr)
    return {
        "trace_million_wide_cpu_s": at_most(round(spent, 1), "s", 120.0, f"CPU; nothing is labelled; case.db has {size:,.0f} MB"),
        "trace_million_wide_mb": at_most(round(most), "MB", 2500.0),
    }


def grown() -> Figures:
    """A case whose table got one row in a hundred more since it was traced, traced again."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        ledgers.write_case(ledgers.ledger(MILLION, large_cone=True), folder)
        arguments = ["trace", str(folder / "case.toml"), "-o", str(folder / "out"), "--quiet"]
        table = folder / "rows.csv"
        lines = table.read_bytes().splitlines(keepends=True)
        table.write_bytes(b"".join(lines[: 1 + MILLION * 99 // 100]))
        whole, _ = command(*arguments)
        table.write_bytes(b"".join(lines))
        again, _ = command(*arguments)
    note = f"{again:.1f} s of CPU time with 1 % new rows, {whole:.1f} s for all rows before; the earlier result is kept in history/"
    return {"retrace_new_blocks": at_most(round(again / whole, 2), "of a full trace", 0.1, note)}


def beyond_tracing(folder: Path, address: str) -> Figures:
    """One address of a traced case of a million rows, explained; and the verifier on its export."""
    spent, most = command("explain", str(folder / "out"), address)
    command("export", str(folder / "out"), "-o", str(folder / "export"))
    return {
        "explain_million_s": at_most(round(spent, 2), "s", 1.0, "CPU; the account that the thefts were paid to"),
        "explain_million_mb": at_most(round(most), "MB", 150.0),
        "verify_million_s": at_most(round(verifying(folder / "export"), 1), "s", 60.0, "CPU"),
    }


def verifying(export: Path) -> float:
    """The CPU seconds that the verifier takes on an export."""
    return launched(str(VERIFY), str(export)).cpu


def many_thefts(rows: int = 10_000, thefts: int = 400) -> Figures:
    """The verifier on a small export with so many thefts, each named by its transaction."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        columns = ledgers.ledger(rows, large_cone=True)
        users = (columns.sender >= ledgers.HUBS) & (columns.recipient >= ledgers.HUBS) & (columns.amount > 0)
        ledgers.write_case(columns._replace(thefts=np.flatnonzero(users)[rows // 10 :][:thefts]), folder)
        command("trace", str(folder / "case.toml"), "-o", str(folder / "out"), "--quiet")
        command("export", str(folder / "out"), "-o", str(folder / "export"))
        spent = verifying(folder / "export")
    return {f"verify_{thefts}_thefts_s": at_most(round(spent, 2), "s", 2.0, f"CPU, {rows:,} rows")}


def make_machine_code() -> None:
    """Traces once what is not measured: the machine code of the rules is made on a machine's first trace, and kept on disk from then on."""
    with TemporaryDirectory() as place:
        taker = traced(Path(place), HUNDRED_THOUSAND).taker
        command("explain", str(Path(place) / "out"), taker)  # the byte code of these two, too
        command("export", str(Path(place) / "out"), "-o", str(Path(place) / "export"))


def whole_commands() -> Figures:
    """The figures of the whole command, on tables."""
    make_machine_code()
    return whole_command() | nothing_labelled() | grown() | many_thefts()


def data_sets(rows: int, *, direct: bool) -> Figures:
    """The figures of a data set of so many rows, and of one of a tenth."""
    label, share = f"{rows // 1_000_000}m", rows / 100_000_000
    with TemporaryDirectory() as name:
        less = measured(Path(name) / "less", rows // 10, append=False, direct=direct)
        most = measured(Path(name) / "most", rows, append=True, direct=direct)
    growth = math.log10(most["cone_s"] / less["cone_s"])
    sliced = f"{most['slice_rows']:,} rows of {most['slice_accounts']:,} accounts; whole process {most['slice_s']:.1f} s of CPU"
    found = {
        f"cone_{label}_s": at_most(round(most["cone_s"], 2), "s", BARS["cone_s"] * share, "CPU, one ordered pass over five columns"),
        f"slice_{label}_mb": at_most(round(most["slice_mb"]), "MB", BARS["slice_mb"], f"{sliced}; {most['bytes']:.0f} bytes a row"),
        "growth_cone": at_most(round(growth, 2), "", 1.1, f"from {rows // 10:,} rows to {rows:,}"),
    }
    if direct:
        return found
    written = f"{most['convert_mb']:,.0f} MB at most"
    return found | {
        "append_share": at_most(round(most["append_share"], 3), "", 0.03, "1 % of the rows, of the CPU time of a conversion of all"),
        "converted_per_s": at_least(round(rows / most["convert_s"]), "rows/s", 100_000, written),
    }


def figures() -> Figures:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=10_000_000)
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    return ({} if given.direct else whole_commands()) | data_sets(given.rows, direct=given.direct)


if __name__ == "__main__":
    raise SystemExit(run([figures]))
