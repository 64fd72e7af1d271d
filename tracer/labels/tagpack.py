"""GraphSense TagPacks, in and out: YAML with inherited header fields, checked against `tagpack.schema.json`, every error with its line.

Format: graphsense-lib (https://github.com/graphsense/graphsense-lib), TagPack schema and vocabularies; the schema file restates
its facts. A tag is taken when its network, or the network of its currency, is the case's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.did_you_mean import nearest
from tracer.errors import AddressError, InputError
from tracer.labels.network_filter import TRANSACTIONS, TakenLabels, Wanted, elsewhere, once_each
from tracer.model import Label

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

    from tracer.labels.strict_yaml import Lined

CONFIDENCE = {
    "override": 100, "ownership": 100, "ledger_immanent": 100, "manual_transaction": 90, "service_api": 70,
    "forensic_investigation": 70, "authority_data": 60, "trusted_provider": 50, "service_data": 50, "forensic": 50,
    "untrusted_transaction": 40, "web_crawl": 20, "heuristic": 10, "unknown": 5,
}  # fmt: skip
"""Levels of the TagPack confidence vocabulary, 0 to 100 (graphsense-lib `confidence.csv`)."""

HEADER = {"title", "creator", "tags", "description", "owner", "is_public"}
TAG = {
    "address", "tx_hash", "label", "source", "currency", "network", "confidence", "context", "is_cluster_definer",
    "lastmod", "category", "abuse", "concepts", "actor", "tag_type",
}  # fmt: skip
FEW = 14  # words of a vocabulary in an error
SHOWN = 40  # characters of a value in an error


def read_tagpack(path: Path, wanted: Wanted) -> TakenLabels:
    """The labels of a TagPack that are of the case, in file order, and how many tags were left out and why.

    Tags of a transaction (`tx_hash`) are left out: a label is of an address. A tag without confidence has the lowest
    one, "unknown". Raises InputError naming file, line, value and the mend.
    """
    from tracer.labels.strict_yaml import Lined, load

    pack = load(path)
    if not isinstance(pack, Lined):
        raise InputError(f"{path}:1: no TagPack: it must begin with title, creator and tags")
    _check(path, "header", pack)
    inherited = {key: value for key, value in pack.items() if key not in HEADER}
    labels: list[Label] = []
    left_out: Counter[str] = Counter()
    sound: set[Any] = set()
    for tag in pack["tags"]:
        if not isinstance(tag, Lined):
            raise _fault(path, pack, "tags", f"tag {_shown(tag)} is no mapping: write address, label, source")
        merged = {**inherited, **tag}
        _check_tag(path, tag, merged, sound)
        network, currency = merged.get("network"), merged["currency"]
        try:
            taken = wanted.takes(network, currency)
        except ValueError as error:
            raise _fault(path, tag, "network" if network else "currency", f"the tag {error}") from error
        if not taken:
            left_out[elsewhere(network, currency)] += 1
        elif "tx_hash" in merged:
            left_out[TRANSACTIONS] += 1
        else:
            labels.append(_label(path, tag, merged, pack["title"], wanted.address))
    return TakenLabels(once_each(labels, left_out), left_out)


def written(labels: Iterable[Label], currency: str, title: str, creator: str) -> str:
    """A TagPack of the labels: read back it gives the same labels, but for the name of their pack, each identity once.

    All text is quoted where it must be and in ASCII, so that nothing in it can act on a terminal.
    """
    import yaml

    labels = list(labels)
    by_identity = {(label.address, label.network, label.label, label.source): label for label in reversed(labels)}
    packs = sorted({label.pack for label in labels} - {title})
    header = {"title": title, "creator": creator, **({"description": f"from {'; '.join(packs)}"} if packs else {}), "currency": currency}
    tags = [_tag(label) for label in reversed(by_identity.values())]
    return yaml.safe_dump({**header, "tags": tags}, sort_keys=False, allow_unicode=False, width=120)


def categories() -> list[str]:
    """The words that a TagPack has for what an address is."""
    return list(_schema()["concept"]["enum"])


def _tag(label: Label) -> dict[str, Any]:
    """The fields of a tag that say something. Categories that TagPacks have no word for, as lists have, stand in the context."""
    own = [word for word in (label.category, *label.concepts) if word and word not in _schema()["concept"]["enum"]]
    if own:
        label = label._replace(
            category=None if label.category in own else label.category,
            concepts=tuple(word for word in label.concepts if word not in own),
            context=json.dumps({"categories": own, **({"context": label.context} if label.context else {})}),
        )
    kept = ("address", "label", "source", "network", "confidence", "lastmod", "category", "abuse", "actor", "tag_type", "context")
    stated = {name: getattr(label, name) for name in kept}
    return {name: value for name, value in {**stated, "concepts": list(label.concepts)}.items() if value}


def _label(path: Path, tag: Lined, merged: Mapping[str, Any], title: str, address: Callable[[str], str]) -> Label:
    try:
        named = address(str(merged["address"]))
    except AddressError as error:
        raise _fault(path, tag, "address", str(error)) from error
    confidence = merged.get("confidence", "unknown")
    return Label(
        address=named,
        label=merged["label"],
        category=merged.get("category"),
        concepts=tuple(merged.get("concepts", ())),
        source=merged["source"],
        confidence=confidence,
        level=CONFIDENCE[confidence],
        lastmod=merged.get("lastmod"),
        actor=merged.get("actor"),
        pack=title,
        context=merged.get("context"),
        abuse=merged.get("abuse"),
        tag_type=merged.get("tag_type"),
        network=merged.get("network"),
    )


@cache
def _validator(part: str) -> Draft202012Validator:
    """What checks a part of the schema: the header, a tag as it stands, a tag with what it inherits."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator({"$defs": _schema(), "$ref": f"#/$defs/{part}"})


@cache
def _schema() -> dict[str, Any]:
    """The parts of the schema, by name."""
    parts: dict[str, Any] = json.loads((files("tracer.labels") / "tagpack.schema.json").read_text(encoding="utf-8"))["$defs"]
    return parts


@cache
def _lengths() -> Mapping[str, tuple[int, int]]:
    """The least and most characters of the fields that are any text."""
    fields = _schema()["fields"]["properties"]
    return {name: (of["minLength"], of["maxLength"]) for name, of in fields.items() if of.keys() == {"type", "minLength", "maxLength"}}


def _check_tag(path: Path, tag: Lined, merged: Mapping[str, Any], sound: set[Any]) -> None:
    """Raises InputError for the first thing in a tag that the schema does not allow.

    The schema is asked once for each value of a vocabulary, not for each tag (measured: of 50,000 tags a tenth of the time).
    """
    if not _is_sound(tag, sound):
        _check(path, "stated", tag)
        sound.update(_vocabulary(tag))
    if not (merged.keys() >= set(_schema()["tag"]["required"]) and ("address" in merged) != ("tx_hash" in merged)):
        _check(path, "tag", tag, merged)


def _is_sound(tag: Lined, sound: set[Any]) -> bool:
    """Whether every field is text of a length that is allowed, or has a value that the schema took before."""
    lengths = _lengths()
    for key, value in tag.items():
        if key in lengths:
            if type(value) is not str or not lengths[key][0] <= len(value) <= lengths[key][1]:
                return False
        elif (key, type(value), str(value)) not in sound:
            return False
    return True


def _vocabulary(tag: Lined) -> Iterator[tuple[Any, type, str]]:
    return ((key, type(value), str(value)) for key, value in tag.items() if key not in _lengths())


def _check(path: Path, part: str, mapping: Lined, merged: Mapping[str, Any] | None = None) -> None:
    """Raises InputError for the first thing in a mapping (or in what it becomes, `merged`) that the schema does not allow."""
    for error in _validator(part).iter_errors(merged or mapping):
        key = str(error.absolute_path[0]) if error.absolute_path else ""
        if error.validator == "unevaluatedProperties":
            key = min(map(str, error.instance.keys() - (TAG | HEADER if part == "header" else TAG)))
        place = "the TagPack" if part == "header" else "a tag"
        raise _fault(path, mapping, key, _said(error, key, place))


def _said(error: ValidationError, key: str, place: str) -> str:
    """What is wrong and how to mend it. The library's own sentences repeat the whole value, which may be a megabyte."""
    value: Any = error.instance
    allowed: Any = error.validator_value
    match error.validator:
        case "required":
            missing = [name for name in allowed if name not in value]
            return f"{place} lacks {', '.join(missing)}" + (": write it there or in the header" if place == "a tag" else "")
        case "unevaluatedProperties":
            return f"unknown key {_shown(key)} in {'the header of ' * (place != 'a tag')}{place}: remove it"
        case "oneOf":
            return "a tag has either an address or a tx_hash"
        case "enum":
            near = nearest(str(value), allowed)
            some = ", ".join(allowed[:FEW]) + ", ..." * (len(allowed) > FEW)
            return f"{key} {_shown(value)} is none of " + (f"the vocabulary: did you mean {near}?" if near else some)
        case "minLength":
            return f"{key} is empty: write it, or leave it out"
        case "maxLength":
            return f"{key} has {len(value):,} characters, and at most {allowed:,} are taken: shorten it"
        case "pattern":
            return f"{key} {_shown(value)} is no day: write 2018-01-26"
        case _:
            mend = {"string": "text: put it in quotes", "array": "list: write [exchange]", "boolean": "truth value: write true or false"}
            return f"{key} {_shown(value)} is no {mend.get(allowed, allowed)}"


def _shown(value: object) -> str:
    return repr(str(value)[:SHOWN])


def _fault(path: Path, mapping: Lined, key: str, why: str) -> InputError:
    return InputError(f"{path}:{mapping.line_of(key)}: {why}")
