"""The `tracer` command: its list of commands, and errors as one line with an exit code.

Exit codes: 0 done, 1 the user can mend it (usage errors too), 2 the numbers do not add up.
"""

from __future__ import annotations

import sqlite3
import sys
from importlib import import_module

import click

from tracer import __version__
from tracer.cli.text import plain
from tracer.errors import TracerError

COMMANDS = {
    "trace": ("tracer.cli.trace", "Trace a case: from its sources to the picture."),
    "new": ("tracer.cli.new", "Write a case file for a wallet or for theft transactions."),
    "ingest": ("tracer.cli.stages", "Read the sources of a case again."),
    "render": ("tracer.cli.stages", "Draw the case again."),
    "audit": ("tracer.cli.audit", "Does the ledger add up?"),
    "accounts": ("tracer.cli.tables", "The accounts of a case."),
    "transfers": ("tracer.cli.tables", "The transfers of a case."),
    "labels": ("tracer.cli.labels", "Who an address is, according to whom; marks on chain; a TagPack."),
    "evidence": ("tracer.cli.evidence", "Evidence off the chain, and claims beside what was traced."),
    "prices": ("tracer.cli.prices", "What the thefts and the endpoints were worth."),
    "rules": ("tracer.cli.rules", "Where the stolen value is, under each rule."),
    "path": ("tracer.cli.path", "The strongest path in time from one address to another."),
    "watch": ("tracer.cli.watch", "Follow the tip, with an alert for every move of traced value."),
    "list": ("tracer.cli.show", "What there is: rules, chains."),
    "show": ("tracer.cli.show", "The page of a rule or chain."),
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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="tracer")
def tracer() -> None:
    """Given a drained wallet: where the stolen money went, how sure that is, and the proof.

    Exit codes: 0 done, 1 something you can mend (one line says what), 2 the numbers do not add up.
    """


def main() -> None:
    """Runs the command line and exits."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and gives its exit code; every failure is one line on stderr."""
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
        return _fail(f"case.db is damaged ({error}): trace the case again", 1)
    return result if isinstance(result, int) else 0


def _fail(message: str, code: int) -> int:
    click.echo(f"tracer: {plain(' '.join(message.split()))}", err=True)
    return code
