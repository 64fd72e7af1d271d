"""What other distributions bring, by entry points: chains, and dialects of tables. Never in the place of one of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tracer.errors import InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


class Provider(NamedTuple):
    """The distribution that brought what is no part of tracer."""

    distribution: str
    version: str


def brought(group: str, name: str, kind: type[T]) -> T | None:
    """What an installed distribution brings under a name of an entry-point group; None where nobody does.

    Raises InputError where several do, where it cannot be imported, or where it is no `kind`.
    """
    point = _entry_point(group, name)
    if point is None:
        return None
    what = f"{kind.__name__.lower()} {name!r}"
    try:
        loaded = point.load()
    except Exception as error:
        raise InputError(f"{what}: {point.value} cannot be imported ({type(error).__name__}: {error})") from error
    if not isinstance(loaded, kind):
        raise InputError(f"{what}: {point.value} is a {type(loaded).__name__} and no {kind.__module__}.{kind.__name__}")
    return loaded


def provider_of(group: str, name: str) -> Provider | None:
    """Which distribution brings it; None where nobody does."""
    point = _entry_point(group, name)
    return None if point is None or point.dist is None else Provider(point.dist.name, point.dist.version)


def _entry_point(group: str, name: str) -> EntryPoint | None:
    from importlib.metadata import entry_points

    points = list(entry_points(group=group, name=name))
    if len(points) > 1:
        several = ", ".join(sorted(str(point.dist and point.dist.name) for point in points))
        raise InputError(f"{group.rpartition('.')[2][:-1]} {name!r} is brought by several distributions ({several}): uninstall all but one")
    return points[0] if points else None
