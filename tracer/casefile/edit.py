"""A case file changed where a command must: comments and order stay, and the text is read again to see that it says what it should."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from tracer.casefile.schema import CaseFile, TheftQuery
from tracer.errors import CaseError
from tracer.model import Rule

BOM = "\ufeff"
"""What Windows writes in front of a text, and TOML does not know."""


def with_label_file(question: CaseFile, name: str) -> CaseFile:
    """The case with one label file more, named first. Raises CaseError where its text cannot be changed with certainty."""
    labels = question.labels._replace(files=(name, *question.labels.files))
    return _with_list(question._replace(labels=labels), "labels", "files", name, 0)


def with_primary(question: CaseFile, rule: Rule, reason: str) -> CaseFile:
    """The case that declares a rule, with its reason. Raises CaseError where its text cannot be changed with certainty."""
    trace = question.trace._replace(primary=rule, reason=reason)
    return _with_values(question._replace(trace=trace), "trace", {"primary": rule, "reason": reason})


def with_through(question: CaseFile, service: str) -> CaseFile:
    """The case that goes on through a service. Raises CaseError where its text cannot be changed with certainty."""
    through = (*question.trace.through, service)
    return _with_list(question._replace(trace=question.trace._replace(through=through)), "trace", "through", service)


def with_read(question: CaseFile, address: str) -> CaseFile:
    """The case that reads one account more from its nodes. Raises CaseError where its text cannot be changed with certainty."""
    read = (*question.stops.read, address)
    return _with_list(question._replace(stops=question.stops._replace(read=read)), "stops", "read", address)


def with_stops(question: CaseFile, dust: int, until: datetime | None) -> CaseFile:
    """The case with another dust limit (smallest units) and another cut-off; None takes the cut-off away.

    Raises CaseError where its text cannot be changed with certainty.
    """
    values = {"dust": dust, "until": until}
    changed = {key: value for key, value in values.items() if value != getattr(question.stops, key)}
    return _with_values(question._replace(stops=question.stops._replace(dust=dust, until=until)), "stops", changed)


def with_theft(question: CaseFile, transfer: str, wallet: str, label: str) -> CaseFile:
    """The case with one theft more: what a transaction took from a wallet.

    Raises CaseError where its text cannot be changed with certainty.
    """
    said = {"transfer": transfer, "wallet": wallet, "label": label}

    def add(document: tomlkit.TOMLDocument) -> None:
        theft = tomlkit.table()
        for key, value in said.items():
            theft.append(key, value)
        thefts = document.setdefault("thefts", tomlkit.aot())
        if isinstance(thefts, AoT):
            theft.add(tomlkit.nl())
        thefts.append(theft if isinstance(thefts, AoT) else said)

    thefts = (*question.thefts, TheftQuery(transfer=transfer, wallet=wallet, label=label))
    return _edited(question._replace(thefts=thefts), add, "\n[[thefts]]\n" + "\n".join(_lines(said)))


def _with_values(wanted: CaseFile, table: str, values: Mapping[str, Any]) -> CaseFile:
    """The case with these keys in one of its tables; None takes a key away."""

    def put(document: tomlkit.TOMLDocument) -> None:
        _put(document, table, values)

    lines = [
        *_lines({key: value for key, value in values.items() if value is not None}),
        *(f"no {key}" for key in values if values[key] is None),
    ]
    return _edited(wanted, put, f"{' and '.join(lines)} under [{table}]")


def _with_list(wanted: CaseFile, table: str, key: str, entry: str, place: int | None = None) -> CaseFile:
    """The case with one entry more in a list: at its end, or in its first place."""

    def put(document: tomlkit.TOMLDocument) -> None:
        entries = document.get(table, {}).get(key)
        if entries:
            entries.insert(len(entries) if place is None else place, entry)
        else:
            _put(document, table, {key: [entry]})

    return _edited(wanted, put, f"{key} = [{json.dumps(entry, ensure_ascii=False)}] under [{table}]")


def _put(document: tomlkit.TOMLDocument, name: str, values: Mapping[str, Any]) -> None:
    """Keys of a table: in the place of what they were, else at its head, where no comment on the next table stands before them."""
    table = document.get(name)
    if table is None:
        document[name] = {key: value for key, value in values.items() if value is not None}
        return
    new = {key: value for key, value in values.items() if key not in table and value is not None}
    for key, value in values.items():
        if key in table and value is None:
            del table[key]
        elif key in table or not isinstance(table, Table):
            table[key] = value
    if new and isinstance(table, Table):
        headed = tomlkit.table()
        headed.trivia.comment, headed.trivia.comment_ws = table.trivia.comment, table.trivia.comment_ws
        for key, value in new.items():
            headed.append(key, value)
        for kept, item in table.value.body:
            headed.append(kept, item)
        document[name] = headed


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {tomlkit.item(value).as_string()}" for key, value in values.items()]


def _edited(wanted: CaseFile, change: Callable[[tomlkit.TOMLDocument], None], lines: str) -> CaseFile:
    """The case, as its changed text says it. Raises CaseError, with the `lines` to write, where the text would say anything else."""
    text = wanted.text.removeprefix(BOM)
    ends = "\r\n" if text.count("\r\n") == text.count("\n") > 0 else "\n"
    text = text.replace("\r\n", "\n") if ends == "\r\n" else text
    try:
        document = tomlkit.parse(text if text.endswith("\n") else f"{text}\n")
        change(document)
        changed = BOM * wanted.text.startswith(BOM) + tomlkit.dumps(document).rstrip("\n").replace("\n", ends) + ends
        edited = wanted._replace(text=changed)
        if CaseFile.parse(changed, wanted.path) == edited:
            return edited
    except (CaseError, TOMLKitError, ValueError, TypeError, AttributeError, KeyError):
        pass
    raise CaseError(f"{wanted.path}: cannot be changed with certainty: write {lines} yourself")
