"""GraphSense TagPacks, read strictly: YAML with inherited header fields, every error with its line.

Format: graphsense-lib `tagpack_schema.yaml` (2.x). A tag's currency must be the asset of the case; its network is
kept but not matched. Aliases and doubled keys, which YAML allows, are refused: an alias can make a small file huge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from tracer.errors import AddressError, InputError
from tracer.model import Label

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
REQUIRED = ("label", "source", "currency")
LINE = "__line__"


def read_tagpack(path: Path, currency: str, address: Callable[[str], str]) -> list[Label]:
    """The labels of a TagPack, in file order. `address` brings an address into its one form or raises AddressError.

    Tags of a transaction (`tx_hash`) are left out: a label is of an address. A tag without confidence has the lowest
    one, "unknown". Raises InputError naming file, line, value and the mend.
    """
    pack = _load(path)
    title = str(pack.get("title", path.name))
    inherited = {key: value for key, value in pack.items() if key in TAG}
    labels, seen = [], set()
    for tag in _tags(path, pack):
        merged = {**inherited, **tag}
        label = _label(path, merged, title, currency, address)
        if label is None:
            continue
        identity = (label.address, merged.get("network"), label.label, label.source)
        if identity in seen:
            raise _fault(path, tag, f"tags {label.address} a second time with the same label and source: leave one out")
        seen.add(identity)
        labels.append(label)
    return labels


def _load(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader, made stricter
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        raise InputError(f"{path}:{mark.line + 1 if mark else 1}: {' '.join(said.split())[:200]}: mend the YAML") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}:1: no TagPack: it must begin with title, creator and tags")
    if unknown := content.keys() - HEADER - TAG - {LINE}:
        raise InputError(f"{path}:1: unknown key {sorted(map(str, unknown))[0]!r} in the header of the TagPack: remove it")
    if missing := {"title", "creator", "tags"} - content.keys():
        raise InputError(f"{path}:1: the TagPack lacks {sorted(missing)[0]}")
    return content


def _tags(path: Path, pack: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if not isinstance(pack["tags"], list):
        raise _fault(path, pack, "tags is no list: begin each tag with a dash")
    for tag in pack["tags"]:
        if not isinstance(tag, dict):
            raise _fault(path, pack, f"tag {str(tag)[:40]!r} is no mapping: write address, label, source")
        if unknown := tag.keys() - TAG - {LINE}:
            raise _fault(path, tag, f"unknown key {sorted(map(str, unknown))[0]!r} in a tag: remove it")
        yield tag


def _label(path: Path, tag: Mapping[str, Any], title: str, currency: str, address: Callable[[str], str]) -> Label | None:
    missing = [key for key in REQUIRED if not tag.get(key)]
    if missing:
        raise _fault(path, tag, f"a tag lacks {', '.join(missing)}: write it there or in the header")
    for key in ("address", "label", "category", "actor", "source", "currency", "confidence"):
        if key in tag and not (isinstance(tag[key], str) and _is_text(tag[key])):
            raise _fault(path, tag, f"{key} {str(tag[key])[:40]!r} is no text: put it in quotes")
    if ("address" in tag) == ("tx_hash" in tag):
        raise _fault(path, tag, "a tag has either an address or a tx_hash")
    if str(tag["currency"]).lower() != currency.lower():
        raise _fault(path, tag, f"currency {tag['currency']!r} is not {currency!r}, the asset of this case: leave the pack out")
    if "tx_hash" in tag:
        return None
    confidence = str(tag.get("confidence", "unknown"))
    if confidence not in CONFIDENCE:
        raise _fault(path, tag, f"confidence {confidence!r} is none of {', '.join(CONFIDENCE)}")
    try:
        named = address(str(tag["address"]))
    except AddressError as error:
        raise _fault(path, tag, str(error)) from error
    concepts = tag.get("concepts") or []
    if not isinstance(concepts, list):
        raise _fault(path, tag, "concepts is no list: write [exchange]")
    lastmod = tag.get("lastmod")
    return Label(
        address=named,
        label=str(tag["label"]),
        category=str(tag["category"]) if tag.get("category") else None,
        concepts=tuple(map(str, concepts)),
        source=str(tag["source"]),
        confidence=confidence,
        level=CONFIDENCE[confidence],
        lastmod=lastmod.isoformat() if isinstance(lastmod, (date, datetime)) else lastmod and str(lastmod),
        actor=str(tag["actor"]) if tag.get("actor") else None,
        pack=title,
    )


def _is_text(text: str) -> bool:
    """Whether it can be written: YAML can spell half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fault(path: Path, mapping: Mapping[str, Any], why: str) -> InputError:
    return InputError(f"{path}:{mapping.get(LINE, 1)}: {why}")


class _Loader(yaml.SafeLoader):
    """Safe YAML whose mappings know their line, without aliases and doubled keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(problem="an alias (*name) is not allowed", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {str(key.value)[:40]!r} stands twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
        mapping = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping
