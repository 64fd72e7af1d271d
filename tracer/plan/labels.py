"""The labels of a case, and what remains of them without some sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath

from tracer.casefile import CaseFile
from tracer.casefile.paths_in_and_out_of_case_folder import label_files
from tracer.did_you_mean import nearest
from tracer.errors import InputError
from tracer.labels import LabelBook, TakenLabels, Wanted
from tracer.labels.networks import COINS, NAMES, network_named
from tracer.model import Label


def labels_of(question: CaseFile) -> LabelBook:
    """The labels of all files of the case that are of its network, in the order the case file names them."""
    if not question.labels.files:
        return book_of(question, [])
    found = read_files(question, question.labels.files)
    return book_of(question, found.labels, found.left_out)


def read_files(question: CaseFile, names: Iterable[str]) -> TakenLabels:
    """The labels of some files and folders, named as in the case file. Raises InputError naming file, line, value and the mend."""
    from tracer.labels import read_labels

    where = ("labels", "files")
    within = [name for name in names if question.file(name, where)]
    return read_labels((question.file(name, where) for name in label_files(question.folder, within)), wanted_of(question))


def wanted_of(question: CaseFile) -> Wanted:
    """Which labels the case takes. Raises CaseError where its chain or asset is unknown."""
    from tracer.ingest.chain_and_asset_of_case import asset_of, checked_address  # a command that only reads a case knows no chain

    return Wanted(labels_network(question), asset_of(question).symbol, lambda text: checked_address(question, text))


def labels_network(question: CaseFile) -> str | None:
    """The network the case is of: as it states it, else its chain, else the one whose own coin it counts.

    None where none of these says so. Raises CaseError for a name that is near a known one.
    """
    if question.network:
        named = network_named(question.network)
        if named not in NAMES and (near := nearest(named, NAMES)):
            raise question.fault(("network",), f"network = {question.network!r} is unknown: did you mean {near}?")
        return named
    return COINS.get(question.asset.casefold()) if question.chain == "table" else network_named(question.chain)


def book_of(question: CaseFile, labels: Iterable[Label], left_out: Mapping[str, int] | None = None) -> LabelBook:
    return LabelBook(labels, question.labels.min_confidence, left_out)


def kept_without(question: CaseFile, labels: list[Label], left_out: Collection[str]) -> list[Label]:
    """The labels that remain without those of some sources: a label's source, the title of its pack or the file of the pack.

    A label that another pack gives as well remains. Raises InputError for a source that no label has, naming those there are.
    """
    kept = Counter(labels)
    for name in left_out:
        gone = [label for label in labels if name in (label.source, label.pack)] or [
            label for file in question.labels.files if name in (file, PurePath(file).name) for label in read_files(question, [file]).labels
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
