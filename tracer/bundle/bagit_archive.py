"""A bag (RFC 8493) in a zip archive: the same files give the same bytes, on any machine.

Nothing is compressed: what is large is compressed already, and what a compressor makes of the rest differs from one version to the next.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tracer.errors import InputError
from tracer.verify_package import LATER, MOST_FILES, files_in, unpacked

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment that an archive can state: when a package was made, its log says


def bagged(payload: Mapping[str, bytes], info: Mapping[str, str], readme: str) -> dict[str, bytes]:
    """The files of a bag: the payload under data/, what describes it, and the manifests."""
    files = {f"data/{name}": content for name, content in payload.items()}
    octets = f"{sum(map(len, files.values()))}.{len(files)}"
    described = {**info, "Payload-Oxum": octets}
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {' '.join(value.split())}\n" for name, value in described.items()).encode(),
        "README.txt": readme.encode(),
        MANIFEST: _manifest(files),
    }
    return {**tags, TAG_MANIFEST: _manifest(tags), **files}


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def archived(root: str, files: Mapping[str, bytes]) -> bytes:
    """The files as a zip archive that holds one folder."""
    if len(files) > MOST_FILES:
        raise InputError(f"a package of {len(files):,} files would be refused by whoever checks it: {MOST_FILES:,} is the most")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{root}/{name}", BEGINNING)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return content.getvalue()


def files_of(package: Path) -> tuple[str, dict[str, bytes]]:
    """The name of a package's folder, and its files. Raises NoPackage as `unpacked` does."""
    with TemporaryDirectory() as place:
        root = unpacked(package, Path(place))
        return root.name, {name: path.read_bytes() for name, path in files_in(root).items()}


def with_later(package: Path, later: Mapping[str, bytes]) -> bytes:
    """A package with a signature or a token beside what it had; what they are made of stays as it is."""
    assert later.keys() <= LATER
    root, files = files_of(package)
    return archived(root, {**files, **later})
