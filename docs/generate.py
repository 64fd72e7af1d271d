"""Writes the pages that are made from the code: `cli.md`, `tags.md`, `graph_model.md`, `queries.md`. A test compares them."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tracer import tagging
from tracer.casefile import CaseFile
from tracer.cli.main import COMMANDS, tracer
from tracer.ingest.ledger_of_sources import read_ledger
from tracer.plan.labels import labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.tags import tagged, view_of
from tracer.plan.thefts import thefts_of
from tracer.store.graph.schema import Kind
from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS
from tracer.tracing import follow
from tracer.validation.rehearsal import TRUTH, Score, read_story, scores

HEAD = """# Command line

Made from the commands themselves (`make docs`).

Results go to stdout; progress and notes go to stderr. On a terminal, progress is one line that tracer keeps rewriting; elsewhere it prints
one line a minute. `--quiet` shows none. The line says what tracer is doing and how fast. It gives the time left only if that follows
from what is queued; with a node, the time given is the least, since every account that tracer reads can name more accounts to read.

Exit codes: 0 done; 1 something that you can correct, stated in one line; 2 the numbers do not add up. If you press Ctrl-C, tracer keeps
what it has read, and the same command resumes from there. In JSON, amounts are whole numbers of the smallest unit, as text.

`tracer --version --json` prints the versions that a result was made with: of Python, of the schemas and of every extra. To complete
commands and options in the shell, run `eval "$(_TRACER_COMPLETE=bash_source tracer)"` (or `zsh_source`, `fish_source`), or put that line
in your shell's start-up file.
"""


def cli_page() -> str:
    """The help of every command."""
    parts = [HEAD]
    group = tracer.make_context("tracer", [*COMMANDS][:1], max_content_width=100)
    for name in COMMANDS:
        command = tracer.get_command(group, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=group, max_content_width=100, terminal_width=100)
        parts.append(f"## tracer {name}\n\n```\n{command.get_help(context)}\n```\n")
        for part in command.commands.values() if isinstance(command, click.Group) else ():
            of_part = click.Context(part, info_name=part.name, parent=context, max_content_width=100, terminal_width=100)
            parts.append(f"### tracer {name} {part.name}\n\n```\n{part.get_help(of_part)}\n```\n")
    return "\n".join(parts)


TAGS_HEAD = """# Tags

This page is generated from the heuristics themselves, and from what they find in the rehearsal (`make docs`).

A tag describes what an address does, or what a single payment to it looks like, and never who is behind it. Its *status* is `fact` (the
ledger shows it), `pattern` (the payments have a certain form, called a *shape*, which thresholds define) or `lead` (a hint to look
further). Each tag has *measures*: numbers that are compared with thresholds, each with the rows from which it was read. The tag is also
checked for *look-alikes*: if one fits, the same rows could also have an innocent explanation. Every tag has three presets of thresholds
(strict, default, loose); a tag that even the strict preset finds is the most robust. `tracer explain DIR ADDRESS` shows which measures met
their thresholds and which did not, with numbers. A tag can also carry a *note*, a remark in words.

tracer tags only accounts that stolen value could have reached, and not the drained ones. On a labelled service it tests only the tag `hub`.
It examines what an account did from its *first touch* on, that is, from the first moment at which stolen value could have reached it.
Payments below the dust limit, payments to oneself and fees do not count towards any shape. Shares are in parts per million (`ppm`). If a
case file states a threshold under `[thresholds.NAME]`, it applies in every preset ([case files](case-files.md)).

**The base rate in the case itself.** tracer also runs each heuristic on *unrelated* accounts. An account is unrelated if stolen value could
not have reached it, all its transfers were read, it made or received at least one payment that counts towards a shape (not dust, and not to
itself), and it is neither a service nor drained. In the rehearsal 17 of 192 accounts are unrelated: stolen value could have reached 159, 4
of the other 33 are services (one of them was also drained), and 12 neither made nor received such a payment. tracer then says, for example,
"3 of 1,212 unrelated accounts have this shape". For unrelated accounts it examines the complete history, and skips the measures of stolen
value. If there are more than 2,000 of them, it takes the 2,000 whose addresses have the lowest SHA-256, so that nobody can choose them. If
there are fewer than 200, the sentence says that no rate is given: even if none of 200 has the shape, the true rate may be as
high as 1.5 in 100. The base rate appears wherever a tag is shown; `case.db` keeps it (`base_rates`), and `tags_digest` covers it. It is a
base rate and not an error rate: some of these accounts may belong to a thief in some other case. If a case was read account by account, it
has no unrelated accounts, and tracer says so. Next to the base rate tracer shows what was measured elsewhere, unless the case changed the
thresholds of the tag.

No error rate is known on any real chain. This page measures one scenario that we staged: **the rehearsal** ([the answer
key](../fixtures/cases/rehearsal/README.md)), 192 accounts on a real node. It was staged before the tags were written, but by people who
already knew which shapes the tags would look for. So it is easy to find the right accounts here; the false tags, on thieves and
bystanders alike, are the harder test. Thresholds are those of the sources that each tag names, or ours. We added one measure of `fan_in`,
the share of stolen value, after we had seen false tags here, so the figures for `fan_in` prove nothing. Each tag is scored against the
accounts that were made to show the pattern; if another account has the tag, it counts as false. Accounts that tracer never examines
(services, and accounts that stolen value could not reach) are not counted.

In the lists, T0 to T10, TM1, TM2, chain_end, collector and all accounts whose names begin with cycle, fan, peel, relay or tm1 belong to
the thief. B00 to B43, buyer00 to buyer14, L, charity, merchant and nemesis are bystanders. A *scene* is a part of the story:
`truth/transactions.csv` names the scene of each transaction in the column `pattern`. Under each tag, *Search limit* says how far tracer
searches, *Seen elsewhere* gives thresholds that others use, and *Measured elsewhere* gives what we measured on 42 generated cases: how
many accounts that have nothing to do with the theft have the shape, their rate per 1,000 (with the 95 % interval), and how many of the
accounts that were scripted to have the shape were found.

| tag | should find | strict: found / to be found, false | default | loose |
|---|---|---|---|---|
"""

REHEARSAL = Path(__file__).parents[1] / "fixtures" / "cases" / "rehearsal"


def measured() -> dict[str, dict[str, Score]]:
    """What every tag finds in the rehearsal."""
    case = CaseFile.load(REHEARSAL / "case.toml")
    ledger, names = read_ledger(case), labels_of(case)
    trace = follow(ledger, thefts_of(case, ledger), stops_of(case, names), case.trace.rules)
    tags = tagged(case, ledger, names, trace).tags
    return scores(tags, view_of(ledger, names, trace), read_story(REHEARSAL))


def tags_page() -> str:
    """Every tag: its page, its thresholds, and what it finds in the rehearsal, with the exact sets."""
    found = measured()
    lines = [
        f"| [{name}](#{name}) | {TRUTH[name][0]} | " + " | ".join(_short(found[name][preset]) for preset in reversed(PRESETS)) + " |"
        for name in HEURISTICS
    ]
    parts = [_section(name, found[name]) for name in HEURISTICS]
    return TAGS_HEAD + "\n".join(lines) + "\n\n" + "\n\n".join(parts) + "\n"


def _short(score: Score) -> str:
    should = len(score.right) + len(score.missed)
    return f"{len(score.right)} / {should}, {len(score.wrong)}"


def _section(name: str, found: dict[str, Score]) -> str:
    sets = []
    for preset in reversed(PRESETS):
        score = found[preset]
        should = len(score.right) + len(score.missed)
        recall = f"recall {len(score.right)} of {should}" if should else "there is nobody to find"
        told = [f"- **{preset}**: {recall}, {len(score.wrong)} false."]
        told += [f"  {what}: {', '.join(names)}." for what, names in zip(("Right", "Missed", "False"), score, strict=True) if names]
        sets.append("\n".join(told))
    page = tagging.tag_page(HEURISTICS[name], THRESHOLDS[name])
    return f"## {name}\n\n```\n{page}\n```\n\nIn the rehearsal it should find {TRUTH[name][0]}.\n\n" + "\n".join(sets)


GRAPH_HEAD = """# The graph of a case

Made from `tracer/store/graph/schema.py` (`make docs`), where the schema is written once.

`tracer store DIR --graph bolt://127.0.0.1:7687` brings a case into a Neo4j 5 database; without `--graph`, into the embedded store in the
case folder. What goes in is the flow graph: every transfer that carried stolen value under any rule or first touched its recipient,
every address of them, and what is known of both. The graph can be dropped at any time and made again from `case.db`, which stays
the record.

In a case with several assets, all of that is about the first asset, in the followed answer. Both answers stand beside it. What an address
holds of an asset is a `:Holding`. Each place where value is, in either answer, is an `:Outcome`, which names its answer and its asset.
`CARRIED` is what moved of one asset in the substituted answer, and only `BECAME` goes from one asset to another, with an amount of each.
Amounts of different assets, or of different answers, are not to be added: group by `asset` and `answer`. What did stolen ether become, and
where did that end?

```cypher
MATCH (:Holding {case: $case, asset: 'eth'})-[b:BECAME {substituted: true}]->(:Holding)-[:CARRIED]->(h:Holding)-[:CAME_TO]->(o:Outcome)
WHERE o.answer = 'substituted' AND o.asset = h.asset RETURN DISTINCT b.kind, o.asset, o.reason, o.service
```

Everything carries `case`, so that several cases live in one database: begin a pattern with `{case: $case}`. Only `:Wallet` has none: it is
one address of one chain, and where cases meet. Which addresses of this case are in another one too?

```cypher
MATCH (a:Address {case: $case})-[:SAME_AS]->(:Wallet)<-[:SAME_AS]-(b:Address) WHERE b.case <> $case RETURN a.address, b.case, b.name
```

Every node has a `name` to show. An address has a second label for its role: `:Victim`, `:Recipient`, `:ServiceAddress`, `:Boundary`. A time
is in seconds, and beside it stands the moment as a datetime, with `_utc` behind its name: `t.time_utc > datetime('2018-01-26')`. Thefts are
numbered from 1. For Neo4j Browser there is a style, `queries/tracer.grass`: drop the file on its window.

## Asking

Before every question the graph's digest is compared with the case folder's: a graph of other results, or of another version of this
model, is not asked, and the command that loads it anew is named. A question is stopped after 60 seconds (`--seconds`); paths of any length
are what `tracer path` is for.

In Cypher of your own a label, type or property that is not of this page is refused, with the nearest one that is, unless the store itself
has it; so is a time in seconds compared with a datetime. What a server remarks on a query is passed on. Nodes and relations come as maps of
their properties, a path as a list of them in turn, a datetime as text, from either store.

## Amounts

An amount is an int64 in the asset's smallest unit. Both stores turn a sum beyond 64 bits into a float, and say nothing. So before
anything is loaded, the amounts, fees and openings of the whole ledger are added up, exactly; if they come to 2^62 or more (always so for
assets counted in wei), every amount is divided by 10^`Case.scale`, rounded down, and stands beside its exact decimal text, in a property of
the same name with `_exact` behind it. No sum over a case can then pass 64 bits; it is short by less than one scaled unit a summand. A query
of the book that still meets a float or a number beyond 64 bits is refused.

A question of the book put to such a graph reads the exact texts: amounts come in smallest units, to the last digit. Lines sorted by a sum
are sorted by the scaled one. Cypher of your own gets the exact integer where it returns an amount as it stands, its sum, or a whole node
or relation, in each part of a union alike; where it computes another number, the row says in `amounts_in_units_of` what unit amounts had
there. Where it compares an amount, or something computed of one, it is refused: compare the exact text, `t.amount_exact`.

## Loading

The case's own node counts the batches that are in, and a batch and its number are one transaction. A load that was killed is gone on
from where it was, a second load of the same results writes nothing, and nothing is ever in twice. At the end every count and every sum of
amounts is compared with `case.db`, to the unit; one off, and the command ends with exit code 2. Other results of a case of the same
name are replaced only with `--replace`.

The embedded store can neither read files nor fetch anything for a query; on a server, that is a setting of the server
(`dbms.security.allow_csv_import_from_file_urls=false`). Queries run for reading only, unless `--write` is given.

## Picture

"""


def graph_page() -> str:
    """The graph model: a picture, and every property."""
    from tracer.store.graph import schema as schema

    lines = ["```mermaid", "graph LR"]
    lines += [f"  {each.start} -->|{each.type}| {each.end}" for each in schema.RELATIONS]
    lines += ["  Case", "  Rule", "  Claim", "  Evidence", "```", "", "## Nodes", ""]
    for node in (*schema.NODES, schema.WALLET):
        key = ", ".join((*(("case",) if node is not schema.WALLET else ()), *node.key))
        lines += [f"### {node.label}", "", f"{node.meaning[0].upper()}{node.meaning[1:]}. Unique: `{key}`.", ""]
        lines += [*_properties(node), ""]
    lines += ["## Relations", ""]
    for relation in schema.RELATIONS:
        ends = f"`(:{relation.start})-[:{relation.type}]->(:{relation.end})`"
        lines += [f"### {relation.type}", "", f"{ends}: {relation.meaning}.", "", *_properties(relation), ""]
    lines += ["## Indexes", "", *(f"- `{pattern}` on `{properties}`" for _, pattern, properties in schema.INDEXES)]
    lines += ["- on a server, `case` by itself, for every label and type"]
    return GRAPH_HEAD + "\n".join(lines) + "\n"


def _properties(kind: Kind) -> list[str]:
    from tracer.store.graph.schema import TYPES

    if not kind.properties:
        return []
    return ["| property | type | |", "|---|---|---|", *(f"| `{p.name}` | {TYPES[p.type]} | {p.meaning} |" for p in kind.properties)]


QUERY_HEAD = """# The query book

Made from the headers of `queries/*.cypher` and a run on the two cases of the demo and on `fixtures/cases/evm_swaps` (`make docs`). A
query is asked by name:

```sh
tracer demo
tracer bounds rehearsal
tracer query rehearsal endpoints_by_service
tracer query rehearsal payers address=TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN rule=haircut --csv
```

Without `--graph` the embedded store in the case folder answers (extra `graph`); it is made when it is first asked. With `--graph` a
Neo4j server does, once `tracer store` has brought the case there. Both give the same rows, and the rows that plain Python finds in
`case.db`: tests compare them one by one. The files also run as they are in Neo4j's own browser: set `:param case => 'rehearsal'`
and the parameters named. The model is in [graph_model.md](graph_model.md).

An `amount` is in smallest units, as a parameter and in JSON and CSV; tables show it in whole coins, with a point. An `amount
in` a column is of the asset that this column names, in a case with several. `coins` are whole
coins, a `count` is a whole number from 1 on, a `time` is UTC. `rule` is one that was run.

Tables show the first rows only. A rule is the primary one unless another is named. All is asked of the rehearsal but what only the
Coincheck case has, claims, evidence, accounts not read, labels that disagree; and what only a case with several assets has.
"""

EXCHANGE, VICTIM, GATHERER = "exchange1", "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN"
DEPOSITS = "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL"  # where exchange1 is paid
ASKED: dict[str, tuple[str, ...]] = {
    "common_payees": ("address=TADOQYKHXI5WKHBWGXP7RJZWJ35XAU7CQUEGN4U4", "other=TAEOIW3MI637WHDLAGAB6JN2UH47K7GUJG7SZJTF"),
    "contacts": (f"address={VICTIM}", f"other={GATHERER}"),
    "daily_outflow": (f"address={GATHERER}",),
    "deposits_to_service": (f"service={EXCHANGE}",),
    "hours_of_day": (f"address={GATHERER}",),
    "funded_by": (f"address={GATHERER}",),
    "neighbours": (f"address={GATHERER}",),
    "paths_in_time": (f"source={VICTIM}", f"target={DEPOSITS}"),
    "payers": (f"address={GATHERER}",),
    "rhythm": (f"address={GATHERER}",),
    "sleepers": ("days=0",),
    "strongest_paths": (f"source={VICTIM}", f"target={DEPOSITS}", "most=1"),
    "tag_evidence": (f"address={GATHERER}",),
    "what_became": ("address=0x617c62314150b8ba1bb33a4676d61de81d2aac0a",),
    "transaction": ("hash=be86e268c332bd670692861be8d5e97cc8194c0901d017b6914ec7104d987f83",),
}
"""What the tour asks with."""

OF_COINCHECK = ("claims_and_traced", "evidence", "frontier", "label_conflicts")
"""Questions that the rehearsal has no answer to."""

OF_SWAPS = ("both_answers", "what_became")
"""Questions of a case with several assets: the rehearsal with a market."""

MOST_LINES = 8


def query_page(folder: Path, coincheck: Path, swaps: Path) -> str:
    """The tour: every query with what it gives on the rehearsal in `folder`, on the Coincheck case, or on the rehearsal with a market, by
    the embedded store."""
    from click.testing import CliRunner

    from tracer.store.graph.queries import book

    CliRunner().invoke(tracer, ["bounds", str(folder)], catch_exceptions=False)
    parts = [QUERY_HEAD]
    for name, query in sorted(book().items()):
        words = ASKED.get(name, ())
        parameters = [
            f"- `{p.name}` ({p.type}{'' if p.default is None else f', default {p.default}'}): {p.meaning}" for p in query.parameters
        ]
        columns = "; ".join(
            f"`{column.name}` ({column.type}{f' in {column.unit}' if column.unit else ''}) {column.meaning}" for column in query.columns
        )
        of_coincheck = ("coincheck", coincheck) if name in OF_COINCHECK else ("rehearsal", folder)
        case, place = ("evm_swaps", swaps) if name in OF_SWAPS else of_coincheck
        told = _asked(place, name, *words)
        shown = told[: MOST_LINES + 2] + ([f"... {len(told) - MOST_LINES - 2:,} more"] if len(told) > MOST_LINES + 2 else [])
        lines = [f"## {query.title}", "", query.question, "", f"```sh\ntracer query {' '.join((case, name, *words))}\n```", ""]
        lines += [*parameters, *[""] * bool(parameters), f"Columns: {columns}.", "", query.reading, ""]
        parts.append("\n".join([*lines, "```", *shown, "```", ""]))
    return "\n".join(parts)


def _asked(folder: Path, name: str, *words: str) -> list[str]:
    """The table a query prints, without its title and without what is said below."""
    from click.testing import CliRunner

    printed = CliRunner().invoke(tracer, ["query", str(folder), name, *words], catch_exceptions=False).stdout
    lines = [line.rstrip() for line in printed.splitlines()]
    return [line for line in lines[1:-1] if line]


PAGES = {"cli.md": cli_page, "tags.md": tags_page, "graph_model.md": graph_page}


MADE = "build/rehearsal"
"""Where `make demo` puts the rehearsal."""


def readme_with_summary(readme: str, folder: Path) -> str:
    """The README with the summary that the demo prints."""
    from click.testing import CliRunner

    printed = CliRunner().invoke(tracer, ["demo", "-o", str(folder)], catch_exceptions=False).stdout.replace(str(folder), MADE)
    summary = printed[: printed.index(f"\n{MADE}")].rstrip()
    return re.sub(r"(<!-- summary -->\n```\n).*?```", lambda found: f"{found[1]}{summary}\n```", readme, flags=re.DOTALL)


if __name__ == "__main__":
    from click.testing import CliRunner

    readme = Path(__file__).parents[1] / "README.md"
    with TemporaryDirectory() as place:
        readme.write_text(readme_with_summary(readme.read_text(encoding="utf-8"), Path(place) / "rehearsal"), encoding="utf-8")
        swaps = Path(place) / "evm_swaps"
        case_file = Path(__file__).parents[1] / "fixtures" / "cases" / "evm_swaps" / "case.toml"
        CliRunner().invoke(tracer, ["trace", str(case_file), "-o", str(swaps)], catch_exceptions=False)
        tour = query_page(Path(place) / "rehearsal", Path(place) / "coincheck", swaps)
        (Path(__file__).parent / "queries.md").write_text(tour, encoding="utf-8")
    for page, make in PAGES.items():
        (Path(__file__).parent / page).write_text(make(), encoding="utf-8")
