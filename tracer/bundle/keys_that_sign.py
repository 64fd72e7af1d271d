"""Keys that sign packages: Ed25519, in PEM, readable for their owner alone. All cryptography is `cryptography`'s."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import InputError, StoreError
from tracer.verify_package import SIGNATURE, SIGNER

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OWNER_ONLY = 0o600


def new_key(path: Path, passphrase: str) -> str:
    """Writes a new key that the passphrase locks ("" leaves it open), and gives its fingerprint. Raises StoreError."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase.encode())
    content = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError:
        raise StoreError(f"{path}: is there already, and a key is never written over: name another file") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error})") from error
    return fingerprint(key)


def read_key(path: Path, ask: Callable[[], str]) -> Ed25519PrivateKey:
    """The key in a file; `ask` gives the passphrase where it is locked. Raises InputError."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        content = path.read_bytes()
        if path.stat().st_mode & 0o077 and os.name == "posix":
            raise InputError(f"{path}: others than its owner can read it: chmod 600 {path}, and think whether to make a new one")
        locked = b"ENCRYPTED" in content
        key = serialization.load_pem_private_key(content, ask().encode() if locked else None)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}): make a key with tracer key new") from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: cannot be opened as a key: wrong passphrase, or no key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"{path}: is no Ed25519 key: make one with tracer key new")
    return key


def fingerprint(key: Ed25519PrivateKey) -> str:
    """SHA-256 of the public key in DER: what the signer tells others by another way than the package."""
    from cryptography.hazmat.primitives import serialization

    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def signed(key: Ed25519PrivateKey, manifest: bytes) -> dict[str, bytes]:
    """The files that a signature over the manifest of manifests adds to a package."""
    from cryptography.hazmat.primitives import serialization

    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {SIGNATURE: key.sign(manifest), SIGNER: public}
