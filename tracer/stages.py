"""What the case file asks, put to each package in its own terms: labels, thefts, stops, the coverage statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from tracer.casefile import CaseFile, TheftQuery
from tracer.errors import AddressError, AuditError, LedgerError
from tracer.ingest import asset_of, checked_address
from tracer.labels import LabelBook, read_tagpack
from tracer.ledger import Audit, Ledger
from tracer.model import Label, Theft
from tracer.tracing import Stops, Trace, candidates, thefts_by_hash
from tracer.tracing.thefts import Window

LIMITS = (
    "It follows money, not people: no address here is anybody's until a source outside the chain says so.",
    "Which coin of a mixed balance left first is a legal convention. No rule is the law of this theft: the rules stand side by side.",
    "What a service did inside is not on the chain. The trail ends where the service received the money.",
    "A label is as good as its source, and may be younger than the transfers. An unlabelled service is followed like anybody else.",
    "Touched means that money could have come that way. It is a mark, never an amount, and never added to what was traced.",
)
"""What a result does not prove. Printed with every result."""


def unused_of(case: CaseFile) -> list[str]:
    """What the case file asks for that this version does not do yet."""
    asked = {
        "[labels] markers": case.labels.markers,
        "[thresholds]": case.thresholds,
        "[prices]": case.prices,
        "[[offchain]]": case.offchain,
        "[[claims]]": case.claims,
    }
    return [name for name, value in asked.items() if value]


def labels_of(case: CaseFile) -> list[Label]:
    """The labels of all TagPacks of the case, in the order the case file names them."""
    symbol = asset_of(case).symbol
    return [
        label for name in case.labels.files for label in read_tagpack(case.folder / name, symbol, lambda text: checked_address(case, text))
    ]


def book_of(case: CaseFile, labels: list[Label]) -> LabelBook:
    return LabelBook(labels, case.labels.min_confidence)


def stops_of(case: CaseFile, book: LabelBook) -> Stops:
    """The stops the case file declares: labelled services, dust, the last moment."""
    return Stops(
        services=book.services(case.stops.categories, case.trace.through),
        dust=case.stops.dust,
        until=_seconds(case.stops.until),
    )


def thefts_of(case: CaseFile, ledger: Ledger) -> list[Theft]:
    """The rows that the [[thefts]] of the case name, each once, in ledger order.

    Raises CaseError naming the line whose theft is not in the ledger, or whose address is mistyped.
    """
    found: dict[int, Theft] = {}
    for number, query in enumerate(case.thefts):
        try:
            named = _thefts(case, ledger, query)
        except (LedgerError, AddressError) as error:
            key = "transfer" if query.transfer else "wallet"
            raise case.fault(("thefts", number, key), str(error)) from error
        for theft in named:
            if theft.row in found:
                raise case.fault(("thefts", number), f"names {theft.tx_hash or theft.row_key} a second time: leave one out")
            found[theft.row] = theft
    if not found:
        raise case.fault((), 'the case names no theft: add a [[thefts]] table with transfer = "hash"')
    return [found[row] for row in sorted(found)]


def _thefts(case: CaseFile, ledger: Ledger, query: TheftQuery) -> list[Theft]:
    if query.transfer:
        return thefts_by_hash(ledger, query.transfer, query.label)
    window = Window(
        wallet=checked_address(case, query.wallet or ""),
        first=_seconds(query.from_),
        last=_seconds(query.until),
        to=[checked_address(case, each) for each in query.to],
        min_amount=query.min_amount,
        exclude=[each.replace("-", "") for each in query.exclude],
    )
    return candidates(ledger, window, query.label)


def require_sound(verdict: Audit, allow_gaps: bool) -> None:
    """Raises AuditError if the ledger does not add up and gaps were not allowed."""
    if verdict.adds_up or allow_gaps:
        return
    gap = verdict.gaps[0]
    more = f" (and {len(verdict.gaps) - 1} more: tracer audit lists them)" if len(verdict.gaps) > 1 else ""
    where = f"account {gap.address}" if gap.address else "the ledger as a whole"
    at = f" at row {gap.row}" if gap.row is not None else ""
    raise AuditError(
        f"the ledger does not add up: {where} is {gap.short_by} units short{at}; likely {gap.likely}{more}. "
        "Mend the source, or trace with --allow-gaps and have the gap in the report"
    )


def coverage_of(ledger: Ledger, verdict: Audit, trace: Trace) -> tuple[str, ...]:
    """The coverage statement: what was read, what was cut, and how much value the cut can hide."""
    format_ = ledger.asset.format
    said = [
        f"{verdict.full:,} accounts read in full, {verdict.boundary:,} at the boundary; {verdict.rows:,} rows.",
        f"{verdict.verified:,} of the {verdict.signed:,} rows that are transactions are verified by hash and signatures.",
        f"The ledger adds up: {verdict.served:,} balances stated by the source are reached to the unit."
        if verdict.adds_up
        else f"THE LEDGER DOES NOT ADD UP: {len(verdict.gaps):,} gaps were allowed, and every figure rests on them.",
    ]
    if ledger.tip is not None:
        provisional = sum(map(ledger.provisional, range(len(ledger))))
        said.append(
            f"Read up to block {ledger.tip:,}; {provisional:,} rows lay within 360 blocks of it and could still have been rewritten."
        )
    if ledger.order_basis == "time":
        said.append("The source states no block heights: rows are in the order of their times, then of the file.")
    if ledger.rejections:
        said.append(f"{len(ledger.rejections):,} records were not understood or not verified: tracer audit lists them.")
    inferred = sum(1 for account in ledger.accounts if account.opening_basis == "modelled")
    if inferred:
        said.append(f"{inferred:,} accounts open with the least that keeps them above zero, for want of a stated balance (modelled).")
    said.append(_stops_said(ledger, trace))
    said += [f"Not followed further ({reason}): {by_rule}." for reason, by_rule in _cut_off(ledger, trace)]
    short = max(sum(stolen.topped_up.values()) for stolen in trace.rules.values())
    if short:
        said.append(f"Accounts paid {format_(short)} {ledger.asset.symbol} more than they are known to have held; taken as clean.")
    said.append(f"{len(trace.touched):,} accounts were touched: money could have reached them.")
    return tuple(said)


def _cut_off(ledger: Ledger, trace: Trace) -> Iterator[tuple[str, str]]:
    """The value that stops for want of size or of reading: what the cut can hide."""
    for reason in ("dust", "not_fetched"):
        cut = {rule: sum(e.amounts[rule] for e in trace.endpoints if e.reason == reason) for rule in trace.rules}
        if any(cut.values()):
            yield reason, ", ".join(f"{rule} {ledger.asset.format(cut[rule])}" for rule in cut) + f" {ledger.asset.symbol}"


def _stops_said(ledger: Ledger, trace: Trace) -> str:
    services = sorted(set(trace.stops.services.values()))
    parts = [f"services ({', '.join(services)})" if services else "no service", "the robbed accounts"]
    if trace.stops.dust:
        parts.append(f"transfers below {ledger.asset.format(trace.stops.dust)} {ledger.asset.symbol}")
    if trace.stops.until is not None:
        parts.append(f"everything after {utc(trace.stops.until)}")
    return "The trail stops at: " + ", ".join(parts) + "."


def utc(time: int) -> str:
    """A moment for people and for CSV: 2018-01-26T00:04:56Z."""
    return datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", "Z")


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
