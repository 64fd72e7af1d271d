"""A case of several assets as tables: what each asset is, rows and holdings of all of them, conversions, and both answers.

Assets are their numbers, the first 0; amounts are in the smallest unit of each, so that only lines of one asset add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tracer.casefolder import CaseFolder
from tracer.evidence.both_answers import sides
from tracer.model import ANSWERS, NO_BOUNDS, Answer, Conversion, Leg, Recognised
from tracer.report.tables import Table, account_lines, accounts_table, transfers_table
from tracer.tracing import Reconciliation, outcome_of

if TYPE_CHECKING:
    from tracer.tracing import BothAnswers, Stolen
    from tracer.tracing.reconciliation import ByTheft


def in_answer(case: CaseFolder, answer: Answer) -> CaseFolder:
    """The case with the ledger of all assets and its trace in an answer: what the tables of rows and accounts are then of."""
    whole, trace = case.whole, case.traces[answer]
    new = CaseFolder(case.folder, case.db, case.question, case.manifest, case.so_far)
    new.as_of = case.as_of
    return new.knowing(ledger=whole, trace=trace, outcome=outcome_of(trace), labels=case.labels, tags=(), bounds=NO_BOUNDS)


def tables_of_all_assets(case: CaseFolder) -> dict[str, Table]:
    """The files of an export that `verify_swaps.py` reads, by name; of one asset none."""
    if case.answers is None:
        return {}
    return {
        "assets.csv": assets_table(case),
        "all_transfers.csv": all_transfers_table(case),
        "all_accounts.csv": all_accounts_table(case),
        "answers.csv": answers_table(case, ANSWERS),
        "reconciliation.csv": reconciliation_table(case),
    }


def assets_table(case: CaseFolder) -> Table:
    """What the case counts."""
    named = enumerate(zip(case.assets, case.asset_names, strict=True))
    rows = [[str(number), name, asset.symbol, str(asset.decimals)] for number, (asset, name) in named]
    return Table(("asset", "name", "symbol", "decimals"), rows)


def all_transfers_table(case: CaseFolder) -> Table:
    """The rows of all assets in their order, with what each carried in the second answer. `_pool` of a rule: stolen value that a pool
    itself held and paid there in a conversion that is substituted, "theft:amount"."""
    ledger, trace = case.whole, case.traces["substituted"]
    table, own = transfers_table(in_answer(case, "substituted")), [_own(stolen) for stolen in trace.rules.values()]
    rows = ([str(ledger.asset_of(row)), *line, *(each.get(row) for each in own)] for row, line in enumerate(table.rows))
    return Table(("asset", *table.names, *(f"{rule}_pool" for rule in trace.rules)), rows)


def _own(stolen: Stolen) -> dict[int, str]:
    parts: dict[int, list[str]] = {}
    for hop in sorted(stolen.exchanged):
        parts.setdefault(hop.row, []).append(f"{hop.theft + 1}:{hop.amount}")
    return {row: " ".join(texts) for row, texts in parts.items()}


def all_accounts_table(case: CaseFolder) -> Table:
    """Every holding, asset by asset, with the stolen value that arrived at it in the second answer."""
    shown = in_answer(case, "substituted")
    lines = sorted(account_lines(shown), key=lambda line: line[0].asset)
    return Table(("asset", *accounts_table(shown).names), [[str(account.asset), *line] for account, line in lines])


def conversions_table(case: CaseFolder) -> Table:
    """What became what: both amounts, what speaks against it, and whether the trail goes on in it in the second answer; and what is only
    named, where amounts and assets of several things stand in one order, with spaces between. Of a redacted case only what is given."""
    exchanges = case.answers.exchanges if case.answers else case.trace.stops.exchanges
    every: Sequence[Conversion | Recognised] = (*exchanges.conversions, *exchanges.recognised)
    if case.withheld:
        return Table(("kind", "given_rows"), [[each.kind, _rows(sides(each)[0])] for each in every])
    through = {*exchanges.substituted}
    legs = [f"{side}_{name}" for side in ("given", "received") for name in ("asset", "amount", "rows")]
    rates, far = ("rate_received", "rate_given"), ("far_chain", "far_address", "far_id")
    names = ("kind", "owner", "tx_hash", "pools", *legs, *rates, "doubts", "substituted", *far, "said")
    return Table(names, [_exchange(each, number in through) for number, each in enumerate(every)])


def _exchange(each: Conversion | Recognised, substituted: bool) -> list[Any]:
    row: list[Any] = [each.kind, each.owner, each.tx_hash]
    row.append(" ".join(each.pools) if isinstance(each, Conversion) else each.counterparty)
    for legs in sides(each):
        row += [" ".join(str(leg.asset) for leg in legs), " ".join(str(leg.amount) for leg in legs), _rows(legs)]
    if isinstance(each, Conversion):
        rate = map(str, each.before) if each.before else (None, None)
        return [*row, *rate, " ".join(each.doubts), "yes" if substituted else "no", None, None, None, " ".join(each.said)]
    return [*row, None, None, None, "no", each.far_chain, each.far_address, each.far_id, each.said]


def _rows(legs: Iterable[Leg]) -> str:
    return " ".join(str(key) for leg in legs for key in leg.rows)


def answers_table(case: CaseFolder, answers: Iterable[Answer], asset: int | None = None) -> Table:
    """Where the stolen value is, in every asset or in one: a line for each theft of which value is there under any rule; and fees."""
    rules = case.outcome.rules
    rows = [
        [answer, str(number), *place, str(theft), *map(str, amounts)]
        for answer in answers
        for number, place, units in (_ended(case.answers, answer) if case.answers else ())
        for theft, amounts in _by_theft(units, rules)
        if asset in (None, number) and any(amounts)
    ]
    return Table(("answer", "asset", "address", "reason", "service", "basis", "theft", *rules), rows)


def _ended(answers: BothAnswers, answer: Answer) -> Iterator[tuple[int, Sequence[str | None], ByTheft]]:
    """The endpoints, and the fees: which asset, where, and how much."""
    for end in answers.endpoints[answer]:
        yield end.asset, (end.address, end.reason, end.service, end.basis), end.by_theft
    for each in answers.reconciliation[answer]:
        yield each.asset, (None, "fees", None, None), each.fees


def _by_theft(units: ByTheft, rules: Iterable[str]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The amounts of each theft, numbered from 1, in the order of the rules."""
    return enumerate(zip(*(units[rule] for rule in rules), strict=True), 1)


def reconciliation_table(case: CaseFolder) -> Table:
    """What of each asset was stolen and got for stolen value, and where it is: stolen + converted_in = ended + fees + converted_out."""
    rows = [
        [answer, str(each.asset), str(theft), what, *map(str, amounts)]
        for answer, assets in (case.answers.reconciliation.items() if case.answers else ())
        for each in assets
        for what in Reconciliation._fields[1:]
        for theft, amounts in _by_theft(getattr(each, what), case.outcome.rules)
    ]
    return Table(("answer", "asset", "theft", "what", *case.outcome.rules), rows)
