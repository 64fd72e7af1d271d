"""`tracer evidence`: graded evidence off the chain, and published claims compared with what was traced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_json, folder_argument, opened, wide
from tracer.cli.output import print_json, print_table, say
from tracer.evidence.statements import assumption_of
from tracer.wording import utc

if TYPE_CHECKING:
    from tracer.evidence import Compared
    from tracer.flow import FlowGraph
    from tracer.model import Evidence

GRADES = (
    "Grades (Admiralty code): the source, A reliable to E unreliable, F cannot be judged; what it says, 1 confirmed to 5 improbable, "
    "6 cannot be judged."
)


@click.command("evidence")
@folder_argument
@click.option("--unmasked", is_flag=True, help="Do not mask IP addresses, e-mail addresses or evidence about third parties.")
@as_json
@wide
def evidence_command(folder: Path, unmasked: bool, as_json: bool) -> None:
    """Show the off-chain evidence with its grades, and compare published claims with what was traced. Neither is ever part of a traced
    amount.

    The command shortens IP addresses to their network and masks e-mail addresses and evidence about third parties, unless you give
    --unmasked.
    """
    case = opened(folder)
    flow = case.unmasked if unmasked else case.flow
    if as_json:
        evidence = [{**piece._asdict(), "time": utc(piece.time)} for piece in flow.about.evidence]
        claims, statements = map(_claim, flow.about.claims), [told.as_data() for told in flow.about.statements]
        print_json({"masked": not unmasked, "evidence": evidence, "claims": [*claims], "statements": statements})
        return
    _print_evidence(flow.about.evidence, unmasked)
    _print_claims(flow)
    _print_statements(flow)


def _claim(compared: Compared) -> dict[str, Any]:
    """A claim as JSON values, its times for people."""
    data = compared.as_data()
    return {**data, "since": data["since"] and utc(data["since"]), "until": data["until"] and utc(data["until"])}


def _print_evidence(evidence: Sequence[Evidence], unmasked: bool) -> None:
    from tracer.evidence import NO_ATTRIBUTION

    if not evidence:
        say("the case file states no [[offchain]] evidence")
        return
    lines = [[utc(piece.time)[:16], piece.kind.replace("_", " "), piece.value, piece.grade, piece.status] for piece in evidence]
    title = f"Evidence off the chain{'' if unmasked else ', masked'}"
    print_table(title, ["time", "kind", "value", "grade", "status"], lines)
    for piece in evidence:
        say(f"- {utc(piece.time)[:10]} {piece.kind.replace('_', ' ')}: {piece.subject}. Source: {piece.source}")
    say(GRADES)
    say(NO_ATTRIBUTION)


def _print_claims(flow: FlowGraph) -> None:
    claims = flow.about.claims
    if not claims:
        say("the case file states no [[claims]]")
        return
    rule = flow.leading_rule
    lines = []
    for comparison in sorted(claims, key=lambda one: (one.claim.recipient, one.claim.until or 0)):
        traced = "" if comparison.traced is None else flow.asset.format(comparison.traced[rule])
        lines.append(
            [
                comparison.claim.recipient,
                comparison.claim.sender,
                window(comparison),
                stated(comparison, flow),
                traced,
                comparison.says(rule) or comparison.why,
            ]
        )
    names = ["to", "from", "time", f"claimed {flow.asset.symbol}", "traced", ""]
    print_table(f"Claims beside what was traced ({rule})", names, lines, numeric=[4])
    for comparison in claims:
        wording = f"{comparison.claim.says}. " if comparison.claim.says else ""
        say(f"- {comparison.claim.sender} to {comparison.claim.recipient}: {wording}Source: {comparison.claim.source}")


def _print_statements(flow: FlowGraph) -> None:
    """What services say of deposits, beside what of these was traced."""
    if not flow.about.statements:
        return
    rule, shown = flow.leading_rule, flow.asset.format
    lines = [
        [
            told.statement.deposit,
            shown(told.amount) if told.rows else None,
            shown(told.traced[rule]) if told.rows else None,
            f"{told.statement.amount or 'unknown'} {told.statement.asset}",
            told.statement.paid_to,
            told.why,
        ]
        for told in flow.about.statements
    ]
    names = ["deposit", f"deposited {flow.asset.symbol}", f"traced ({rule})", "paid on", "to", ""]
    print_table("Statements of services, reported and never traced", names, lines, numeric=[1, 2])
    for told in flow.about.statements:
        say(f"- {told.sentence()}")
    say(assumption_of(flow.about.statements))


def window(compared: Compared) -> str:
    """The time a claim is of, in days; "" where it states none."""
    since, until = (moment and utc(moment)[:10] for moment in (compared.claim.since, compared.claim.until))
    if since and until:
        return f"{since} to {until}"
    return f"until {until}" if until else f"since {since}" if since else ""


def stated(compared: Compared, flow: FlowGraph) -> str:
    """What a claim states, in words."""
    least, most = compared.claim.least, compared.claim.most
    if least is None and most is None:
        return "no amount"
    if least == most and least is not None:
        return flow.asset.format(least)
    if most is None:
        return f"at least {flow.asset.format(least or 0)}"
    return f"at most {flow.asset.format(most)}" if least is None else f"{flow.asset.format(least)} to {flow.asset.format(most)}"
