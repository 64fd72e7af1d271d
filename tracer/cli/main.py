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

from tracer.cli.options import FOLDER
from tracer.cli.output import as_typed_here, warn
from tracer.errors import SlowWarning, TracerError
from tracer.terminal_and_csv_escaping import plain

COMMANDS = {
    "trace": ("tracer.cli.trace", "Trace a case: read its sources, follow the money, write the page."),
    "new": ("tracer.cli.new", "Write a case file for a wallet, for theft transactions or for a file."),
    "columns": ("tracer.cli.columns", "Convert a table or recording into Parquet files, for a ledger too large to read whole."),
    "ingest": ("tracer.cli.ingest_tag_render", "Read the sources of a case again."),
    "tag": ("tracer.cli.ingest_tag_render", "Tag the case again."),
    "render": ("tracer.cli.ingest_tag_render", "Draw the case again."),
    "audit": ("tracer.cli.audit", "Check whether the ledger adds up."),
    "accounts": ("tracer.cli.accounts_and_transfers", "List the accounts of a case."),
    "transfers": ("tracer.cli.accounts_and_transfers", "List the transfers of a case."),
    "labels": ("tracer.cli.labels", "Show who each address is, and who says so; add labels."),
    "evidence": ("tracer.cli.evidence", "Show the off-chain evidence, and compare published claims with the trace."),
    "prices": ("tracer.cli.prices", "Show what the thefts and the endpoints were worth."),
    "rules": ("tracer.cli.rules", "Show where the trail of the stolen value ends, under each rule."),
    "explain": ("tracer.cli.explain", "Show what a case says about one address."),
    "bounds": ("tracer.cli.bounds", "Compute the least and the most that can be at each endpoint (floor and ceiling)."),
    "view": ("tracer.cli.view", "Open the page of a case in your browser, with buttons to work on it."),
    "rests": ("tracer.cli.rests", "Take each assumption away in turn, and show what changes."),
    "path": ("tracer.cli.path", "Find the strongest paths of the money from one address to another."),
    "export": ("tracer.cli.export", "Write the tables from which verify.py recomputes a case."),
    "bundle": ("tracer.cli.bundle", "Write the evidence package of a case; sign it and have it time-stamped."),
    "key": ("tracer.cli.bundle", "Make a key that signs evidence packages."),
    "verify": ("tracer.cli.verify", "Check an evidence package, or recompute an exported case to the unit."),
    "report": ("tracer.cli.report", "Write the report: the answer, its proof, and what speaks against it."),
    "freeze": ("tracer.cli.freeze", "Write a list for each service of the deposits to freeze."),
    "declare": ("tracer.cli.declare", "Declare the rule of a case, with the reason."),
    "log": ("tracer.cli.log", "Show what was done to a case, and check the audit log."),
    "compare": ("tracer.cli.compare", "Show which figures changed between two results, or where two sources differ, and why."),
    "check": ("tracer.cli.check", "Check another expert's schedule, line by line, against a case."),
    "stoppable": ("tracer.cli.stoppable", "List where stolen value was last seen, and who may be able to stop it."),
    "store": ("tracer.cli.store_and_query", "Load a case into a graph store."),
    "query": ("tracer.cli.store_and_query", "Query the graph of a case."),
    "watch": ("tracer.cli.watch", "Follow the newest blocks, and alert when traced value moves."),
    "validate": ("tracer.cli.validate", "Compare rules and tags with labelled data."),
    "challenge": ("tracer.cli.challenge", "Score tags and rules on a sealed challenge."),
    "list": ("tracer.cli.show", "List the rules, tags, queries or chains."),
    "show": ("tracer.cli.show", "Describe one rule, tag, query or chain."),
    "demo": ("tracer.cli.demo", "Trace the three cases that come with tracer."),
}
"""Each command, the module it is in and its line of help: nothing is imported before it is needed."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), f"{cmd_name}_command")
        if any(parameter.name == "folder" and parameter.metavar == FOLDER for parameter in command.params):
            command.epilog = f"{FOLDER} is the case folder that tracer trace has made."
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--version", "asked", is_flag=True, help="Show the version and exit; with --json also the versions of the libraries it uses.")
@click.option("--json", "as_json", is_flag=True, hidden=True)
@click.pass_context
def tracer(ctx: click.Context, asked: bool, as_json: bool) -> None:
    """Given a drained wallet, tracer says where the stolen money went, what that rests on and how far it depends on the tracing
    rule, and gives the proof.

    Exit codes: 0 done; 1 something you can correct (one line says what); 2 the numbers do not add up.
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
