"""`tracer watch`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracer.cli.options import as_json, folder_argument
from tracer.cli.output import say, warn


@click.command("watch")
@folder_argument
@click.option("--node", "nodes", multiple=True, metavar="URL,...", help="Ask these nodes, whatever the case was traced on.")
@click.option("--every", type=click.FloatRange(min=0), default=30.0, show_default=True, help="Seconds between polls.")
@click.option("--polls", type=click.IntRange(min=1), help="Stop after so many polls; default: never.")
@click.option("--webhook", metavar="URL", help="Post each alert there as JSON.")
@as_json
def watch_command(folder: Path, nodes: tuple[str, ...], every: float, polls: int | None, webhook: str | None, as_json: bool) -> None:
    """Follow the tip: an alert for every move of traced value, unconfirmed ones too, within one poll of its appearance.

    After a confirmed move the case is traced anew up to the last block. A node that is lost is asked again at the next poll; a
    reorganisation is noticed and what it undid is told. --json prints an alert a line.
    """
    from tracer.casefolder import CaseFolder
    from tracer.cli.new import urls_of
    from tracer.pipeline.watch import Alert, Watch

    traced = CaseFolder.open(folder)
    case, asset = traced.question, traced.ledger.asset
    watched = case.with_options({**case.options, "node": list(urls_of(nodes)) or case.options.get("node")})

    def told(alert: Alert) -> str:
        held = max(alert.held.values())
        to = alert.recipient_label or alert.recipient
        memo = f', memo "{alert.memo}"' if alert.memo else ""
        return (
            f"{alert.status.upper()} {alert.time}: {alert.sender}, holding up to {asset.stated(held)} of stolen value, "
            f"pays {asset.stated(alert.amount)} to {to}{memo}; {alert.tx_hash}"
        )

    for alert in Watch(folder, watched).alerts(polls, every, warn):
        if as_json:
            click.echo(json.dumps(alert.as_json()))
        else:
            say(told(alert))
        if webhook:
            _post(webhook, alert.as_json())


def _post(url: str, alert: dict[str, object]) -> None:
    """Posts an alert; a webhook that fails is a note, never the end of the watch."""
    import requests

    try:
        requests.post(url, json=alert, timeout=10).raise_for_status()
    except requests.RequestException as error:
        warn(f"the webhook did not take an alert ({type(error).__name__}): it is in alerts.jsonl of the case folder")
