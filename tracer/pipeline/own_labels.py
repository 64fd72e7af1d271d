"""Labels that somebody makes in a case: written into its own labels file, which the case file then names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from tracer.casefile import CaseFile
from tracer.casefile.edit import with_label_file
from tracer.casefile.whole_and_exact_files import put_whole, read_exact
from tracer.casefolder.log import act, append
from tracer.casefolder.manifest import manifested
from tracer.labels.book import OWN
from tracer.labels.csv_and_json_lists import Row
from tracer.labels.own_labels_csv import Made, with_labels
from tracer.model import Label
from tracer.plan.labels import wanted_of


def add_labels(question: CaseFile, rows: Iterable[Row], made: Made) -> tuple[Path, list[Label]]:
    """Adds labels to the case's own file and gives its path and these labels; the case file names it from then on.

    Folders of the case that stand beside its case file, or where the command is run, keep the act in their logs.

    Raises InputError, with nothing written, for a label that cannot be; CaseError where the case file cannot be changed,
    or its own labels stand outside its folder and nobody allowed it.
    """
    name = next((each for each in question.labels.files if PurePath(each).name == OWN), OWN)
    path = question.file(name, ("labels", "files"))
    before = read_exact(path) if path.exists() else ""
    text, labels = with_labels(before, rows, made, wanted_of(question))
    changed = question if name in question.labels.files else with_label_file(question, name)
    put_whole(path, text)
    if changed is not question:
        put_whole(question.path, changed.text)
    said = [f"{label.address} is {label.label} ({label.source})" for label in labels]
    for folder in _folders_of(question):
        append(folder, act("labels add", made.author, labels=said, file=name))
    return path, labels


def _folders_of(question: CaseFile) -> Iterator[Path]:
    """The folders beside the case file, or where we are, that were traced from it."""
    seen = set()
    for parent in (question.folder, Path()):
        for manifest in sorted(parent.glob("*/manifest.json")):
            folder = manifest.parent.resolve()
            stated = manifested(folder, "case", "path")
            if folder not in seen and isinstance(stated, str) and (folder / stated).resolve() == question.path.resolve():
                yield folder
            seen.add(folder)
