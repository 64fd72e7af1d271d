"""A case file changed where a command must: only the lines it is about, and the text is read again to see that it is so."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tracer.casefile.schema import CaseFile
from tracer.errors import CaseError
from tracer.model import Rule

_LABELS = re.compile(r"^[ \t]*\[[ \t]*labels[ \t]*\][^\n]*$", re.MULTILINE)
_TRACE = re.compile(r"^[ \t]*\[[ \t]*trace[ \t]*\][^\n]*$", re.MULTILINE)
_STRING = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
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
    return _certain(question._replace(labels=labels, text=changed), f'files = ["{name}"] under [labels]')


def with_primary(question: CaseFile, rule: Rule, reason: str) -> CaseFile:
    """The case that declares a rule, with its reason. Raises CaseError where its text cannot be changed with certainty."""
    values = {"primary": json.dumps(rule), "reason": json.dumps(reason, ensure_ascii=False)}
    changed = _with_values(question.text, values)
    trace = question.trace._replace(primary=rule, reason=reason)
    lines = " and ".join(f"{key} = {value}" for key, value in values.items())
    return _certain(question._replace(trace=trace, text=changed), f"{lines} under [trace]")


def _with_values(text: str, values: Mapping[str, str]) -> str:
    """The text with these keys under [trace]: in the place of what they were, else at the head of the table, else in a table of its own."""
    table = _TRACE.search(text)
    if table is None:
        return f"{text.rstrip()}\n\n[trace]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
    after = _TABLE.search(text, table.end() + 1)
    end = after.start() if after else len(text)
    inside, new = text[table.end() : end], ""
    for key, value in values.items():
        if was := re.search(rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*({_STRING})", inside):
            inside = f"{inside[: was.start(1)]}{value}{inside[was.end(1) :]}"
        else:
            new += f"\n{key} = {value}"
    return f"{text[: table.end()]}{new}{inside}{text[end:]}"


def _certain(wanted: CaseFile, lines: str) -> CaseFile:
    """The case, as its changed text says it. Raises CaseError, with the lines to write, where the text says anything else."""
    try:
        if CaseFile.parse(wanted.text, wanted.path) == wanted:
            return wanted
    except CaseError:
        pass
    raise CaseError(f"{wanted.path}: cannot be changed with certainty: write {lines} yourself")
