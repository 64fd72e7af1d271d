"""What `tracer explain --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.cli.both_answers import in_every_asset_json
from tracer.cli.rules import bound_as_data
from tracer.model import ERROR_RATE
from tracer.wording import utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.evidence.statements import Told
    from tracer.labels.bridge_requests import BridgeRequest
    from tracer.model import Measure, Transfer
    from tracer.report.explanation import Explanation, Movement, Origin


def statements_on(case: CaseFolder, address: str) -> list[Told]:
    """What services say of deposits that arrived at an address, or that they paid on to it."""
    statements = case.flow.about.statements if case.question.links else ()
    return [told for told in statements if address in (*told.recipients, told.statement.paid_to)]


def explained(case: CaseFolder, explanation: Explanation) -> dict[str, Any]:
    """The explanation as JSON values; amounts are whole numbers of the smallest unit, as text."""
    from tracer.labels.bridge_requests import bridge_requests
    from tracer.report.explanation import NO_ORIGINS

    moved = (m.transfer for m in (*explanation.arriving, *explanation.leaving))
    account = explanation.account
    return {
        "address": explanation.address,
        "label": explanation.name,
        "labels": [{**label._asdict(), "used": label not in explanation.unused} for label in explanation.labels],
        "labels_disagree": explanation.disputed,
        "role": explanation.role,
        "stop": explanation.stop,
        "coverage": account.coverage,
        "opening": None if explanation.balance is None else str(account.opening or 0),
        "opening_basis": account.opening_basis,
        "balance": None if explanation.balance is None else str(explanation.balance),
        "served": None if account.served is None else str(account.served),
        "rows": explanation.rows,
        "first": _when(explanation.first),
        "last": _when(explanation.last),
        "touched": _when(explanation.touched),
        "traced": {rule: {name: str(amount) for name, amount in sums._asdict().items()} for rule, sums in explanation.sums.items()},
        "endpoints": [
            {
                "reason": end.reason,
                "service": end.service,
                "basis": end.basis,
                **{rule: str(end.amounts[rule]) for rule in explanation.sums},
                **bound_as_data(case.bounds.endpoints.get((end.address, end.reason))),
            }
            for end in explanation.endpoints
        ],
        "arriving": [_movement(case, m) for m in explanation.arriving],
        "leaving": [_movement(case, m) for m in explanation.leaving],
        "bridge_requests": [request_as_data(request) for request in bridge_requests(moved, case.labels)],
        "origins": {rule: [_origin(case, origin) for origin in origins] for rule, origins in explanation.origins.items()},
        "origins_left_out": NO_ORIGINS,
        "statements": [told.as_data() for told in statements_on(case, explanation.address)],
        **_tag_data(case, explanation.address),
        "error_rate": ERROR_RATE,
        "base_rates": [rate._asdict() for rate in case.base_rates],
        **in_every_asset_json(case, explanation.address, explanation.balance),
    }


def request_as_data(request: BridgeRequest) -> dict[str, Any]:
    """What a bridge was asked for; `number` is its own of the request, where its event states one."""
    return {
        "tx_hash": request.transfer.tx_hash,
        "row": request.transfer.row,
        "network": request.network,
        "address": request.address,
        "number": request.number,
    }


def _tag_data(case: CaseFolder, address: str) -> dict[str, list[dict[str, Any]]]:
    """Every heuristic that was asked: those that hold under some preset, and those that do not, all with their numbers."""
    from tracer.plan.tags import examined

    tag_lists: dict[str, list[dict[str, Any]]] = {"tags": [], "tags_not_held": []}
    for result in examined(case.question, case.ledger, case.labels, case.trace, address, case.everywhere):
        tag_lists["tags" if result.presets else "tags_not_held"].append(
            {
                "name": result.name,
                "row": result.finding.row,
                "status": result.finding.status,
                "presets": list(result.presets),
                "shown": result.preset,
                "measures": [_measure(measure) for measure in result.finding.measures],
                "against": [_measure(measure) for measure in result.finding.against()],
            }
        )
    return tag_lists


def _measure(measure: Measure) -> dict[str, Any]:
    return {**measure._asdict(), "value": str(measure.value) if isinstance(measure.value, int) else measure.value}


def _origin(case: CaseFolder, origin: Origin) -> dict[str, Any]:
    theft, tx_hash = case.trace.thefts[origin.theft], case.ledger.columns.tx_hash
    return {
        "theft": theft.label,
        "theft_number": origin.theft + 1,
        "tx_hash": theft.tx_hash,
        "arrived": str(origin.arrived),
        "ended": str(origin.ended),
        "deposits": [{"row": row, "tx_hash": tx_hash[row], "amount": str(amount)} for row, amount in origin.deposits.items()],
    }


def _when(transfer: Transfer | None) -> dict[str, Any] | None:
    return transfer and {"row": transfer.row, "height": transfer.height, "time": utc(transfer.time), "tx_hash": transfer.tx_hash}


def _movement(case: CaseFolder, m: Movement) -> dict[str, Any]:
    return {
        **(_when(m.transfer) or {}),
        "counterparty": m.counterparty,
        "counterparty_label": m.counterparty and case.labels.name(m.counterparty),
        "amount": str(m.transfer.amount),
        "memo": m.transfer.memo and m.transfer.memo.as_json(),
        "basis": m.transfer.basis,
        "theft": None if m.theft is None else case.trace.thefts[m.theft].label,
        "theft_number": None if m.theft is None else m.theft + 1,
        "cut": m.cut,
        "traced": {rule: str(amount) for rule, amount in m.traced.items()},
    }
