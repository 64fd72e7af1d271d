"""The labels of a case, and what remains of them without some sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import PurePath

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.labels import LabelBook
from tracer.model import Label


def labels_of(question: CaseFile) -> list[Label]:
    """The labels of all TagPacks of the case, in the order the case file names them."""
    return [label for name in question.labels.files for label in _pack(question, name)]


def _pack(question: CaseFile, name: str) -> list[Label]:
    """The labels of one TagPack of the case."""
    from tracer.ingest.chain import asset_of, checked_address  # a command that only reads a case knows no chain
    from tracer.labels import read_tagpack

    return read_tagpack(question.folder / name, asset_of(question).symbol, lambda text: checked_address(question, text))


def book_of(question: CaseFile, labels: list[Label]) -> LabelBook:
    return LabelBook(labels, question.labels.min_confidence)


def kept_without(question: CaseFile, labels: list[Label], left_out: Collection[str]) -> list[Label]:
    """The labels that remain without those of some sources: a label's source, the title of its pack or the file of the pack.

    A label that another pack gives as well remains. Raises InputError for a source that no label has, naming those there are.
    """
    kept = Counter(labels)
    for name in left_out:
        gone = [label for label in labels if name in (label.source, label.pack)] or [
            label for file in question.labels.files if name in (file, PurePath(file).name) for label in _pack(question, file)
        ]
        if not gone:
            there = sorted({label.source for label in labels})
            others = sorted({label.pack for label in labels} | {PurePath(file).name for file in question.labels.files})
            raise InputError(
                f"no label of this case is of {name!r}: the sources are {', '.join(there) or 'none'}"
                + (f"; the packs {', '.join(others)}" if others else "")
            )
        kept -= Counter(gone)
    return list(kept.elements())
