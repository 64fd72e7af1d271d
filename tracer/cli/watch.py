"""`tracer watch`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import as_json, as_name, units_given
from tracer.cli.output import say, warn
from tracer.cli.payment_options import Narrowed
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.model import Asset
    from tracer.pipeline.watch.delivery import Courier
    from tracer.pipeline.watch.target import Target
    from tracer.pipeline.watch.watch import Watch


@click.command("watch")
@click.argument("what", metavar="DIR|ADDRESS...", nargs=-1, required=True)
@click.option("--node", "nodes", multiple=True, metavar="URL,...", help="Query these nodes instead of those that the case was traced from.")
@click.option(
    "--min", "least", metavar="AMOUNT", default="0", help="Send no alert for payments below this amount, in coins or tokens, such as 12.5."
)
@click.option("--every", type=click.FloatRange(min=0), default=30.0, show_default=True, help="How many seconds to wait between polls.")
@click.option("--polls", type=click.IntRange(min=1), help="Stop after this many polls; default: never.")
@click.option("--webhook", metavar="URL", envvar="TRACER_WEBHOOK", show_envvar=True, help="Post each alert to this URL as JSON.")
@click.option(
    "--exec", "hook", metavar="COMMAND", envvar="TRACER_HOOK", show_envvar=True,
    help="Run this command for each alert, which it receives as JSON on standard input; it is not run through a shell.",
)  # fmt: skip
@click.option("--chain", help="For addresses: the chain they are on.  [default: evm for 0x..., else nem]")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="For addresses: the folder in which to keep the alerts.")
@as_name
@as_json
def watch_command(
    what: tuple[str, ...],
    nodes: tuple[str, ...],
    least: str,
    every: float,
    polls: int | None,
    webhook: str | None,
    hook: str | None,
    chain: str | None,
    folder: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Follow the newest blocks, and send an alert for every move of traced value at the first poll after it appears, even if the payment
    is not confirmed yet.

    DIR is a case folder. tracer reports a new payment by a drained wallet before anything else, as a suspected theft; it does not treat
    the payment as a theft until the case file names it. After a confirmed move tracer traces the case again up to the last block, and
    records in the audit log that the watch did so. If a reorganisation of the chain undoes a payment, tracer withdraws its alert. To
    watch addresses without a case, name them as ADDRESS..., with --node, and preferably with --min.

    tracer saves alerts in DIR/watch before it sends them, so a watch that was stopped or killed resumes where it stopped. tracer sends
    the alerts to the webhook and to the program of --exec in order, and sends each again until it is accepted; an alert always keeps its
    id. tracer never writes the webhook's URL or the --exec command to a file or a log. Once a minute a line shows that the watch is
    still running. With --json each alert is one line.

    \b
    tracer watch my-case --webhook https://example.org/alerts --min 100
    tracer watch TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --min 1000 --node http://127.0.0.1:7890
    """
    from tracer.pipeline.watch.watch import Watch

    target, asset = _target(what, nodes, chain, folder, by)
    watch = Watch(target, units_given(asset, "--min", least))
    couriers = _couriers(watch, webhook, hook)
    try:
        for alert in watch.alerts(polls, every, warn):
            if as_json:
                click.echo(json.dumps(alert.as_json()))
            else:
                say(alert.text)
    finally:
        for courier in couriers:
            courier.close()


def _target(what: tuple[str, ...], nodes: tuple[str, ...], chain: str | None, folder: Path | None, by: str | None) -> tuple[Target, Asset]:
    """A case folder, or addresses, and the asset whose moves are told."""
    from tracer.casefolder import CaseFolder
    from tracer.cli.draft_of_new_case_file import Draft, chain_named
    from tracer.cli.new import urls_of
    from tracer.ingest.chain_and_asset_of_case import asset_of
    from tracer.pipeline.watch.target import AddressTarget, CaseTarget

    if len(what) == 1 and Path(what[0]).is_dir():
        case = CaseFolder.open(what[0])
        urls = list(urls_of(nodes)) or case.question.options.get("node")
        return CaseTarget(Path(what[0]), case.question.with_options({**case.question.options, "node": urls}), by=by), case.asset
    if not nodes:
        raise InputError(f"{what[0]}: there is no such case folder; to watch addresses without a case, add --node URL")
    place = folder or Path(f"watch-{what[0][:8].lower()}")
    question = Draft(what, place.with_name(f"{place.name}.toml"), (), urls_of(nodes), chain_named(chain, what, ())).case(Narrowed())
    if any(query.transfer for query in question.thefts):
        raise InputError("a transaction pays once: name addresses, or trace a case from it and watch that")
    return AddressTarget(place, question), asset_of(question)


def _couriers(watch: Watch, url: str | None, line: str | None) -> list[Courier]:
    """Whoever is told besides the terminal, each in a thread of its own."""
    from tracer.pipeline.watch.delivery import Courier, Outbox, command, webhook
    from tracer.pipeline.watch.journal import HOOK, WEBHOOK

    named = [(WEBHOOK, webhook(url)) if url else None, (HOOK, command(line)) if line else None]
    watch.outboxes += [Outbox(name, watch.journal, send) for name, send in filter(None, named)]
    couriers = [Courier(outbox, warn) for outbox in watch.outboxes]
    watch.woken += [courier.wake for courier in couriers]
    return couriers
