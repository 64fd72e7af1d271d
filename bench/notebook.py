"""A case in a notebook: the frame of what was traced, out of a ledger of a million rows, of which 100,000 carried stolen value.

The time is of one call in a process of its own, pandas imported before; the memory is what the process grew by at its largest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from figures import Figures, at_most, run
from graph import write_elsewhere

ROWS, ADDRESSES, CARRIED = 1_000_000, 300_000, 100_000

CALL = """
import json, resource, sys, time
from pathlib import Path
import pandas
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.store.record.database import CaseDb

def grown():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000

text = chr(10).join(['name = "bench"', 'chain = "table"', 'asset = "coin"', 'decimals = 6', '[[sources]]', 'kind = "table"',
    'path = "t.csv"', '[[thefts]]', 'transfer = "x"'])
folder = Path(sys.argv[1])
case = CaseFolder(folder, CaseDb(folder / "case.db"), CaseFile.parse(text, folder / "case.toml"), {})
pandas.DataFrame({"a": ["x"]}).memory_usage()
before = grown()
began = time.perf_counter()
frame = case.to_pandas()
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"rows": len(frame), "seconds": seconds, "mb": peak - before, "frame_mb": frame.memory_usage(deep=True).sum() / 1e6}))
"""


def called(folder: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", CALL, str(folder)], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def figures() -> Figures:
    with tempfile.TemporaryDirectory() as place:
        write_elsewhere(Path(place) / "case.db", ROWS, ADDRESSES, CARRIED)
        runs = [called(Path(place)) for _ in range(3)]
    best = min(runs, key=lambda each: each["seconds"])
    note = f"{best['rows']:,} rows, a frame of {best['frame_mb']:.0f} MB, out of {ROWS:,}"
    return {
        "to_pandas_s": at_most(round(best["seconds"], 2), "s", 1.5, note),
        "to_pandas_mb": at_most(round(best["mb"]), "MB", 250, note),
    }


if __name__ == "__main__":
    raise SystemExit(run([figures]))
