"""`tracer demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.issued_files_log import issued
from tracer.cli.options import as_json, wide
from tracer.cli.progress import progress, quiet_option
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

CASES = ("rehearsal", "evm_rehearsal", "coincheck")
"""In this order: what can be traced to its end, on NEM and on an EVM chain, and what is only reported."""


@click.command("demo")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("rehearsal"),
    show_default=True,
    help="The case folder to make for the rehearsal; the other cases get folders beside it.",
)
@quiet_option
@as_json
@wide
def demo_command(folder: Path, quiet: bool, as_json: bool) -> None:
    """Trace the three cases that come with tracer.

    The first is the rehearsal: our re-enactment, on a real node, of the eleven payments of the Coincheck theft. The second simulates
    thefts of ether on a real EVM node, and its balances are proven against block hashes; it needs the extra `evm`. The third is the
    Coincheck theft itself, with the thefts, claims and evidence that were published; tracer follows nothing there beyond what is known.
    For each case the command prints the summary and where it wrote the page, the report, the sheet for the first hours and the freeze
    lists; it also writes an unsigned evidence package.
    """
    from importlib.util import find_spec

    from tracer.casefile import CaseFile
    from tracer.casefolder import CaseFolder
    from tracer.cli.output import print_json, say
    from tracer.cli.trace import as_result, report
    from tracer.pipeline.trace import trace
    from tracer.wording import missing_extra

    if folder.name in CASES[1:]:
        raise InputError(f"{folder}: the folder of another case is called so: name another one with -o")
    left_out = set() if find_spec("coincurve") else {"evm_rehearsal"}
    folders = {name: folder.with_name(name) if name != CASES[0] else folder for name in CASES if name not in left_out}
    results = {}
    for name, place in folders.items():
        with progress(quiet) as advance:
            results[name] = trace(CaseFile.load(cases() / name / "case.toml"), place, progress=advance)
    made = {name: _issued(done, quiet) for name, done in results.items()}
    packages = {name: packed(CaseFolder.open(done.folder)) for name, done in results.items()}
    if as_json:
        files = {name: {"files": [str(path) for path in made[name][0]], "package": str(packages[name])} for name in results}
        print_json({name: {**as_result(done), **files[name]} for name, done in results.items()})
        return
    for name, done in results.items():
        report(done, False)
        paths, without = made[name]
        for path in paths:
            say(str(path))
        if without:
            say(without)
        say()
    if left_out:
        say(f"Not traced: evm_rehearsal. {missing_extra('evm', 'recovering who signed an EVM transaction')}.")
    for package in packages.values():
        say(f"To check the evidence package: tracer verify {package}")
    say(f"To read the report, open {folder / 'report.html'} in a browser; to see the page, open {folder / 'case.html'}.")
    say(f"To see every place where the trail ends: tracer rules {folder} --top 1000")
    say(f"To look into one address: tracer explain {folder} TB7W")
    most = "the least and the most stolen value that each customer of exchange1 could have received"
    say(f"To see {most}: tracer bounds {folder} --service exchange1")


def _issued(case: CaseFolder, quiet: bool) -> tuple[list[Path], str]:
    """Makes the report, the sheet of the first hours and the freeze lists of a case; the paths, and why there are no lists."""
    from tracer.cli.report import put_report, whole_report
    from tracer.errors import CaseError
    from tracer.report.court import first_hours
    from tracer.report.freeze_lists import freeze, write

    text = whole_report(case, None, quiet, unmasked=False)
    case = type(case).open(case.folder)  # with the floors and ceilings that the report computed
    paths = put_report(text, case.folder / "report.html", pdf=False)
    paths += put_report(first_hours(case), case.folder / "first-hours.html", pdf=False)
    issued(case, "report", None, paths)
    try:
        lists = write(case, freeze(case), case.folder / "freeze")
    except CaseError as error:
        return paths, str(error)
    issued(case, "freeze", None, lists)
    return [*paths, case.folder / "freeze"], ""


def packed(done: CaseFolder) -> Path:
    """The evidence package of a case, beside its folder."""
    from tracer.bundle.package import bundled
    from tracer.casefile.whole_and_exact_files import put_named

    target = done.folder.with_name(f"{done.folder.name}.zip")
    put_named(target, bundled(done))
    issued(done, "bundle", None, [target])
    return target


def cases() -> Path:
    """The cases that come with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "fixtures" / "cases"
    return inside if inside.exists() else package.parent / "fixtures" / "cases"
