"""The label files of a case: TagPacks, CSV and JSON lists, each told by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tracer.labels.csv_and_json_lists import read_list
from tracer.labels.network_filter import TakenLabels, Wanted
from tracer.labels.tagpack import read_tagpack
from tracer.model import Label

LISTS = (".csv", ".tsv", ".json")


def read_labels(paths: Iterable[Path], wanted: Wanted) -> TakenLabels:
    """The labels of all files, in their order. Raises InputError naming file, line, value and the mend."""
    labels: list[Label] = []
    left_out: Counter[str] = Counter()
    for path in paths:
        labels_read = read_list(path, wanted) if path.suffix.lower() in LISTS else read_tagpack(path, wanted)
        labels += labels_read.labels
        left_out.update(labels_read.left_out)
    return TakenLabels(labels, left_out)
