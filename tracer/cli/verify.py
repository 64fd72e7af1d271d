"""`tracer verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer import verify
from tracer.cli.options import as_json, opened
from tracer.cli.output import print_json, say
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


@click.command("verify")
@click.argument("folder", metavar="EXPORT", type=click.Path(path_type=Path))
@click.option("--folder", "against", metavar="DIR", type=click.Path(path_type=Path), help="Compare with this case folder instead.")
@as_json
def verify_command(folder: Path, against: Path | None, as_json: bool) -> int:
    """Recompute an exported case (tracer export) the slow way, and compare every figure to the unit; exit code 2 if one differs.

    The same as python verify.py EXPORT, which needs nothing but Python: give that file to whoever doubts the case.

    With --folder DIR: is EXPORT (a folder, or one table, page, letter or picture) of the results that DIR holds, and unaltered?
    Each file is compared by the digest it states; tables, letters and pages also with what DIR gives now. Exit code 2 where one
    does not agree.
    """
    if against is not None:
        return _compare(folder, opened(against), as_json)
    if (folder / "manifest.json").is_file() and (folder / "case.db").is_file():
        raise InputError(f"{folder}: is a case folder and no export: tracer export {folder} -o export, then tracer verify export")
    try:
        report = verify.check(folder)
    except verify.Unreadable as error:
        raise InputError(str(error)) from error
    if as_json:
        print_json({"agrees": not report.differences, "checked": report.checked, "differences": report.differences, "given": report.given})
    else:
        for line in report.lines():
            say(line)
    return 2 if report.differences else 0


def _compare(given: Path, case: CaseFolder, as_json: bool) -> int:
    from tracer.report.compared import matched, matched_as_data, verdicts

    findings = matched(given, case)
    if as_json:
        print_json(matched_as_data(findings))
    else:
        for line in verdicts(findings):
            say(line)
    if all(finding.agrees is None for finding in findings):
        raise InputError(f"{given}: nothing in it could be compared with {case.folder}: it states no results digest")
    return 2 if any(finding.agrees is False for finding in findings) else 0
