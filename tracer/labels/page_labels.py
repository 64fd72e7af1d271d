"""Labels made on the page of a case: a TagPack beside the case file, whose tags are added at its end, so that what stands there stays."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tracer.errors import InputError
from tracer.labels.book import WORKBENCH
from tracer.labels.network_filter import Wanted
from tracer.labels.tagpack import CONFIDENCE, read_tagpack, written
from tracer.model import Label

FILE = "labels/workbench.yaml"
"""Where they stand, seen from the case file."""

WORD = "forensic_investigation"
"""The confidence of what somebody found out who works on the case."""


def made_label(address: str, name: str, category: str | None, source: str, author: str | None, time: str) -> Label:
    """A label that somebody makes now; `time` in ISO 8601."""
    context = json.dumps({"author": author, "time": time}) if author else json.dumps({"time": time})
    return Label(address, name, category, (), source, WORD, CONFIDENCE[WORD], time[:10], None, WORKBENCH, context)


def with_tag(before: str, label: Label, wanted: Wanted) -> str:
    """The text of the pack with one label more. `before`: its text now, "" where there is none.

    Raises InputError for a label that cannot be, or stands there already; and where the pack was edited into something that cannot grow.
    """
    pack = written([label], wanted.currency, WORKBENCH, "tracer view")
    text = pack if not before.strip() else before.rstrip("\n") + "\n" + pack.partition("tags:\n")[2]
    were, are = (_read(each, wanted) if each.strip() else [] for each in (before, text))
    if label in were:
        raise InputError(f"{label.address} has this label already: {label.label} ({label.source})")
    if are != [*were, label]:
        category = (
            f"category {label.category!r} is no word of TagPacks"
            if label.category and are[: len(were)] == were
            else "its tags are not at its end"
        )
        raise InputError(f"{FILE}: the label cannot be added ({category}): write it into a label file of the case yourself")
    return text


def _read(text: str, wanted: Wanted) -> list[Label]:
    with TemporaryDirectory() as place:
        path = Path(place) / Path(FILE).name
        path.write_text(text, encoding="utf-8")
        try:
            return read_tagpack(path, wanted).labels
        except InputError as error:
            raise InputError(str(error).replace(str(path), FILE)) from error
