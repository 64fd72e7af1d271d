"""The slice of ten million rows on a small cluster of Spark, its driver and an executor killed on the way, and in one process.

`spark_equals_local` is 1 where every run gives the same slice, to the digest. The cluster is `local-cluster[2,1,1024]`: two
executors, each a process with one core and 1 GB. Three runs: one that nothing happens to, whose rounds, shuffle, time and memory are
printed; one whose driver is killed in the middle of a round; and one that goes on from there, and loses an executor in the middle of a
round. What is killed are processes that this bench started, by their ids, as Linux lists them. `--rows` for another number, `--json`
for figures. Run by `make scale`, not by `make bench`: it takes minutes. Without Java or Spark it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import scale
from figures import Figures, at_least, run

MASTER = "local-cluster[2,1,1024]"
STRUCK = 3
"""The round in which something is killed; the driver in this one, an executor in the next."""

SLICE = """
import json, os, signal, sys, threading
from pathlib import Path
from tracer.casefile import CaseFile
from tracer.dataset.data_set_on_spark import on_spark, spark_session
from tracer.plan.how_sources_are_read import read_sources
from tracer.store.record.database import CaseDb
from tracer.store.record.results_digest import ledger_digest
from tracer.store.record.ledger import save_ledger

folder, master, struck = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
here = os.getpid()

def say(**said):
    print(json.dumps(said), flush=True)

def under(process):
    "The processes that a process started, and those that these started."
    tasks = Path(f"/proc/{process}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [*children, *(each for child in children for each in under(child))]

def executors():
    said = ((process, Path(f"/proc/{process}/cmdline").read_bytes()) for process in under(here))
    return [process for process, line in said if b"CoarseGrainedExecutorBackend" in line and b"java" in line.split(b"\\0")[0]]

def memory(process):
    "The most that a process has held so far, in MB."
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM")), 0)

def cpu():
    "What this process and those under it have used."
    fields = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split() for process in [here, *under(here)]]
    user, system = 11, 12  # counted from the state, which follows the name (proc_pid_stat(5))
    return round(sum(int(each[user]) + int(each[system]) for each in fields) / os.sysconf("SC_CLK_TCK"), 1)

def strike(session, whom):
    "Waits for tasks that run, and kills."
    tracker = session.sparkContext.statusTracker()
    while not any(stage and stage.numActiveTasks for stage in map(tracker.getStageInfo, tracker.getActiveStageIds())):
        pass
    victim = here if whom == "driver" else executors()[0]
    say(killed=whom, id=victim)
    os.kill(victim, signal.SIGKILL)

def sliced(opened):
    ledger = read_sources(CaseFile.load(folder / "case.toml"), opened=opened)
    with CaseDb(folder / "slice.db", create=True) as db:
        save_ledger(db, ledger)
        say(digest=ledger_digest(db), rows=len(ledger), cpu_s=cpu())
    (folder / "slice.db").unlink()

if master == "here":
    sliced(None)
else:
    with spark_session(master) as session:
        def report(each):
            say(round=each.number, accounts=each.accounts, shuffled=each.shuffled, cpu_s=cpu(),
                driver_mb=sum(map(memory, [here, under(here)[0]])), executors_mb=list(map(memory, executors())))
            if each.number + 1 == struck.get("round"):
                threading.Thread(target=strike, args=(session, struck["whom"]), daemon=True).start()
        sliced(on_spark(session, report))
"""
"""Reads the slice of a case and says its digest, round by round; kills what `struck` names in the round that it names."""


def sliced(folder: Path, master: str, struck: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a process says that reads the slice on `master`, as it says it, each with the seconds since it began."""
    began = time.perf_counter()
    arguments = [sys.executable, "-c", SLICE, str(folder), master, json.dumps(struck)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            said = {**json.loads(line), "after_s": round(time.perf_counter() - began, 1)}
            print(f"{master}: {said}", file=sys.stderr, flush=True)
            yield said


def of(said: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """All that was said under a name."""
    return [each[name] for each in said if name in each]


def measured(folder: Path, rows: int) -> Figures:
    """The figures of so many rows."""
    hashes = scale.step("write", folder, rows)["hashes"]
    scale.step("convert", folder, rows)
    (folder / "case.toml").write_text(scale.CASE.format(path="ledger") + f'[[thefts]]\ntransfer = "{hashes[0]}"\n', encoding="utf-8")
    here, whole = list(sliced(folder, "here", {})), list(sliced(folder, MASTER, {}))
    cut = list(sliced(folder, MASTER, {"round": STRUCK, "whom": "driver"}))
    resumed = list(sliced(folder, MASTER, {"round": STRUCK + 1, "whom": "executor"}))
    digests = [of(each, "digest") for each in (here, whole, resumed)]
    struck = of(cut, "killed") == ["driver"] and not of(cut, "digest") and of(resumed, "killed") == ["executor"]
    went_on = of(resumed, "round")[:1] == [len(of(cut, "round")) + 1]
    equal = struck and went_on and len(digests[0]) == 1 and digests[0] == digests[1] == digests[2]
    note = (
        f"{rows:,} rows on {MASTER}: {len(of(whole, 'round'))} rounds, {sum(of(whole, 'shuffled')) / 1e6:.1f} MB shuffled, "
        f"{of(whole, 'cpu_s')[-1]:.0f} s of CPU, {whole[-1]['after_s']:.0f} s, an executor {max(map(max, of(whole, 'executors_mb')))} MB, "
        f"the driver {max(of(whole, 'driver_mb'))} MB; one process {of(here, 'cpu_s')[-1]:.1f} s of CPU; then once the driver and "
        "once an executor killed"
    )
    return {"spark_equals_local": at_least(int(equal), "", 1, note)}


def figures() -> Figures:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=10_000_000)
    parser.add_argument("--json", action="store_true")
    rows = parser.parse_args().rows
    if shutil.which("java") is None or find_spec("pyspark") is None:
        print("NOT RUN: Spark needs the extra scale, and Java 17 or newer (Debian: default-jre-headless)", file=sys.stderr)
        return {}
    with TemporaryDirectory() as name:
        return measured(Path(name), rows)


if __name__ == "__main__":
    raise SystemExit(run([figures]))
