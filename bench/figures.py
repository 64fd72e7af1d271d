"""What benches share; and run by itself: runs every bench, prints its figures and writes them to docs/performance.md.

`scale.py=FILE` as an argument takes figures from what it printed with `--json` on this machine, of a hundred million rows for instance.

A bench is a file beside this one. With `--json` it prints an object {figure: {"value", "unit", "bar", "holds"}}, perhaps with a
"note" on how a value came about, and exits 1 when a bar does not hold. A bar is the least of a rate and the most of anything else.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

Figure = Mapping[str, Any]
Figures = dict[str, Figure]

HERE = Path(__file__).parent
PASSES = 5
PAGE = HERE.parent / "docs" / "performance.md"
NO_BENCH = {Path(__file__).name, "evm_rehearsal.py", "ledgers.py", "spark.py", "stolen.py", "tables.py"}
"""What is not run: this file, the parts of other benches, and what `make scale` runs."""

HEAD = """# Performance

Written by `make bench`, on the machine and the day named below. A bar is a promise: one that does not hold is written down as
missed, and never loosened. What each figure measures stands in its bench. Times and rates vary with what else the machine does.
"""

LAUNCH = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
said = process.stdout.read().decode()
_, status, used = os.wait4(process.pid, 0)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"said": said, "status": status, "cpu": used.ru_utime + used.ru_stime, "mb": peak / 1e6}))
"""
"""Starts a process out of a small one: by Linux, what a process held at most is no less than what held who started it."""


class Launched(NamedTuple):
    """What a process printed, its CPU seconds, and the megabytes that it held at most."""

    said: str
    cpu: float
    mb: float


def keep_byte_code() -> None:
    """Lets every process that is started from here keep byte code under build/, as where tracer is installed: the first that needs a module
    writes it, the others find it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).parent.parent / "build" / "bench")


def launched(*arguments: str) -> Launched:
    """Runs Python in a process of its own. Ends the bench where that fails."""
    started = [sys.executable, "-S", "-c", LAUNCH, sys.executable, *arguments]
    found = json.loads(subprocess.run(started, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if found.pop("status"):
        raise SystemExit(f"{' '.join(arguments[2:])} ended with an error")
    return Launched(**found)


def fastest(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds, by a clock, of the fastest of PASSES passes: the others were disturbed by whatever else the machine did."""
    spent = []
    for _ in range(PASSES):
        began = clock()
        work()
        spent.append(clock() - began)
    return min(spent)


def at_least(value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A rate, and the least it should be."""
    return {"value": value, "unit": unit, "bar": bar, "holds": value >= bar, **noted(note)}


def at_most(value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A cost, and the most it should be."""
    return {"value": value, "unit": unit, "bar": bar, "holds": value <= bar, **noted(note)}


def noted(note: str) -> Figure:
    return {"note": note} if note else {}


def all_hold(figures: Figures) -> bool:
    return all(figure["holds"] for figure in figures.values())


def number(value: float) -> str:
    return f"{value:,}"


def sense(figure: Figure) -> str:
    """Whether a bar is the least or the most, as far as the value tells."""
    if figure["value"] == figure["bar"]:
        return ""
    return "at least" if (figure["value"] > figure["bar"]) == figure["holds"] else "at most"


def row(name: str, figure: Figure) -> list[str]:
    """A figure as cells: name, value with unit, bar, whether it holds, note."""
    bar = f"{sense(figure)} {number(figure['bar'])}".strip()
    return [
        name,
        f"{number(figure['value'])} {figure['unit']}".strip(),
        bar,
        "holds" if figure["holds"] else "MISSED",
        figure.get("note", ""),
    ]


def table(figures: Figures) -> str:
    """Figures for people, in columns."""
    rows = [row(name, figure) for name, figure in figures.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=True)).rstrip() for each in rows)


def run(measures: Iterable[Callable[[], Figures]]) -> int:
    """What a bench does: measures, prints the figures, and gives the exit code."""
    keep_byte_code()
    found: Figures = {}
    for measure in measures:
        found |= measure()
    print(json.dumps(found) if "--json" in sys.argv[1:] else table(found))
    return 0 if all_hold(found) else 1


def of_bench(path: Path) -> Figures:
    """The figures a bench prints. Raises SystemExit with what it said if it prints none."""
    done = subprocess.run([sys.executable, str(path), "--json"], capture_output=True, text=True)
    try:
        found: Figures = json.loads(done.stdout)
    except ValueError as error:
        raise SystemExit(f"{path.name} gave no figures (exit code {done.returncode}):\n{done.stderr}{done.stdout}") from error
    return found


def machine() -> str:
    """The machine and the versions that the figures hold for; nothing that says whose machine it is."""
    needed = sorted({re.split(r"[^\w.-]", need)[0] for need in metadata.requires("chain-tracer") or () if "extra ==" not in need})
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in needed)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9 if hasattr(os, "sysconf") else 0
    rows = [
        ("date", f"{datetime.now(UTC):%Y-%m-%d}"),
        ("cores", f"{os.cpu_count()} ({platform.machine()}{f', {memory:.0f} GB of memory' if memory else ''})"),
        ("system", platform.system()),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
        ("tracer", metadata.version("chain-tracer")),
        ("libraries", versions),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def page(benches: Mapping[str, Figures]) -> str:
    """docs/performance.md."""
    parts = [HEAD, machine()]
    for name, figures in benches.items():
        cells = [["figure", "value", "bar", "", ""], ["---"] * 5, *(row(f"`{figure}`", told) for figure, told in figures.items())]
        parts.append(f"## [bench/{name}](../bench/{name})\n\n" + "\n".join(f"| {' | '.join(each)} |" for each in cells))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def main() -> int:
    benches: dict[str, Figures] = {}
    measured = dict(argument.split("=", 1) for argument in sys.argv[1:])
    for path in sorted(HERE.glob("*.py")):
        if path.name not in NO_BENCH:
            kept = measured.get(path.name)
            benches[path.name] = json.loads(Path(kept).read_text(encoding="utf-8")) if kept else of_bench(path)
            print(f"{path.name}\n{table(benches[path.name])}", flush=True)
    PAGE.write_text(page(benches), encoding="utf-8")
    return 0 if all(map(all_hold, benches.values())) else 1


if __name__ == "__main__":
    raise SystemExit(main())
