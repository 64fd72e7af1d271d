"""What a case rests on, in `case.db`: one note, of the trace that stands there.

It is no part of the results digest, being derived from what that is over; the manifest vouches for it as for every note of the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracer.model import Assumption, Bound, Place, Rests, Without
from tracer.store.record.database import RESTS, CaseDb


def save_rests(db: CaseDb, rests: Rests) -> None:
    """Replaces what is noted of it."""
    db.note(**{RESTS: json.dumps(rests_as_data(rests), separators=(",", ":"))})


def load_rests(db: CaseDb) -> Rests | None:
    """What the case rests on; None until `tracer rests` has been run on this trace."""
    noted = db.noted(RESTS)
    if noted is None:
        return None
    kept = json.loads(noted)
    lines = tuple(
        Without(Assumption(line["kind"], line["without"]), line["came"], _places(line["places"]), line["why"], line["no_bounds"])
        for line in kept["assumptions"]
    )
    return Rests(_places(kept["places"]), lines, kept["no_bounds"], tuple(kept["left_out"]))


def rests_as_data(rests: Rests) -> dict[str, Any]:
    """The same as JSON values; amounts are decimal text."""
    return {
        "places": list(map(_place_as_data, rests.places)),
        "assumptions": [
            {
                "kind": line.assumption.kind,
                "without": line.assumption.what,
                "came": line.came,
                "why": line.why,
                "no_bounds": line.no_bounds,
                "places": list(map(_place_as_data, line.places)),
            }
            for line in rests.lines
        ],
        "no_bounds": rests.no_bounds,
        "left_out": list(rests.left_out),
    }


def _place_as_data(place: Place) -> dict[str, Any]:
    least, most = (None, None) if place.bound is None else map(str, place.bound)
    amounts = {rule: str(amount) for rule, amount in place.amounts.items()}
    return {"name": place.name, "reason": place.reason, "amounts": amounts, "least": least, "most": most}


def _places(kept: list[Mapping[str, Any]]) -> tuple[Place, ...]:
    return tuple(
        Place(
            place["name"],
            place["reason"],
            {rule: int(amount) for rule, amount in place["amounts"].items()},
            None if place["least"] is None else Bound(int(place["least"]), int(place["most"])),
        )
        for place in kept
    )
