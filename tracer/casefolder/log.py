"""What was done to a case folder, and when."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tracer.version import __version__
from tracer.wording import utc


def append(folder: Path, done: dict[str, str]) -> None:
    entry = {"time": utc(int(time.time())), **done, "tracer": __version__}
    with (folder / "actions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
