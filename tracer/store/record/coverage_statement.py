"""What a run said of its case in words, kept in `case.db`, so that it can be said again without reading the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from tracer.model import Unlabelled
from tracer.store.record.database import CaseDb
from tracer.store.record.model_as_columns import json_of
from tracer.version import __version__

STATED = "stated"


class CoverageStatement(NamedTuple):
    """The sentences of the coverage statement, and the accounts with the ways of a service that nobody has labelled."""

    coverage: tuple[str, ...]
    unlabelled: tuple[Unlabelled, ...]


def save_stated(db: CaseDb, coverage: Sequence[str], unlabelled: Sequence[Unlabelled]) -> None:
    """Keeps what is said of the case, with the version that says it."""
    kept = {"tracer": __version__, "coverage": list(coverage), "unlabelled": [_kept(each) for each in unlabelled]}
    db.note(**{STATED: json_of(kept)})


def load_stated(db: CaseDb) -> CoverageStatement | None:
    """What was said of the case; None where nothing was kept, or another version said it in its own words."""
    kept = json.loads(db.noted(STATED) or "null")
    if kept is None or kept["tracer"] != __version__:
        return None
    return CoverageStatement(tuple(kept["coverage"]), tuple(map(_read, kept["unlabelled"])))


def _kept(account: Unlabelled) -> dict[str, object]:
    amounts = {name: {rule: str(amount) for rule, amount in getattr(account, name).items()} for name in ("arrived", "ended")}
    return {**account._asdict(), **amounts}


def _read(kept: dict[str, object]) -> Unlabelled:
    amounts = {name: {rule: int(amount) for rule, amount in dict(kept[name]).items()} for name in ("arrived", "ended")}  # type: ignore[call-overload]
    return Unlabelled(**{**kept, **amounts, "signs": tuple(kept["signs"])})  # type: ignore[arg-type]
