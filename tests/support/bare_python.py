"""A program of ours as somebody who doubts it runs it: no site packages, no environment, nothing beside the file."""

from __future__ import annotations

import subprocess
import sys


def bare_python(program, *arguments, cwd=None):
    """The finished process of `python -I -S program arguments...`; what it printed is text."""
    command = [sys.executable, "-I", "-S", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
