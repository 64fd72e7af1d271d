"""A case file changed where a command must: its text stays as it is but for the one line, and is read again to see that it is so."""

from __future__ import annotations

import re

from tracer.casefile.schema import CaseFile
from tracer.errors import CaseError

_LABELS = re.compile(r"^[ \t]*\[[ \t]*labels[ \t]*\][^\n]*$", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_FILES = re.compile(r"^[ \t]*files[ \t]*=[ \t]*\[", re.MULTILINE)


def with_label_file(question: CaseFile, name: str) -> CaseFile:
    """The case with one label file more, named first. Raises CaseError where its text cannot be changed with certainty."""
    text, entry = question.text, f'"{name}"'
    if table := _LABELS.search(text):
        end = _TABLE.search(text, table.end() + 1)
        inside = slice(table.end(), end.start() if end else len(text))
        if files := _FILES.search(text, inside.start, inside.stop):
            comma = "" if text[files.end() :].lstrip().startswith("]") else ", "
            changed = f"{text[: files.end()]}{entry}{comma}{text[files.end() :]}"
        else:
            changed = f"{text[: table.end()]}\nfiles = [{entry}]{text[table.end() :]}"
    else:
        changed = f"{text.rstrip()}\n\n[labels]\nfiles = [{entry}]\n"
    labels = question.labels._replace(files=(name, *question.labels.files))
    try:
        case = CaseFile.parse(changed, question.path)
    except CaseError:
        case = question
    if case != question._replace(labels=labels, text=changed):
        raise CaseError(f'{question.path}: cannot be changed with certainty: write files = ["{name}"] under [labels] yourself')
    return case
