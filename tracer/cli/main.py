"""The `tracer` command: its list of commands, and errors as one line with an exit code.

Exit codes: 0 done, 1 the user can mend it (usage errors too), 2 the numbers do not add up.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import warnings
from importlib import import_module

import click

from tracer.cli.output import as_typed_here, warn
from tracer.errors import SlowWarning, TracerError
from tracer.wording import plain

COMMANDS = {
    "trace": ("tracer.cli.trace", "Trace a case: from its sources to the picture."),
    "new": ("tracer.cli.new", "Write a case file for a wallet or for theft transactions."),
    "columns": ("tracer.cli.columns", "Write a table as a data set of Parquet files, for a ledger far bigger than a case."),
    "ingest": ("tracer.cli.stages", "Read the sources of a case again."),
    "tag": ("tracer.cli.stages", "Tag the case again."),
    "render": ("tracer.cli.stages", "Draw the case again."),
    "audit": ("tracer.cli.audit", "Does the ledger add up?"),
    "accounts": ("tracer.cli.tables", "The accounts of a case."),
    "transfers": ("tracer.cli.tables", "The transfers of a case."),
    "labels": ("tracer.cli.labels", "Who an address is, according to whom; marks on chain; a TagPack."),
    "evidence": ("tracer.cli.evidence", "Evidence off the chain, and claims beside what was traced."),
    "prices": ("tracer.cli.prices", "What the thefts and the endpoints were worth."),
    "rules": ("tracer.cli.rules", "Where the stolen value is, under each rule."),
    "explain": ("tracer.cli.explain", "Everything known about one address."),
    "bounds": ("tracer.cli.bounds", "The least and the most at each endpoint, whatever the rule."),
    "view": ("tracer.cli.view", "Serve the page of a case to your browser, with what can be done to it."),
    "rests": ("tracer.cli.rests", "Each assumption taken away, one at a time, and what changes."),
    "path": ("tracer.cli.path", "The strongest paths in time from one address to another."),
    "export": ("tracer.cli.export", "Write the tables that verify.py recomputes a case from."),
    "bundle": ("tracer.cli.bundle", "Write the evidence package of a case; sign it, give it a time stamp."),
    "key": ("tracer.cli.bundle", "Keys that sign evidence packages."),
    "verify": ("tracer.cli.verify", "Check an evidence package, or recompute an exported case to the unit."),
    "report": ("tracer.cli.report", "The report: the answer, its proof, what speaks against it."),
    "freeze": ("tracer.cli.freeze", "One list per service: the deposits to ask it to freeze."),
    "declare": ("tracer.cli.declare", "Declare the rule of a case, with the reason."),
    "log": ("tracer.cli.log", "What was done to a case, and whether the log holds together."),
    "compare": ("tracer.cli.compare", "Which figures moved between two results, or what differs between two sources, and why."),
    "check": ("tracer.cli.check", "Which lines of somebody else's schedule do not close, and which rule fits."),
    "stoppable": ("tracer.cli.stoppable", "What can still be stopped, and by whom."),
    "store": ("tracer.cli.graph", "Bring a case into a graph store."),
    "query": ("tracer.cli.graph", "Ask the graph of a case."),
    "watch": ("tracer.cli.watch", "Follow the tip, with an alert for every move of traced value."),
    "validate": ("tracer.cli.validate", "Compare rules and tags with labelled data."),
    "challenge": ("tracer.cli.challenge", "Score tags and rules on a sealed challenge."),
    "list": ("tracer.cli.show", "What there is: rules, tags, queries, chains."),
    "show": ("tracer.cli.show", "The page of a rule, tag, query or chain."),
    "demo": ("tracer.cli.demo", "Trace the two cases that come with the package."),
}
"""Each command, the module it is in and its line of help: nothing is imported before it is needed."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--version", "asked", is_flag=True, help="Show the version and exit; with --json also of what is installed beside it.")
@click.option("--json", "as_json", is_flag=True, hidden=True)
@click.pass_context
def tracer(ctx: click.Context, asked: bool, as_json: bool) -> None:
    """Given a drained wallet: where the stolen money went, how sure that is, and the proof.

    Exit codes: 0 done, 1 something you can mend (one line says what), 2 the numbers do not add up.
    """
    if asked:
        from tracer.cli.installed import print_version

        print_version(as_json)
        ctx.exit()
    if as_json:
        raise click.UsageError("--json belongs behind a command, or behind --version: tracer rules DIR --json")
    if ctx.invoked_subcommand is None:
        raise click.exceptions.NoArgsIsHelpError(ctx)


def main() -> None:
    """Runs the command line and exits.

    A ledger is a great many objects that live to the end. Looking through them for garbage as often as Python does, and once more
    at the end, takes a tenth of a short command's time.
    """
    gc.set_threshold(1_000_000)
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Runs one command and gives its exit code; every failure is one line on stderr."""
    with warnings.catch_warnings():
        warnings.simplefilter("default", SlowWarning)
        warnings.showwarning = _show_warning
        return _run(arguments)


def _run(arguments: list[str]) -> int:
    try:
        result = tracer.main(arguments, prog_name="tracer", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 1
    except click.Abort:
        return _fail("stopped; what was read is kept, and the same command goes on from there", 1)
    except click.ClickException as error:
        return _fail(error.format_message(), 1)
    except TracerError as error:
        return _fail(str(error), error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        return _fail(f"{error.filename or 'a file'}: {error.strerror or error}", 1)
    except sqlite3.Error as error:
        from tracer.store.record.database import cause

        return _fail(f"case.db: {cause(error)}", 1)
    return result if isinstance(result, int) else 0


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: object = None, line: str | None = None
) -> None:
    """A warning of ours is a note; any other is of interest to developers, and shown as Python shows it."""
    if issubclass(category, SlowWarning):
        warn(str(message))
    else:
        click.echo(warnings.formatwarning(message, category, filename, lineno), err=True, nl=False)


def _fail(message: str, code: int) -> int:
    click.echo(f"tracer: {as_typed_here(plain(' '.join(message.split())), COMMANDS)}", err=True)
    return code
