"""Evidence of time from outside: a request for a time stamp (RFC 3161), and the token that an authority answers. No network is used."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.casefolder.log import Entry, act, append, read_log
from tracer.errors import InputError
from tracer.wording import missing_extra, utc

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

ACT, TOKEN = "timestamp", "token"
"""The act by which a log keeps a token, and where its entry has it, in base64."""


class Stamped(NamedTuple):
    """What a token proves: that something was there at `time`, in UNIX seconds. `root`: the file of certificates under which the authority
    that says so was found; None where that was not checked."""

    time: int
    serial: int
    root: str | None

    def said(self, what: str) -> str:
        """The sentence of it; `what` was there."""
        when = utc(self.time)
        if self.root is None:
            return f"Time: a token says that {what} was there at {when}. Who says so was not checked: name the root with --timestamp-root."
        return f"Time: {what} was there at {when}, says an authority under {self.root} (serial {self.serial})."


class LogToken(NamedTuple):
    """A token that a log keeps: `held` is the entry that has it, `of` the one that it was made of, None where the log has no such."""

    held: Entry
    of: Entry | None
    token: bytes

    def stamped(self, root: Path | None = None) -> Stamped:
        """What it proves. Raises ValueError where it is of no earlier entry of its log, or not what `stamped` asks for."""
        if self.of is None:
            raise ValueError("is the time stamp of no earlier entry of the log")
        return stamped(self.token, self.of.content(), root)

    def said(self, root: Path | None = None) -> str:
        """What it proves, as a sentence. Raises ValueError as `stamped` does."""
        found = self.stamped(root)
        assert self.of is not None
        return found.said(f"entry {self.of.number} of the log ({self.of.act})")


def request_for(content: bytes) -> bytes:
    """A request for a time stamp on some bytes, to be sent to any authority (content type application/timestamp-query).

    It has no nonce: the same bytes give the same request.
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError as error:
        raise InputError(missing_extra("bundle", "a time stamp")) from error
    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=False)
    return builder.cert_request(cert_request=True).build().as_bytes()


def stamped(token: bytes, content: bytes, root: Path | None) -> Stamped:
    """What a token proves of some bytes; `root` is the authority's root certificate (PEM), from the authority itself.

    Raises ValueError where the token is of something else, is no token, or was not made under `root`.
    """
    answer = _decoded(token)
    info, digest = answer.tst_info, hashlib.sha256(content).digest()
    if info.message_imprint.message != digest:
        raise ValueError("is the time stamp of something else")
    if root is not None:
        _require_root(answer, digest, root)
    return Stamped(int(info.gen_time.timestamp()), info.serial_number, None if root is None else root.name)


def _require_root(answer: TimeStampResponse, digest: bytes, root: Path) -> None:
    """Raises ValueError where the token was not made under `root`, InputError where that holds no certificates."""
    import cryptography.x509
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        certificates = cryptography.x509.load_pem_x509_certificates(root.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{root}: cannot be read as certificates in PEM ({error})") from error
    builder = VerifierBuilder()
    for certificate in certificates:
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify(answer, digest)
    except VerificationError as error:
        raise ValueError(f"was not made under {root.name} ({error})") from error


def _decoded(token: bytes) -> TimeStampResponse:
    try:
        from rfc3161_client import decode_timestamp_response
    except ImportError as error:
        raise InputError(missing_extra("bundle", "a time stamp")) from error
    try:
        return decode_timestamp_response(token)
    except (ValueError, TypeError) as error:
        raise ValueError(f"is no answer of a time stamp authority ({error})") from error


def request_of_head(folder: Path) -> bytes:
    """A request for a time stamp on the last entry of a folder's log, whose hash it holds. Raises InputError where there is no log."""
    entries = read_log(folder)
    if not entries:
        raise InputError(f"{folder}: has no log that could be given a time stamp: tracer trace begins one")
    return request_for(entries[-1].content())


def keep_token(folder: Path, file: Path, by: str | None) -> str:
    """Puts the token that an authority answered into the log, as an act of its own, and gives what it says.

    Raises InputError for a file that is no token, or one of no entry of this log; nothing is kept then.
    """
    entries = read_log(folder)
    try:
        token = file.read_bytes()
        imprint = _decoded(token).tst_info.message_imprint.message.hex()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(f"{file}: {error}: ask for one with --timestamp-request") from error
    of = next((entry for entry in entries if entry.hash == imprint), None)
    if of is None:
        raise InputError(f"{file}: is the time stamp of no entry of the log in {folder}: ask for one with --timestamp-request")
    text = base64.b64encode(token).decode("ascii")
    held = append(folder, act(ACT, by, of=of.number, stamped=of.hash, **{TOKEN: text}))
    return LogToken(held, of, token).said()


def tokens_in(entries: Sequence[Entry]) -> Iterator[LogToken]:
    """The tokens that a log keeps, in its order, each with the earlier entry that it says to be of."""
    for place, entry in enumerate(entries):
        if entry.act == ACT and TOKEN in entry.more:
            of = next((each for each in entries[:place] if each.hash == entry.more.get("stamped")), None)
            try:
                token = base64.b64decode(str(entry.more[TOKEN]), validate=True)
            except ValueError:
                token = b""
            yield LogToken(entry, of, token)
