"""`tracer list` and `tracer show`: what there is, and its page."""

from __future__ import annotations

import inspect

import click

from tracer.cli.options import as_json
from tracer.cli.output import print_json, say
from tracer.errors import InputError
from tracer.wording import first_sentence


def _pages() -> dict[str, dict[str, str]]:
    """The page of everything that can be listed, by kind and name."""
    from tracer.chains import NAMES, chain
    from tracer.store.graph.queries import book
    from tracer.tagging import HEURISTICS, THRESHOLDS, tag_page
    from tracer.tracing import RULES

    return {
        "rules": {name: inspect.cleandoc(rule.__doc__ or "") for name, rule in RULES.items()},
        "tags": {name: tag_page(heuristic, THRESHOLDS[name]) for name, heuristic in HEURISTICS.items()},
        "queries": {name: query.page for name, query in book().items()},
        "chains": {
            **{name: chain(name).summary for name in NAMES},
            "table": "A CSV of any account chain: sender, recipient, amount, and height and position or time.",
        },
    }


@click.command("list")
@click.argument("kind", type=click.Choice(["rules", "tags", "queries", "chains"]), metavar="rules|tags|queries|chains")
@as_json
def list_command(kind: str, as_json: bool) -> None:
    """List the rules, tags, queries or chains that tracer knows."""
    pages = _pages()[kind]
    if as_json:
        print_json([{"name": name, "summary": first_sentence(page)} for name, page in pages.items()])
        return
    widest = max(map(len, pages))
    for name, page in pages.items():
        say(f"{name:<{widest}}  {first_sentence(page)}")


@click.command("show")
@click.argument("name")
@as_json
def show_command(name: str, as_json: bool) -> None:
    """Describe one rule, tag, query or chain: what it says, how it rounds, its thresholds, and its source."""
    matches = [(kind, page) for kind, pages in _pages().items() for page_name, page in pages.items() if page_name == name]
    if not matches:
        raise InputError(f"there is no {name!r}: tracer list rules, tags, queries or chains has the names")
    if as_json:
        print_json([{"kind": kind, "name": name, "page": page} for kind, page in matches])
        return
    for kind, page in matches:
        say(name if len(matches) == 1 else f"{name} (of the {kind})")
        for line in page.splitlines():
            say(line)
