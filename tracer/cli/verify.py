"""`tracer verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer import verify
from tracer.cli.options import as_json, opened
from tracer.cli.output import print_json, print_table, say
from tracer.errors import InputError
from tracer.wording import counted, utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


@click.command("verify")
@click.argument("folder", metavar="PACKAGE|EXPORT", type=click.Path(path_type=Path))
@click.option("--folder", "against", metavar="DIR", type=click.Path(path_type=Path), help="Compare EXPORT with this case folder instead.")
@click.option(
    "--key", metavar="FINGERPRINT", help="For a package: the fingerprint, given to you by the signer, of the key that must have signed it."
)
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="HEIGHT:HASH",
    help="For a package: the height and hash of a block of the chain, from a source you trust (repeatable).",
)
@click.option(
    "--timestamp-root",
    "root",
    type=click.Path(path_type=Path),
    help="For a package: the root certificates of the time-stamping authority, in PEM.",
)
@click.option(
    "--open", "key_file", metavar="KEYFILE", type=click.Path(path_type=Path), help="Open the redacted rows with this key file instead."
)
@as_json
def verify_command(
    folder: Path,
    against: Path | None,
    key: str | None,
    anchors: tuple[str, ...],
    root: Path | None,
    key_file: Path | None,
    as_json: bool,
) -> int:
    """Check an evidence package (made by tracer bundle), or recompute an exported case (made by tracer export); the exit code is 2 if a
    discrepancy is found.

    For a package, tracer checks every file against its digest; it checks the signature, the time stamp and the log; it recomputes every
    traced amount, and checks the proof of every floor and ceiling; and, if the package holds a recording, it compares the rows with the
    recorded blocks: rows of XEM (the coin of the NEM chain) with signed transactions, rows of an EVM chain with signatures, receipts and
    block hashes. For an export, it recomputes every traced amount to the smallest unit, except those in rests.csv (from tracer rests), and
    checks the proof of every floor and ceiling. Plain Python does the same without tracer, except for time stamps: python3 -I -S
    verify_package.py PACKAGE, or python3 -I -S verify.py EXPORT (in a case with several assets, also verify_swaps.py, for the other assets
    and the substituted answer). Anyone who doubts the case should take these programs from the project, not from the author of the case.

    With --folder DIR the command checks whether EXPORT (a folder or one file) comes from the results in DIR. It compares the results digest
    that each file, or a digests.json in EXPORT, states. Tables, letters, pages and graphs it also compares with those that DIR gives now.
    The exit code is 2 if a file does not agree.

    With --open the command lists the rows that KEYFILE (the key file of a redaction, or a part of it) makes readable, and
    checks whether each is the row whose commitment (a hash of the row together with its secret key) the export or package contains. The
    exit code is 2 if one is not.
    """
    from tracer.bundle.package_or_folder import is_package

    if against is not None:
        return _compare(folder, opened(against), as_json)
    if key_file is not None:
        return _open(folder, key_file, as_json)
    if is_package(folder):
        return _check(folder, key, anchors, root, as_json)
    if key is not None or anchors or root is not None:
        raise InputError(f"{folder}: is no evidence package: --key, --anchor and --timestamp-root go with one")
    if (folder / "manifest.json").is_file() and (folder / "case.db").is_file():
        raise InputError(f"{folder}: is a case folder and no export: tracer export {folder} -o export, then tracer verify export")
    return _recompute(folder, as_json)


def _recompute(export: Path, as_json: bool) -> int:
    """Every figure of an export; in a case with several assets, of all of them in both answers too."""
    try:
        reports = [verify.check(export)]
        if (export / "assets.csv").exists():
            from tracer import verify_swaps

            reports.append(verify_swaps.check(export))
    except verify.Unreadable as error:
        raise InputError(str(error)) from error
    differences = [line for report in reports for line in report.differences]
    if as_json:
        checked, given = sum(report.checked for report in reports), " ".join(report.given for report in reports)
        print_json({"agrees": not differences, "checked": checked, "differences": differences, "given": given})
    else:
        for line in (line for report in reports for line in report.lines()):
            say(line)
    return 2 if differences else 0


def _check(package: Path, key: str | None, given: tuple[str, ...], root: Path | None, as_json: bool) -> int:
    from tracer.bundle.time_tokens_of_package import package_verdict

    anchors = {}
    for each in given:
        height, _, known = each.partition(":")
        known = known.lower().removeprefix("0x")
        if not height.isdecimal() or len(known) != 64:
            raise InputError(f"--anchor {each}: write HEIGHT:HASH, the hash with 64 hexadecimal digits")
        anchors[int(height)] = known
    verdict = package_verdict(package, key and key.lower(), anchors, root)
    if as_json:
        print_json({"agrees": not verdict.wrong, "wrong": verdict.wrong, "said": verdict.said})
    else:
        for line in verdict.lines():
            say(line)
    return 2 if verdict.wrong else 0


def _open(given: Path, key_file: Path, as_json: bool) -> int:
    from tracer.bundle.package_or_folder import tables_of
    from tracer.report.commitments import open_rows

    with tables_of(given) as tables:
        found = open_rows(tables, key_file)
    if as_json:
        print_json({"agrees": not found.wrong, "wrong": found.wrong, "closed": found.closed, "rows": found.rows})
        return 2 if found.wrong else 0
    head = {"height": "block", "time": "time", "tx_hash": "transaction", "sender": "from", "recipient": "to", "amount": "smallest units"}
    rows = {at: {**row, "time": utc(int(time)) if (time := row.get("time")) else None} for at, row in found.rows.items()}
    lines = [[at, *(row.get(name) or "" for name in head)] for at, row in rows.items()]
    print_table("", ["line", *head.values()], lines, numeric=[1, 6])
    for line in found.wrong:
        say(line)
    still = f"{counted(found.closed, 'row')} of third parties stay closed"
    say(f"{counted(len(found.rows), 'row')} opened, each the one that was committed to; {still}.")
    return 2 if found.wrong else 0


def _compare(given: Path, case: CaseFolder, as_json: bool) -> int:
    from tracer.report.issued_files_check import matched, matched_as_data, verdicts

    findings = matched(given, case)
    if as_json:
        print_json(matched_as_data(findings))
    else:
        for line in verdicts(findings):
            say(line)
    if all(finding.agrees is None for finding in findings):
        raise InputError(f"{given}: nothing in it could be compared with {case.folder}: it states no results digest")
    return 2 if any(finding.agrees is False for finding in findings) else 0
