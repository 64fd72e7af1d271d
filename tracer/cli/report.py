"""`tracer report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.issued_files_log import beside, issued
from tracer.cli.options import as_it_leaves, as_json, as_name, folder_argument, opened, redact
from tracer.cli.output import print_json, say
from tracer.cli.progress import progress, quiet_option

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


@click.command("report")
@folder_argument
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    help="The file to write; default: report.html in DIR (another name with --first-hours, --redact or --unmasked).",
)
@click.option("--pdf", is_flag=True, help="Also write a PDF beside the HTML file, with the installed Chromium.")
@click.option("--first-hours", "sheet", is_flag=True, help="Write a one-page sheet for the first hours after a theft instead.")
@redact
@click.option(
    "--unmasked",
    is_flag=True,
    help="Do not mask IP addresses, e-mail addresses or evidence about third parties.",
)
@as_name
@quiet_option
@as_json
def report_command(
    folder: Path,
    target: Path | None,
    pdf: bool,
    sheet: bool,
    redact: str | None,
    unmasked: bool,
    by: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the report: among other things a summary, the disputed transfers, the sources, the method, the findings, the limits,
    alternative explanations of the same payments, the audit trail of the files, and appendices with the rows and proofs behind its figures.

    The report is an HTML file made for printing, without scripts; every amount in its text links to what it follows from, with exceptions
    that the report names. If the folder has no floors and ceilings yet, tracer computes them, or the report says why it cannot. In the case
    file, timezone under [report] adds a second time zone, and term = "stolen" makes the report write "theft" and not "disputed transfer".
    With either term, the names of rules and tags, and sentences that the report quotes, keep words such as "stolen".
    """
    from tracer.report.court import first_hours

    case = opened(folder)
    text = first_hours(as_it_leaves(case, redact)) if sheet else whole_report(case, by, quiet, unmasked=unmasked, redact=redact)
    kind = f"{'-unmasked' * unmasked}{'-redacted' * bool(redact)}"
    name = f"{'first-hours' if sheet else 'report'}{kind}.html"
    paths = put_report(text, target or beside(case, name), pdf=pdf)
    issued(case, f"report{' --first-hours' * sheet}{' --unmasked' * unmasked}{' --redact' * bool(redact)}", by, paths)
    if as_json:
        print_json({"files": [str(path) for path in paths]})
        return
    for path in paths:
        say(str(path))


def whole_report(case: CaseFolder, by: str | None, quiet: bool, *, unmasked: bool, redact: str | None = None) -> str:
    """The text of the report, with floors and ceilings, which are computed where the folder has none."""
    from tracer.pipeline.bounds import with_proofs
    from tracer.report.court import court_report

    with progress(quiet) as advance:
        case, why = with_proofs(case, advance, by)
    return court_report(as_it_leaves(case, redact), why or "", unmasked=unmasked)


def put_report(text: str, target: Path, *, pdf: bool) -> list[Path]:
    """Writes the text, and where it is asked for a PDF beside it, and gives the paths. Raises StoreError."""
    from tracer.casefile.whole_and_exact_files import put_named

    put_named(target, text)
    if not pdf:
        return [target]
    from tracer.render.chromium import printed

    target.with_suffix(".pdf").write_bytes(printed(text))
    return [target, target.with_suffix(".pdf")]
