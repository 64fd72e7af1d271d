"""What a watch says: a payment on the chain, how it is known again, and the alert it becomes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from tracer.ledger.finality import confirmations_of
from tracer.model import Asset, Transfer
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import counted, utc

Kind = Literal["suspected_theft", "theft", "hop", "payment", "list"]
"""Of a drained wallet, accepted by nobody; accepted by the case; by a holder of stolen value; by an address watched without a case; no
payment, but the list of what can still be stopped."""

Status = Literal["unconfirmed", "dropped", "confirmed", "withdrawn", "changed"]
"""In no block yet; announced, and no longer to come; in a block; no longer in one, because the chain was rewritten; of the list, that a
line of it changed."""

MEMO = 200  # characters of a memo in an alert
GAPS = 3  # gaps that an alert names


class Sighting(NamedTuple):
    """A payment that somebody should hear of. `held`: the most stolen value its sender can have held, by rule, in smallest units.

    `list_full`: it is of a list of unconfirmed payments that the node cut, so that others may be missing.
    """

    key: str
    kind: Kind
    status: Status
    transfer: Transfer
    held: Mapping[str, int]
    list_full: bool = False

    @property
    def worth(self) -> int:
        """What of the amount can be of interest: no more than its sender can have held of stolen value."""
        return min(self.transfer.amount, max(self.held.values(), default=0)) if self.kind == "hop" else self.transfer.amount


class Alert(NamedTuple):
    """A sighting, once it is on disk. `id` says what happened and is the same whenever it is sent; `number` counts the alerts of a watch.

    Amounts are in smallest units, of which one is `unit`. `confirmations`: how deep its block lay, where the chain could still
    rewrite it. `gaps`: where the ledger it rests on does not add up. Of the list, `amount` and `held` are all that stands on it, and
    `lines` what was added, changed or withdrawn. `why`: what became of a payment that was announced and dropped.
    """

    id: str
    number: int
    kind: Kind
    status: Status
    text: str
    case: str
    chain: str
    asset: str
    unit: str
    node: str
    time: str | None
    height: int | None
    confirmations: str | None
    tx_hash: str | None
    sender: str | None
    recipient: str | None
    recipient_label: str | None
    amount: int
    memo: str | None
    held: dict[str, int]
    list_full: bool
    gaps: tuple[str, ...]
    lines: tuple[Mapping[str, Any], ...] = ()
    why: str = ""

    @property
    def key(self) -> str:
        """What the alert is about, whatever became of it."""
        return self.id.partition(".")[0]

    def as_json(self) -> dict[str, Any]:
        """Amounts as decimal strings."""
        held = {rule: str(amount) for rule, amount in self.held.items()}
        return {**self._asdict(), "amount": str(self.amount), "held": held}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Alert:
        """The alert that `as_json` wrote. Raises TypeError, ValueError, KeyError or AttributeError for anything else."""
        held = {rule: int(amount) for rule, amount in content["held"].items()}
        whole = {"amount": int(content["amount"]), "held": held, "gaps": tuple(content["gaps"]), "lines": tuple(content.get("lines", ()))}
        return cls(**{**content, **whole})


def keyed(case: str, transfers: Iterable[Transfer]) -> Iterator[tuple[str, Transfer]]:
    """Each transfer with what it is known by: case, transaction, both sides, kind, amount, and the how-manieth such row it is.

    No height is in it: a payment that a reorganisation puts into another block is the same. All rows of a sender must be given, or
    none: they are counted.
    """
    counts: Counter[tuple[object, ...]] = Counter()
    for t in transfers:
        what = (case, t.tx_hash or t.row_key, t.sender, t.recipient, t.kind, t.amount)
        counts[what] += 1
        yield hashlib.sha256(repr((*what, counts[what])).encode()).hexdigest()[:24], t


class AlertPlace(NamedTuple):
    """Where and when a watch stands when it finds something."""

    case: str
    asset: Asset
    node: str
    tip: int
    finality: int
    gaps: tuple[str, ...] = ()


def alert_of(sighting: Sighting, times: int, number: int, place: AlertPlace, recipient_label: str | None) -> Alert:
    """The alert that a sighting becomes; `times`: how often the same was said of it before."""
    t, asset = sighting.transfer, place.asset
    alert = Alert(
        id=_id(sighting.key, sighting.status, times),
        number=number,
        kind=sighting.kind,
        status=sighting.status,
        text="",
        case=place.case,
        chain=asset.chain,
        asset=asset.symbol,
        unit=asset.stated(1),
        node=place.node,
        time=utc(t.time),
        height=t.height,
        confirmations=_depth(t.height, place) if sighting.status == "confirmed" else None,
        tx_hash=t.tx_hash,
        sender=str(t.sender),
        recipient=t.recipient,
        recipient_label=recipient_label,
        amount=t.amount,
        memo=t.memo and (t.memo.text or t.memo.content.hex())[:MEMO],
        held=dict(sighting.held),
        list_full=sighting.list_full,
        gaps=place.gaps[:GAPS],
    )
    return alert._replace(text=_text(alert, place))


def _depth(height: int | None, place: AlertPlace) -> str | None:
    """How deep a block lies, where the chain can still rewrite it."""
    found = confirmations_of(height, place.tip, place.finality)
    return str(found) if found and found.blocks < found.final else None


def withdrawal_of(alert: Alert, times: int, number: int, place: AlertPlace) -> Alert:
    """The alert that takes another back: what it told of stands in no block any more."""
    return _followed(alert, "withdrawn", times, number, place)


def drop_of(alert: Alert, why: str, times: int, number: int, place: AlertPlace) -> Alert:
    """The alert that follows one of a payment that was announced and will not come."""
    return _followed(alert._replace(why=why), "dropped", times, number, place)


def _followed(alert: Alert, status: Status, times: int, number: int, place: AlertPlace) -> Alert:
    said = {"id": _id(alert.key, status, times), "number": number, "status": status, "node": place.node, "gaps": place.gaps[:GAPS]}
    followed = alert._replace(**said, confirmations=None, list_full=False)  # type: ignore[arg-type]
    return followed._replace(text=_text(followed, place))


def _id(key: str, status: Status, times: int) -> str:
    return f"{key}.{status}" + (f".{times + 1}" if times else "")


def _text(alert: Alert, place: AlertPlace) -> str:
    """The alert for people, in one line."""
    shown, status = place.asset.stated, alert.status.upper() + (f" ({alert.confirmations})" if alert.confirmations else "")
    head = f"SUSPECTED THEFT, {status}" if alert.kind == "suspected_theft" else status
    who = {
        "suspected_theft": f"{alert.sender}, which was drained, pays",
        "theft": f"the theft: {alert.sender} pays",
        "hop": f"{alert.sender}, holding up to {shown(max(alert.held.values(), default=0))} of stolen value, pays",
        "payment": f"{alert.sender} pays",
    }[alert.kind]
    to = alert.recipient_label or alert.recipient or "nobody"
    moment = alert.time or {"unconfirmed": "in no block yet", "dropped": "and in no block"}.get(alert.status, "at an unknown time")
    parts = [f"{head} {moment}: {who} {shown(alert.amount)} to {to}"]
    if alert.memo:
        parts.append(f'memo "{alert.memo}"')
    parts.append(f"transaction {alert.tx_hash}" if alert.tx_hash else f"block {alert.height}")
    if alert.status == "withdrawn":
        parts.append("the chain was rewritten, and no block holds it now")
    elif alert.status == "dropped":
        parts.append(f"it was announced, and is no longer to come: {alert.why}")
    elif alert.kind == "suspected_theft":
        parts.append("it counts as a theft only when the case file names it and the case is traced again")
    if alert.list_full:
        parts.append("list full: the node lists no more unconfirmed payments of this account, others may wait")
    return plain("; ".join([*parts, *gaps_said(place.gaps)]))


def gaps_said(gaps: Sequence[str]) -> list[str]:
    """What stands at the end of an alert whose trace rests on gaps."""
    return [f"the trace it rests on has {counted(len(gaps), 'gap')}: {gaps[0]}"] if gaps else []
