"""An evidence package made of a case, and what is added to one later: a signature, a token of time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.bundle.bagit_archive import TAG_MANIFEST, archived, bagged, files_of, with_later
from tracer.bundle.contents import contents_of, readme_of
from tracer.bundle.masked_or_redacted import Leaving
from tracer.errors import InputError
from tracer.verify_package import TOKEN

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

PACKAGE = "the package"
"""What a token of a package says was there."""


def bundled(case: CaseFolder, notes: Path | None = None, *, unmasked: bool = False, shown: CaseFolder | None = None) -> bytes:
    """The package of a case: the same case folder gives the same bytes. `shown`: the case without its third parties, if they stay out.

    Raises StoreError as `contents_of` does.
    """
    contents = contents_of(Leaving(case, shown or case, unmasked=unmasked), notes)
    return archived(case.question.name, bagged(contents.payload, contents.info, readme_of(contents)))


def manifest_in(package: Path) -> bytes:
    """The manifest of manifests of a package: what is signed and stamped."""
    _, files = files_of(package)
    try:
        return files[TAG_MANIFEST]
    except KeyError:
        raise InputError(f"{package}: is no evidence package: it has no {TAG_MANIFEST}") from None


def signed_package(package: Path, key: Path, ask: Callable[[], str]) -> tuple[bytes, str]:
    """The package with a signature, and the fingerprint of the key."""
    from tracer.bundle.keys_that_sign import fingerprint, read_key, signed

    private = read_key(key, ask)
    return with_later(package, signed(private, manifest_in(package))), fingerprint(private)


def stamped_package(package: Path, token: Path) -> tuple[bytes, str]:
    """The package with a token of time that is its own, and what the token says. Raises InputError."""
    from tracer.casefolder.trusted_time_tokens import stamped

    try:
        content = token.read_bytes()
        said = stamped(content, manifest_in(package), None).said(PACKAGE)
    except OSError as error:
        raise InputError(f"{token}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(f"{token}: {error}: ask for one with --timestamp-request") from error
    return with_later(package, {TOKEN: content}), said
