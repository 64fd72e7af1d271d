"""Evidence of time from outside: a request for a time stamp (RFC 3161), and the token that an authority answers. No network is used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import InputError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse


def request_for(manifest: bytes) -> bytes:
    """A request for a time stamp on the manifest of manifests, to be sent to any authority (content type application/timestamp-query).

    It has no nonce: the same package gives the same request.
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError as error:
        raise InputError(missing_extra("bundle", "a time stamp")) from error
    builder = TimestampRequestBuilder().data(manifest).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=False)
    return builder.cert_request(cert_request=True).build().as_bytes()


def token_said(token: bytes, manifest: bytes, root: Path | None) -> str:
    """What a token proves of a package, as a sentence; `root` is the authority's root certificate (PEM), from the authority itself.

    Raises ValueError where the token is of something else, is no token, or was not made under `root`.
    """
    answer = _decoded(token)
    info = answer.tst_info
    if info.message_imprint.message != hashlib.sha256(manifest).digest():
        raise ValueError("is the time stamp of something else")
    when = f"{info.gen_time:%Y-%m-%dT%H:%M:%SZ}"
    if root is None:
        return f"Time: a token says that the package was there at {when}. Who says so was not checked: name the root with --timestamp-root."
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
        builder.build().verify(answer, hashlib.sha256(manifest).digest())
    except VerificationError as error:
        raise ValueError(f"was not made under {root.name} ({error})") from error
    return f"Time: the package was there at {when}, says an authority under {root.name} (serial {info.serial_number})."


def _decoded(token: bytes) -> TimeStampResponse:
    try:
        from rfc3161_client import decode_timestamp_response
    except ImportError as error:
        raise InputError(missing_extra("bundle", "a time stamp")) from error
    try:
        return decode_timestamp_response(token)
    except (ValueError, TypeError) as error:
        raise ValueError(f"is no answer of a time stamp authority ({error})") from error
