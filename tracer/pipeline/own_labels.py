"""Labels that somebody makes in a case: written into its own labels file, which the case file then names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from tracer.casefile import CaseFile
from tracer.casefile.edit import with_label_file
from tracer.casefile.paths import read_exact, write_exact
from tracer.labels.book import OWN
from tracer.labels.lists import Row
from tracer.labels.own import Made, with_labels
from tracer.model import Label
from tracer.plan.labels import wanted_of


def add_labels(question: CaseFile, rows: Iterable[Row], made: Made) -> tuple[Path, list[Label]]:
    """Adds labels to the case's own file and gives its path and these labels; the case file names it from then on.

    Raises InputError, with nothing written, for a label that cannot be; CaseError where the case file cannot be changed,
    or its own labels stand outside its folder and nobody allowed it.
    """
    name = next((each for each in question.labels.files if PurePath(each).name == OWN), OWN)
    path = question.file(name, ("labels", "files"))
    before = read_exact(path) if path.exists() else ""
    text, labels = with_labels(before, rows, made, wanted_of(question))
    changed = question if name in question.labels.files else with_label_file(question, name)
    _put(path, text)
    if changed is not question:
        _put(question.path, changed.text)
    return path, labels


def _put(path: Path, text: str) -> None:
    """Writes the file whole or not at all."""
    unfinished = path.with_name(f"{path.name}.partial")
    write_exact(unfinished, text)
    os.replace(unfinished, path)
