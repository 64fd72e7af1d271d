"""What a person can do to a case on its page: each act changes the case file, or the labels beside it; the trace follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.casefile.edit import with_label_file, with_read, with_stops, with_theft, with_through
from tracer.casefile.whole_and_exact_files import put_whole, read_exact
from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act, append
from tracer.errors import InputError
from tracer.ingest.chain_and_asset_of_case import checked_address, hash_form
from tracer.ingest.table.cells import amount_of
from tracer.labels.page_labels import FILE, made_label, with_tag
from tracer.pipeline.declare import declare
from tracer.pipeline.suspected_thefts import suspected_of
from tracer.plan.labels import labels_of, wanted_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of
from tracer.wording import utc

LONGEST = 1000  # characters of a field
Fields = Mapping[str, str]


class Edit(NamedTuple):
    """A case file as an act leaves it, and the text of the labels file where it grows. `said`: what was done, in a sentence."""

    question: CaseFile
    said: str
    labels: str | None = None


class CaseAct(NamedTuple):
    """A kind of act: the fields it takes, and what it makes of a case file; None for declaring the rule, which changes the folder too.

    `may`: fields that may be left empty.
    """

    fields: tuple[str, ...]
    edit: Callable[[CaseFolder, CaseFile, Fields, str | None], Edit] | None
    may: tuple[str, ...] = ()


def done(case: CaseFolder, name: str, fields: Mapping[str, object], by: str | None) -> str:
    """Does an act to a traced case, and gives what was done in a sentence. It stands in the files and in the audit log by then.

    Raises InputError for an act that there is not, or fields that it cannot be done with; CaseError where the case file cannot be
    changed with certainty. Nothing is changed then.
    """
    asked, change = _checked(name, fields), CASE_ACTS[name].edit
    if change is None:
        declare(case, asked["rule"], asked["reason"], by)
        return f"Rule {asked['rule']} is declared."
    question = case_file_of(case)
    edit = change(case, question, asked, by)
    if edit.labels is not None:
        path = _labels_file(question)
        path.parent.mkdir(exist_ok=True)
        put_whole(path, edit.labels)
    if edit.question.text != question.text:
        put_whole(question.path, edit.question.text)
    append(case.folder, act(f"view {name}", by, said=edit.said, fields=asked))
    return edit.said


def case_file_of(case: CaseFolder) -> CaseFile:
    """The case file of a folder as it stands now, where an act may change it. Raises InputError, CaseError."""
    path = case.question.path
    if path.is_symlink():
        raise InputError(f"{path}: is a link, and is not changed from the page: name the file itself when you trace it")
    if not path.exists():
        raise InputError(f"{path}: is not there, so nothing can be changed: copy {case.folder / 'case.toml'} to it")
    question = CaseFile.load(path)
    if question.name != case.question.name:
        raise InputError(f"{path}: is the case {question.name!r}, and {case.folder} holds {case.question.name!r}")
    return question


def _checked(name: str, fields: Mapping[str, object]) -> dict[str, str]:
    """The fields of an act. Raises InputError for an act that there is not, and for a field that is missing, strange, or too long."""
    kind = CASE_ACTS.get(name)
    if kind is None:
        raise InputError(f"there is no act {name[:40]!r}: there are {', '.join(CASE_ACTS)}")
    if strange := next((key for key in fields if key not in kind.fields), None):
        raise InputError(f"{name} has no field {strange[:40]!r}: it has {', '.join(kind.fields)}")
    found = {}
    for key in kind.fields:
        value = fields.get(key, "")
        if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
            raise InputError(f"{key} is no text of at most {LONGEST:,} characters")
        if not value.strip() and key not in kind.may:
            raise InputError(f"{key} is empty: {name} needs it")
        found[key] = value.strip()
    return found


def _labels_file(question: CaseFile) -> Path:
    path = question.file(FILE, ("labels", "files"))
    if link := next((each for each in (path, path.parent) if each.is_symlink()), None):
        raise InputError(f"{link}: is a link, and no label is written there: move it away")
    return path


def _read(case: CaseFolder, question: CaseFile, asked: Fields, _: str | None) -> Edit:
    address = _known(case, question, asked["address"])
    if not case.question.nodes:
        raise InputError("the case reads no node, so no account can be read: trace it with --node, or name a node under [[sources]]")
    if case.ledger.accounts[case.ledger.index[address]].coverage == "full":
        raise InputError(f"{address} is read already, with its whole history")
    return Edit(with_read(question, address), f"{address} is to be read from the nodes, whatever value lies there.")


def _through(case: CaseFolder, question: CaseFile, asked: Fields, _: str | None) -> Edit:
    changed = with_through(question, asked["service"])
    stops_of(changed, labels_of(changed))
    return Edit(changed, f"The trail goes on through {asked['service']}.")


def _label(case: CaseFolder, question: CaseFile, asked: Fields, by: str | None) -> Edit:
    wanted, path = wanted_of(question), _labels_file(question)
    address = _known(case, question, asked["address"])
    label = made_label(address, asked["name"], asked["category"] or None, asked["source"], by, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    text = with_tag(read_exact(path) if path.exists() else "", label, wanted)
    changed = question if FILE in question.labels.files else with_label_file(question, FILE)
    stops = " The trail stops there." if label.category in question.stops.categories else ""
    return Edit(changed, f"{address} is {label.label}, says {label.source}.{stops}", text)


def _service(case: CaseFolder, question: CaseFile, asked: Fields, by: str | None) -> Edit:
    if asked["category"] not in question.stops.categories:
        stopping = ", ".join(question.stops.categories)
        raise InputError(f"no trail stops at the category {asked['category']!r}: the case file names {stopping or 'none'} under [stops]")
    return _label(case, question, asked, by)


def _theft(case: CaseFolder, question: CaseFile, asked: Fields, _: str | None) -> Edit:
    wallet, form = _known(case, question, asked["wallet"]), hash_form(question)
    meant = [
        each for each in suspected_of(case) if each.sender == wallet and each.tx_hash and form(each.tx_hash) == form(asked["transfer"])
    ]
    if not meant:
        raise InputError(f"transaction {asked['transfer']} is no payment of the drained wallet {wallet} that is still to be accepted")
    changed = with_theft(question, str(meant[0].tx_hash), wallet, asked["label"] or "theft")
    thefts_of(changed.with_options(case.question.options), case.ledger)
    taken = case.asset.stated(sum(each.amount for each in meant))
    return Edit(changed, f"The payment of {taken} by {wallet} at {utc(meant[0].time) or 'a time not stated'} is accepted as a theft.")


def _stops(case: CaseFolder, question: CaseFile, asked: Fields, _: str | None) -> Edit:
    try:
        dust = amount_of(asked["dust"] or "0", case.asset, "coin")
    except ValueError as error:
        raise InputError(f"dust {asked['dust']}: {error}; it is in whole {case.asset.symbol}, such as 1.5") from error
    until = _moment(asked["until"])
    if (dust, until) == (question.stops.dust, question.stops.until):
        raise InputError("the case file says so already: there is nothing to change")
    changed = with_stops(question, dust, until)
    thefts_of(changed.with_options(case.question.options), case.ledger)
    return Edit(
        changed, f"Transfers below {case.asset.stated(dust)} are not followed, nor what comes after {asked['until'] or 'any moment'}."
    )


def _moment(text: str) -> datetime | None:
    """A moment in UTC as somebody types it: 2018-03-23, or with 12:30, or 12:30:15 behind it. Raises InputError."""
    if not text:
        return None
    bare = text.rstrip("Z").replace(" ", "T")
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?", bare, re.ASCII):
            raise ValueError
        return datetime.fromisoformat(bare).replace(tzinfo=UTC)
    except ValueError:
        raise InputError(f"cut-off {text!r} is no time: write 2018-03-23 12:30 (UTC), or nothing") from None


def _known(case: CaseFolder, question: CaseFile, text: str) -> str:
    """An address of the case. Raises InputError for another one, AddressError for none."""
    address = checked_address(question, text)
    if address not in case.ledger.index:
        raise InputError(f"{address} is no address of this case")
    return address


CASE_ACTS: dict[str, CaseAct] = {
    "read": CaseAct(("address",), _read),
    "through": CaseAct(("service",), _through),
    "service": CaseAct(("address", "name", "category", "source"), _service),
    "label": CaseAct(("address", "name", "category", "source"), _label, may=("category",)),
    "theft": CaseAct(("transfer", "wallet", "label"), _theft, may=("label",)),
    "stops": CaseAct(("dust", "until"), _stops, may=("dust", "until")),
    "declare": CaseAct(("rule", "reason"), None),
}
"""Every act by name."""
