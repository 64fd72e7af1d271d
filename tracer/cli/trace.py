"""`tracer trace`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tracer.casefile.whole_and_exact_files import read_exact, write_exact
from tracer.cli.engine_options import Engine, engine_options
from tracer.cli.node_options import node_options
from tracer.cli.options import allow_outside, as_json, as_name, graph_options, graph_target, wide
from tracer.cli.output import print_json, say, warn
from tracer.cli.page_while_tracing import Meanwhile, meanwhile, view_option, wanted
from tracer.cli.payment_options import KEYS, Narrowed, which_payments
from tracer.cli.progress import progress, quiet_option
from tracer.cli.token_options import TokenSaid, token_options
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.casefolder import CaseFolder
    from tracer.cli.draft_of_new_case_file import Draft
    from tracer.model import Progress
    from tracer.store.graph.session import GraphTarget


@click.command("trace")
@click.argument("what", metavar="WHAT...", nargs=-1)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    help='The case folder to make; default: the name in the case file, or for a wallet or hashes "case-" and the first eight characters.',
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    help="For a wallet or hashes: the recording or table to read (repeatable).",
)
@click.option("--chain", help="For a wallet or hashes: their chain.  [default: evm for 0x..., unless --source names a table; else nem]")
@node_options
@view_option
@click.option("--yes", is_flag=True, help="Accept every candidate as a theft, without asking.")
@which_payments
@engine_options
@token_options
@graph_options("Also store the graph of the case on this Neo4j server (neo4j://, neo4j+s:// or bolt://).")
@allow_outside
@click.option("--allow-gaps", is_flag=True, help="Trace even if the ledger does not add up; summary, page and report then say so.")
@as_name
@quiet_option
@as_json
@wide
def trace_command(
    what: tuple[str, ...],
    folder: Path | None,
    sources: tuple[Path, ...],
    chain: str | None,
    nodes: tuple[str, ...],
    offline: bool,
    view: bool | None,
    yes: bool,
    allow_gaps: bool,
    by: str | None,
    quiet: bool,
    as_json: bool,
    uri: str | None,
    user: str,
    database: str,
    narrowed: Narrowed,
    engine: Engine,
    token: TokenSaid,
    **budget: int | str | None,
) -> int:
    """Trace a case: read its sources, follow the money under each rule that it lists, and write the page (case.html, for a browser).

    WHAT is a case file (case.toml), a wallet address, the hashes of theft transactions (separated by spaces), or an evidence package. For a
    wallet or hashes tracer first writes a case file beside the case folder. The payments of the wallet or transactions are candidate
    thefts: tracer numbers them and asks which are thefts. Without a terminal, accept all with --yes or, for a wallet, choose with --to,
    --from, --until, --min-amount and --exclude. To resume an interrupted run, trace its case file into the same folder. Given a package,
    tracer traces its case again from the sources in it; the exit code is 2 if the result differs.

    \b
    tracer trace case.toml -o my-case
    tracer trace NC3BI3DNMR2PGEOOMP2NKXQGSAKMS7GYRKVA5CSZ --node http://127.0.0.1:7890 -o my-case
    tracer trace 0x... 0x... --node http://127.0.0.1:8545 --token 0xdac17f958d2ee523a2206206994597c13d831ec7
    tracer trace TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --source recording.jsonl.gz -o my-case
    tracer trace --offline my-case.zip -o again
    """
    if not what:
        raise InputError("name a case.toml, a wallet, theft hashes or an evidence package")
    if _is_package(what):
        return _again(Path(what[0]), folder, allow_gaps=allow_gaps, by=by, quiet=quiet, as_json=as_json)
    from tracer.cli.new import urls_of
    from tracer.pipeline.trace import trace

    asking = Asking(sources, urls_of(nodes), chain, narrowed, yes, quiet, token, as_json, offline)
    question = _named(what, asking, budget)
    place = folder or Path(question.name if question else f"case-{what[0][:8].lower()}")
    served = wanted(view, named=question is None and bool(nodes), as_json=as_json, offline=offline)
    target = None if uri is None else graph_target(uri, user, database)
    with meanwhile(served, place, by, bool(budget["allow_outside"])) as page:
        if question is None:
            question, accepted = _drafted(what, place, asking, budget, page)
        else:
            accepted = _accepted(question, place, asking, page)
        with engine.opening(quiet) as opened, progress(quiet) as shown:
            advance = page.telling(shown)
            made = partial(trace, question, place, allow_gaps=allow_gaps, offline=offline, by=by, accepted=accepted, opened=opened)
            done, refused = _stored_and_floored(made(progress=advance), target, advance, by)
        report(done, as_json, page.nodes, refused)
        page.done = done
    return 0


class Asking(NamedTuple):
    """What the command line says of sources, of which payments are thefts, and of whom to ask."""

    sources: tuple[Path, ...]
    nodes: tuple[str, ...]
    chain: str | None
    narrowed: Narrowed
    yes: bool
    quiet: bool
    token: TokenSaid
    as_json: bool
    offline: bool


def _named(what: tuple[str, ...], asking: Asking, budget: Mapping[str, Any]) -> CaseFile | None:
    """The question of the case file that is named; None for wallets and hashes. Raises InputError for a case folder."""
    if len(what) > 1:
        return None
    path = Path(what[0])
    if not (what[0].endswith(".toml") or path.is_file()):
        if (path / "manifest.json").is_file():
            raise InputError(f"{path}: is a case folder, already traced: trace its case file again, or see it with tracer rules {path}")
        return None
    question = _loaded(path).with_options({"node": list(asking.nodes), **budget})
    if asking.token != (None, None):
        raise InputError(f"{path} says itself what it counts: write asset and decimals there")
    if asking.narrowed != Narrowed():
        raise InputError(f"{path} says itself which payments are thefts: write {KEYS} there, under [[thefts]]")
    return question


def _accepted(question: CaseFile, place: Path, asking: Asking, page: Meanwhile) -> str | None:
    """What was accepted of the candidate thefts of a case file; None where none is only a candidate. `page` shows what nodes can do that
    were not read before."""
    from tracer.cli.suspected import confirmed

    if not asking.offline and not (place / "manifest.json").exists():
        page.nodes_of(question, quiet=asking.quiet, as_json=asking.as_json)
    return (
        confirmed(question, place, yes=asking.yes, quiet=asking.quiet, offline=asking.offline)
        if _asks_for_candidates(question, place)
        else None
    )


def _drafted(what: tuple[str, ...], place: Path, asking: Asking, budget: Mapping[str, Any], page: Meanwhile) -> tuple[CaseFile, str | None]:
    """The question of a wallet or of hashes, written as a case file, and what was accepted of its candidate thefts."""
    from tracer.cli.draft_of_new_case_file import Draft, chain_named, token_named

    chain = chain_named(asking.chain, what, asking.sources)
    token = token_named(*asking.token, asking.nodes)
    drafted = Draft(what, place.with_name(f"{place.name}.toml"), asking.sources, asking.nodes, chain, token)
    if not asking.offline:
        page.nodes_of(drafted.case(asking.narrowed).with_options(budget), quiet=asking.quiet, as_json=asking.as_json)
    written, accepted = _written(drafted, place, asking)
    return written.with_options({**budget, **drafted.allowed}), accepted


def _stored_and_floored(done: CaseFolder, target: GraphTarget | None, advance: Progress, by: str | None) -> tuple[CaseFolder, str | None]:
    """The traced case in its graph store, where one is named, with floors and ceilings; or why there are none."""
    from tracer.pipeline.bounds import floored

    if target is not None:
        from tracer.store.graph.session import store

        store(done.graph_source, target, replace="other", advance=advance)
    return floored(done, advance, by)


def _is_package(what: tuple[str, ...]) -> bool:
    """Whether an evidence package is named: a .zip file, or the folder into which one was unpacked."""
    path = Path(what[0])
    return len(what) == 1 and ((path / "bagit.txt").is_file() or (path.suffix == ".zip" and path.is_file()))


def _again(package: Path, folder: Path | None, *, allow_gaps: bool, by: str | None, quiet: bool, as_json: bool) -> int:
    """Traces what a package holds, and says whether it comes to the same; exit code 2 where it does not."""
    from tracer.bundle.reproduce import made_again

    with progress(quiet) as advance:
        done = made_again(package, folder, allow_gaps=allow_gaps, progress=advance, by=by)
    if as_json:
        compared = {"same": done.same, "other": done.other, "masked": done.masked}
        print_json({**as_result(done.case), "compared": compared})
    else:
        report(done.case, False)
        say(f"the same as in {package}: {', '.join(done.same) or 'nothing'}")
        if done.masked:
            say(f"the same but for what is masked in the package: results_digest (tables {', '.join(done.masked)})")
        if done.other:
            say(f"NOT the same as in {package}: {', '.join(done.other)}")
    return 2 if done.other else 0


def _loaded(path: Path) -> CaseFile:
    """The case file; somebody who names a table instead is told what makes a case of it."""
    from tracer.casefile import CaseFile
    from tracer.cli.survey import no_case_file
    from tracer.errors import CaseError

    try:
        return CaseFile.load(path)
    except CaseError as error:
        if path.suffix.lower() == ".toml":
            raise
        raise no_case_file(path) from error


def _asks_for_candidates(question: CaseFile, folder: Path) -> bool:
    """Whether a theft is any payment of a wallet to anybody, in words that were not confirmed for this folder before.

    They hold for what there was to confirm: a watch on the folder has read on since, and accepted nothing.
    """
    import hashlib

    from tracer.casefolder.manifest import manifested

    watched = manifested(folder, "options", "accepted") is not None
    if not any(query.wallet and not query.transfer and (watched or not query.to) for query in question.thefts):
        return False
    return watched or bool(manifested(folder, "case", "sha256") != hashlib.sha256(question.text.encode()).hexdigest())


def report(done: CaseFolder, as_json: bool, nodes: Sequence[Mapping[str, Any]] = (), refused: str | None = None) -> None:
    """Prints the summary, or the result as data, with what the `nodes` can do where that was asked; first why bounds were `refused`."""
    if refused:
        warn(f"no floors and ceilings: {refused}")
    from tracer.cli.summary import print_summary

    if as_json:
        print_json({**as_result(done), **({"nodes": nodes} if nodes else {})})
    else:
        print_summary(done)
        say(f"results digest {done.manifest['results_digest']}")


def as_result(done: CaseFolder) -> dict[str, Any]:
    """A finished case as JSON values: where the stolen value is, and where the files are."""
    from tracer.cli.both_answers import answers_json
    from tracer.cli.rules import as_data

    return {
        **as_data(done),
        **answers_json(done),
        "folder": str(done.folder),
        "html": str(done.folder / "case.html"),
        "results_digest": done.manifest["results_digest"],
    }


def _written(drafted: Draft, place: Path, asking: Asking) -> tuple[CaseFile, str]:
    """The case file for a wallet or hashes, written beside the folder once somebody said which payments are thefts; and what they said.

    Where none is, it is written all the same, to be edited, and InputError says so.
    """
    from tracer.cli.suspected import chosen

    target = drafted.target
    case = drafted.case(asking.narrowed)
    flag = " --allow-outside" if drafted.allowed else ""
    if target.exists() and read_exact(target) != case.text:
        raise InputError(f"{target} exists: trace it (tracer trace {target} -o {place}{flag}), or name another folder with -o")
    lines, accepted = chosen(
        case, place, yes=asking.yes, narrowed=asking.narrowed != Narrowed(), quiet=asking.quiet, offline=asking.offline
    )
    if lines:
        case = drafted.with_thefts(lines)
    write_exact(target, case.text)
    if lines == []:
        raise InputError(
            f"nothing traced: the case file is {target}; edit its [[thefts]] ({KEYS}), then tracer trace {target} -o {place}{flag}"
        )
    warn(f"the case file is {target}" + (f"; trace it again with{flag}: its sources lie outside its folder" if flag else ""))
    return case, accepted
