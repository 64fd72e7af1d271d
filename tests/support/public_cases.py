"""The inputs of a third party, which are not carried along: TRACER_PUBLIC_CASES names their folder."""

from __future__ import annotations

import os
from pathlib import Path

from conftest import missing


def public_folder() -> Path:
    """The folder with 01_etherscan_normal and its siblings; the test is skipped, saying why, where nobody names it."""
    folder = os.environ.get("TRACER_PUBLIC_CASES")
    if not folder:
        missing("public cases", "TRACER_PUBLIC_CASES=FOLDER names the one with 01_etherscan_normal and its siblings")
    return Path(folder)
