"""`tracer bundle` and `tracer key`: the evidence package, and keys that sign it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from tracer.cli.issued_files_log import issued
from tracer.cli.options import as_it_leaves, as_json, as_name, opened, redact, timestamp_request, timestamp_token
from tracer.cli.output import print_json, say, warn
from tracer.errors import InputError

PASSPHRASE = "TRACER_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable


@click.command("bundle")
@click.argument("what", metavar="DIR|FILE.zip", type=click.Path(path_type=Path))
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="The package to write.")
@click.option(
    "--sign", "key", metavar="KEY", type=click.Path(path_type=Path), help='Sign with this key; the command "tracer key new" makes one.'
)
@click.option(
    "--with-notes",
    "notes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Add this file of annotations, saved from the page, to the package.",
)
@redact
@click.option(
    "--unmasked",
    is_flag=True,
    help="In the case file, do not mask IP addresses, e-mail addresses or evidence from outside the chain.",
)
@timestamp_request
@timestamp_token("Add the time stamp that the authority sent back.")
@as_name
@as_json
def bundle_command(
    what: Path,
    target: Path,
    key: Path | None,
    notes: Path | None,
    redact: str | None,
    unmasked: bool,
    request: Path | None,
    token: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Write the evidence package of a case: one file that anyone can check with tracer verify or (except its time stamp) with plain Python.

    The package holds the case file, its sources (recordings, labels, tables and others), the tables of the result, the floors and ceilings
    with their proofs (if computed), the page, the report (if written), the audit log, and the programs that check it. Its file sources.json
    says which sources are left out, and why: data sets, for example. Redacted, it holds no recordings, floors or ceilings. It is a zip file
    in the BagIt format (folders of files with their digests). To sign or time-stamp an existing package, name it instead of the folder. The
    command does not use the network: for a time stamp (RFC 3161) it writes a request (--timestamp-request), you send that to a
    time-stamping authority, and you add the reply (--timestamp-token).

    \b
    tracer bundle my-case -o my-case.zip --sign me.key --timestamp-request my-case.tsq
    tracer bundle my-case.zip -o my-case.zip --timestamp-token my-case.tsr
    """
    from tracer.bundle.package import bundled, manifest_in, signed_package, stamped_package
    from tracer.casefile.whole_and_exact_files import put_named
    from tracer.casefolder.trusted_time_tokens import request_for

    said, case = [], None
    if what.is_dir():
        case = opened(what)
        if redact and (notes is not None or unmasked):
            raise InputError("--redact goes neither with --with-notes nor with --unmasked: both may name third parties")
        put_named(target, bundled(case, notes, unmasked=unmasked, shown=as_it_leaves(case, redact)))
    elif not what.is_file():
        raise InputError(f"{what}: is neither a case folder nor a package")
    elif notes is not None or unmasked or redact:
        raise InputError(f"{what}: is a package already: --with-notes, --redact and --unmasked go with a case folder")
    else:
        manifest_in(what)
        put_named(target, what.read_bytes())
    if key is not None:
        content, fingerprint = signed_package(target, key, lambda: passphrase(f"passphrase of {key}", False))
        put_named(target, content)
        said.append(f"signed by the key with the fingerprint {fingerprint}: tell it to whoever gets the package, by another way")
    if token is not None:
        content, sentence = stamped_package(target, token)
        put_named(target, content)
        said.append(sentence)
    if request is not None:
        put_named(request, request_for(manifest_in(target)))
        said.append(f"{request}: a request for a time stamp; send it to an authority, and add the answer with --timestamp-token")
    if case is not None:
        issued(case, f"bundle{' --redact' * bool(redact)}", by, [target])
    if as_json:
        print_json({"package": str(target), "said": said})
        return
    for line in (str(target), *said):
        say(line)


@click.group("key")
def key_command() -> None:
    """Make a key that signs evidence packages."""


@key_command.command("new")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def new_key_command(path: Path) -> None:
    """Make an Ed25519 key that only you can read, locked by a passphrase: tracer asks for it, or takes it from TRACER_KEY_PASSPHRASE.

    The command prints the key's fingerprint. Give it to others over another channel, not together with the packages it signs.
    """
    from tracer.bundle.keys_that_sign import new_key

    chosen = passphrase(f"passphrase of {path}", True)
    if not chosen:
        warn(f"{path} has no passphrase: whoever reads the file can sign in your name")
    fingerprint = new_key(path, chosen)
    say(str(path))
    say(f"fingerprint {fingerprint}")


def passphrase(asked: str, twice: bool) -> str:
    """The passphrase, from the environment or asked for at the terminal. Raises InputError where there is none to ask at."""
    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE]
    if not sys.stdin.isatty():
        raise InputError(f"{asked}: there is no terminal to ask at: set {PASSPHRASE}")
    return str(click.prompt(asked, hide_input=True, confirmation_prompt=twice, default="", show_default=False, err=True))
