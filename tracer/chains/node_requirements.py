"""What a trace needs of a node, and the remedy where a node cannot do it: as data, a list a chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from string import Formatter
from typing import Any, NamedTuple


class Probe(NamedTuple):
    """A question that shows whether a node can do something. `path` and `body` may name a {wallet} or a {hash} of the case.

    `holds`: whether its answer (JSON) is what is needed.
    """

    method: str
    path: str
    body: str | None = None
    holds: Callable[[Any], bool] = lambda _: True


class Ability(NamedTuple):
    """What a trace needs of a node; one of the `probes` is enough. `remedy`: what to do where the node cannot."""

    what: str
    probes: tuple[Probe, ...]
    remedy: str


class Found(NamedTuple):
    """Whether a node can do what is needed."""

    node: str
    what: str
    can: bool
    remedy: str


Put = Callable[[str, str, str, str | None], tuple[int, str]]
"""Puts a question (node, method, path, body) and gives status and text; status 0 where no answer came."""


def found_out(nodes: Iterable[str], abilities: Iterable[Ability], named: Mapping[str, str], put: Put) -> Iterator[Found]:
    """What each node can do, as it is asked; of one that does not answer the first question no more is asked.

    An ability whose probes name what the case does not (`named`) is left out.
    """
    needed = [ability for ability in abilities if all(_names(probe) <= named.keys() for probe in ability.probes)]
    for node in nodes:
        for number, ability in enumerate(needed):
            can = any(_answers(node, probe, named, put) for probe in ability.probes)
            yield Found(node, ability.what, can, ability.remedy)
            if not can and number == 0:
                break


def _names(probe: Probe) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(probe.path) if name}


def _answers(node: str, probe: Probe, named: Mapping[str, str], put: Put) -> bool:
    status, text = put(node, probe.method, probe.path.format(**named), probe.body)
    try:
        return status == 200 and bool(probe.holds(json.loads(text)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
