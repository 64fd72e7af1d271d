"""`tracer declare`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import as_json, as_name, folder_argument, opened
from tracer.cli.output import print_json, say


@click.command("declare")
@folder_argument
@click.argument("rule")
@click.option("--reason", required=True, help="Why this rule and not another: what a rival expert asks first.")
@as_name
@as_json
def declare_command(folder: Path, rule: str, reason: str, by: str | None, as_json: bool) -> None:
    """Declare the rule of a case: which of the figures is meant from now on, and why.

    Writes it into the case file that DIR was traced from, comments kept, and draws the page again; no figure changes, and nothing is
    traced. The audit log keeps who declared it, when, and after how many results. Freeze lists and letters say the same.
    """
    from tracer.pipeline.declare import declare

    case = declare(opened(folder), rule, reason, by)
    if as_json:
        said = {"primary": case.question.trace.primary, "reason": case.question.trace.reason, "declared": list(case.declared.sentences)}
        print_json({**said, "case": str(case.question.path), "results_digest": case.manifest["results_digest"]})
        return
    say(f"declared: {case.question.trace.primary} ({case.question.trace.reason})")
    for sentence in case.declared.sentences:
        say(sentence)
    say(f"results digest {case.manifest['results_digest']}, as before")
    say(str(case.question.path))
