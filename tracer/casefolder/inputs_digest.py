"""What the ledger of a case is read from, as one digest: so that a run knows what an earlier one need not have made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from tracer.casefile import CaseFile
from tracer.casefolder.manifest import brought_by_others, manifested, sha256_of
from tracer.ingest.source_digests import SourceDigest, decisive
from tracer.version import __version__


def inputs_of(question: CaseFile, sources: Sequence[SourceDigest], recording: Path) -> str:
    """A digest of all that the ledger is read from: sources, their settings, this version; of nodes, what is recorded of
    them; of nodes and data sets, the questions that decide what is read: thefts, labels, stops."""
    asked = [__version__, question.chain, question.asset, repr(question.sources), decisive(question, sources)]
    asked += brought_by_others(question).values()  # another version of what is not ours may read its sources otherwise
    if question.column_source or question.nodes:  # not the text of the case file: a threshold decides nothing that is read
        asked.append(repr((question.thefts, question.trace, question.labels, question.stops)))
    if question.nodes:
        with recording.open("rb") as file:
            asked.append(hashlib.file_digest(file, "sha256").hexdigest())
    return sha256_of(json.dumps(asked).encode())


def asked_before(folder: Path, question: CaseFile) -> bool:
    """Whether the finished run in a folder was asked this very question, with these options; of a case on nodes never, as they answer
    anew."""
    if question.nodes or manifested(folder, "case", "sha256") != sha256_of(question.text.encode()):
        return False
    return bool(manifested(folder, "options") == json.loads(json.dumps(dict(question.options))))
