"""Which deposits a freeze list asks for, and what it says of each beside its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from tracer.casefile import CaseFile
from tracer.flow.freeze_facts_of_deposit import Freezable
from tracer.labels import LabelBook
from tracer.labels.bridge_requests import bridge_request
from tracer.ledger import Ledger
from tracer.model import Transfer
from tracer.plan.deposit_addresses_for_freeze_lists import DepositAddress, deposit_addresses
from tracer.plan.freeze_and_stoppable_line_ids import line_id
from tracer.tracing import Trace


def reaching_rules(question: CaseFile, trace: Trace) -> list[str]:
    """The rules by which a deposit is on a list: the declared one; where none is declared, all."""
    primary = question.trace.primary
    return [primary] if primary else list(trace.rules)


def freezable_deposits(question: CaseFile, ledger: Ledger, trace: Trace) -> dict[str, list[Transfer]]:
    """By service, by name: the deposits at which the trail stops there, in ledger order; a service without one has an empty list."""
    rules = [trace.rules[rule].by_row for rule in reaching_rules(question, trace)]
    names = {endpoint.service for endpoint in trace.endpoints if endpoint.service is not None}
    found: dict[str, list[Transfer]] = {name: [] for name in sorted(names)}
    for row, reason in sorted(trace.cuts.items()):
        if reason == "service" and any(carried.get(row, 0) for carried in rules):
            deposit = ledger.transfer(row)
            found[trace.stops.services[str(deposit.recipient)]].append(deposit)
    return found


def of_blocks(deposits: Sequence[Transfer]) -> tuple[Transfer, ...]:
    """Those that a block vouches for: what is only reported or modelled freezes nobody's account."""
    return tuple(deposit for deposit in deposits if deposit.basis == "chain")


def known_by(deposits: Sequence[Transfer]) -> list[tuple[object, ...]]:
    """What each is known by: its transaction, where it went and how much it is; no height, which a reorganisation changes."""
    counts: Counter[tuple[object, ...]] = Counter()
    found: list[tuple[object, ...]] = []
    for t in deposits:
        about = (t.tx_hash or t.row_key, t.recipient, t.amount)
        counts[about] += 1
        found.append((*about, counts[about]))
    return found


def freezables(question: CaseFile, ledger: Ledger, trace: Trace, labels: LabelBook) -> list[Freezable]:
    """What the freeze lists of a case say of their deposits, in ledger order."""
    lists = {service: of_blocks(deposits) for service, deposits in freezable_deposits(question, ledger, trace).items()}
    ids = {t.row: line_id(service, about) for service, each in lists.items() for t, about in zip(each, known_by(each), strict=True)}
    deposits = sorted((t for each in lists.values() for t in each), key=lambda t: t.row)
    return list(freezables_of(deposits, ids, question, ledger, trace, labels)) if deposits else []


def freezables_of(
    deposits: Sequence[Transfer], ids: Mapping[int, str], question: CaseFile, ledger: Ledger, trace: Trace, labels: LabelBook
) -> Iterator[Freezable]:
    """The same of some deposits, whose ids are known by row."""
    parts = _parts(question, trace, {t.row for t in deposits})
    inferred = deposit_addresses(ledger, trace.stops.services, labels)
    for t in deposits:
        confirmations = ledger.confirmations(t.row)
        customer = inferred.get(str(t.sender))
        far = bridge_request(t, labels)
        yield Freezable(
            row=t.row,
            line_id=ids[t.row],
            inner_hash=t.attributes.get("inner_hash"),
            confirmations=None if confirmations is None else str(confirmations),
            thefts=" ".join(f"{theft + 1}:{amount}" for theft, amount in sorted(parts[t.row].items())),
            far_address=far and far.address,
            customer_address=customer and customer.address,
            customer_deposits=customer and " ".join(_hashes(ledger, trace, customer, t.row)),
        )


def _parts(question: CaseFile, trace: Trace, wanted: Collection[int]) -> dict[int, dict[int, int]]:
    """Of each row, how much is of which theft: under the declared rule, or the most that any says."""
    found: dict[int, dict[int, int]] = {row: {} for row in wanted}
    for hop in (hop for rule in reaching_rules(question, trace) for hop in trace.rules[rule].hops):
        if hop.row in found:
            found[hop.row][hop.theft] = max(hop.amount, found[hop.row].get(hop.theft, 0))
    return found


def _hashes(ledger: Ledger, trace: Trace, customer: DepositAddress, sweep: int) -> list[str]:
    """The payments with stolen value that came to a deposit address before it swept them on, a transaction each."""
    rows = (row for row in customer.deposits if row < sweep and row in trace.carrying)
    return list(dict.fromkeys(ledger.columns.tx_hash[row] or f"row {row}" for row in rows))
