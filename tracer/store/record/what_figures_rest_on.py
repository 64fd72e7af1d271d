"""What a case rests on, in `case.db`: one note, of the trace that stands there.

It is no part of the results digest, being derived from what that is over; the manifest vouches for it as for every note of the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracer.model import Asset, Assumption, Bound, Customer, Memo, Place, Rests, Without
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
        Without(
            Assumption(line["kind"], line["without"], tuple(line["conversions"]), tuple(line["doubts"])),
            line["came"],
            _places(line["places"]),
            line["why"],
            line["no_bounds"],
            _places(line["parts"]),
        )
        for line in kept["assumptions"]
    )
    return Rests(
        _places(kept["places"]),
        lines,
        kept["no_bounds"],
        tuple(kept["left_out"]),
        _places(kept["parts"]),
        kept["answer"],
        tuple(Asset(**asset) for asset in kept["assets"]),
        tuple(kept["prices"]),
        kept["currency"],
    )


def rests_as_data(rests: Rests) -> dict[str, Any]:
    """The same as JSON values; amounts are decimal text."""
    return {
        "places": list(map(_place_as_data, rests.places)),
        "parts": list(map(_place_as_data, rests.parts)),
        "assumptions": [
            {
                "kind": line.assumption.kind,
                "without": line.assumption.what,
                "came": line.came,
                "why": line.why,
                "no_bounds": line.no_bounds,
                "places": list(map(_place_as_data, line.places)),
                "parts": list(map(_place_as_data, line.parts)),
                "conversions": list(line.assumption.conversions),
                "doubts": list(line.assumption.doubts),
            }
            for line in rests.lines
        ],
        "no_bounds": rests.no_bounds,
        "left_out": list(rests.left_out),
        "answer": rests.answer,
        "assets": [asset._asdict() for asset in rests.assets],
        "prices": list(rests.prices),
        "currency": rests.currency,
    }


def _place_as_data(place: Place) -> dict[str, Any]:
    customer = place.customer
    told: dict[str, Any] = {"name": place.name, "reason": place.reason}
    if customer:
        told["customer"] = {"address": customer.address, "memo": customer.memo and customer.memo.as_json()}
    if place.victim:
        told["victim"] = place.victim
    if place.asset:
        told["asset"] = place.asset
    told["amounts"] = {rule: str(amount) for rule, amount in place.amounts.items()}
    for ends, bound in (("", place.bound), ("_any_order", place.any_order)):
        told |= {f"least{ends}": bound and str(bound.least), f"most{ends}": bound and str(bound.most)}
    return told


def _places(kept: list[Mapping[str, Any]]) -> tuple[Place, ...]:
    return tuple(
        Place(
            place["name"],
            place["reason"],
            {rule: int(amount) for rule, amount in place["amounts"].items()},
            _bound(place, ""),
            _bound(place, "_any_order"),
            _customer(place.get("customer")),
            place.get("victim"),
            place.get("asset", 0),
        )
        for place in kept
    )


def _bound(place: Mapping[str, Any], ends: str) -> Bound | None:
    return None if place[f"least{ends}"] is None else Bound(int(place[f"least{ends}"]), int(place[f"most{ends}"]))


def _customer(kept: Mapping[str, Any] | None) -> Customer | None:
    if kept is None:
        return None
    memo = kept["memo"]
    return Customer(kept["address"], memo and Memo(memo["kind"], bytes.fromhex(memo["hex"])))
