"""How far the answers agree with labelled data: one function a data set, each gives JSON values.

A figure says of which data set and population it is. None of them is an error rate on another chain.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.validation.launder_net import launder_net
from tracer.validation.tagged_attempts import amlsim, amlworld, deposits


def _launder_net_and_deposits(folder: Path) -> dict[str, Any]:
    return {**launder_net(folder), "deposit_address": deposits(folder)}


DATA_SETS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "launder_net_evm41": _launder_net_and_deposits,
    "amlworld": amlworld,
    "amlsim": amlsim,
}
"""What can be measured, by the name of its folder."""


def validate(path: Path) -> dict[str, dict[str, Any]]:
    """The figures of every data set in `path`, or of the one that `path` is. Raises InputError where there is none."""
    there = {name: path / name for name in DATA_SETS if (path / name).is_dir()}
    if not there and path.name in DATA_SETS and path.is_dir():
        there = {path.name: path}
    if not there:
        raise InputError(f"{path}: holds no labelled data: it must be, or have, a folder called {' or '.join(DATA_SETS)}")
    return {name: DATA_SETS[name](folder) for name, folder in there.items()}
