"""`tracer declare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import as_json, as_name, folder_argument, opened, timestamp_request, timestamp_token
from tracer.cli.output import print_json, say
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


@click.command("declare")
@folder_argument
@click.argument("rule", required=False)
@click.option("--reason", help="Why this rule and not another: the first thing an opposing expert will ask.")
@timestamp_request
@timestamp_token("Keep the time stamp that the authority sent back.")
@as_name
@as_json
def declare_command(
    folder: Path, rule: str | None, reason: str | None, request: Path | None, token: Path | None, by: str | None, as_json: bool
) -> None:
    """Declare the rule of a case: say which rule's figures you rely on from now on, and why.

    tracer writes the rule into the case file that DIR was traced from (your comments there stay) and writes the page again; no figure
    changes, and nothing is traced again. The audit log records who declared the rule, when, and how many results there were before.
    Freeze lists and letters say the same.

    A time stamp (RFC 3161) proves the date without anyone having to trust the clock of this computer: an authority vouches that the
    log, with the declared rule, existed no later than a certain time. tracer does not use the network: send the request to the
    authority yourself, for example with curl, and add its reply with --timestamp-token. Leave RULE out if the case file declares one
    already.

    \b
    tracer declare my-case fifo --reason "..." --timestamp-request my-case.tsq
    tracer declare my-case --timestamp-token my-case.tsr
    """
    from tracer.casefile.whole_and_exact_files import put_named
    from tracer.casefolder.as_of import require_latest
    from tracer.casefolder.trusted_time_tokens import keep_token, request_of_head

    if rule is None and (reason is not None or (request is None and token is None)):
        raise InputError(f"name the rule that is declared: tracer declare {folder} RULE --reason TEXT")
    case = opened(folder)
    require_latest(case, "declare")
    said: list[str] = []
    if rule is not None:
        case, said = _declared(case, rule, reason, by)
    if token is not None:
        said.append(keep_token(case.folder, token, by))
    if request is not None:
        put_named(request, request_of_head(case.folder))
        said.append(f"{request}: a request for a time stamp; send it to an authority, and keep the answer with --timestamp-token")
    if as_json:
        stands = {"primary": case.question.trace.primary, "reason": case.question.trace.reason, "declared": list(case.declared.sentences)}
        print_json({**stands, "case": str(case.question.path), "results_digest": case.manifest["results_digest"], "said": said})
        return
    for line in said:
        say(line)


def _declared(case: CaseFolder, rule: str, reason: str | None, by: str | None) -> tuple[CaseFolder, list[str]]:
    """The case with its rule declared, and what is said of it."""
    from tracer.pipeline.declare import declare

    case = declare(case, rule, reason or "", by)
    return case, [
        f"declared: {case.question.trace.primary} ({case.question.trace.reason})",
        *case.declared.sentences,
        f"results digest {case.manifest['results_digest']}, as before",
        str(case.question.path),
    ]
