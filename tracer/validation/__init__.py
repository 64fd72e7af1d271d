"""How far the answers agree with labelled data: one function a data set, each gives JSON values.

A figure says of which data set and population it is. None of them is an error rate on another chain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.validation.labelled_data_set_files import data_set_of
from tracer.validation.launder_net import launder_net
from tracer.validation.tagged_attempts import amlsim, amlworld

DATA_SETS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "launder_net_evm41": launder_net,
    "amlworld": amlworld,
    "amlsim": amlsim,
}
"""What can be measured, by its name."""


def validate(path: Path) -> dict[str, dict[str, Any]]:
    """The figures of every data set in `path`, or of the one that `path` is, told by names of folders or by what they hold.

    Of two copies of one data set the first is measured, and the other named in `left_out`. Raises InputError where nothing is measured.
    """
    if not path.is_dir():
        raise InputError(f"{path}: there is no such folder: name that of a data set, or the one it lies in")
    there: dict[str, list[Path]] = {}
    for folder in [path] if data_set_of(path) else sorted(entry for entry in path.iterdir() if entry.is_dir()):
        if kind := data_set_of(folder):
            there.setdefault(kind, []).append(folder)
    if not there:
        raise InputError(f"{path}: holds no labelled data: it must be, or have, a folder of {' or '.join(DATA_SETS)}, as it was published")
    return {name: _with_copies(DATA_SETS[name](there[name][0]), there[name]) for name in DATA_SETS if name in there}


def _with_copies(figures: dict[str, Any], folders: Sequence[Path]) -> dict[str, Any]:
    copies = [f"{copy}: another copy; {folders[0].name} was measured" for copy in folders[1:]]
    return {**figures, "left_out": [*figures["left_out"], *copies]}
