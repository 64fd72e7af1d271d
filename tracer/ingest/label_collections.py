"""Public collections of labels, fetched once at a pinned commit, and read from disk ever after.

A git commit is the digest of all its files, and git checks it as it fetches: whoever serves the collection cannot change a byte of it.
What was taken is written beside it, with a digest of our own, so that a later change is seen without asking anybody.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tracer.did_you_mean import hint
from tracer.errors import InputError

SOURCE = "SOURCE.toml"
"""What a fetched collection says of itself."""

LICENCE = "LICENSE"
PATIENCE = 600  # seconds for a fetch
LARGEST = 256 << 20  # bytes of a collection


class Collection(NamedTuple):
    """A repository of TagPacks: `folder` is the part of it that is taken, with its licence; `licence` the line to quote.

    `mirrors`: where the same commit is looked for next. None of them can change a byte of it.
    """

    url: str
    commit: str
    folder: str
    licence: str
    mirrors: tuple[str, ...] = ()


COLLECTIONS = {
    "graphsense": Collection(
        url="https://github.com/graphsense/graphsense-tagpacks",
        commit="4c9d84a3e01b288bbc0151c8dcb8ae397260cfcd",
        folder="packs",
        licence="MIT License, Copyright (c) 2022 Iknaio Cryptoasset Analytics GmbH, (c) 2018-2022 AIT Austrian Institute of Technology",
    )
}
"""The collections that can be fetched, by name."""


class Fetched(NamedTuple):
    """A collection on disk: the folder of its packs, what its SOURCE.toml states, and whether it was downloaded just now."""

    packs: Path
    stated: Mapping[str, str]
    downloaded: bool


def fetched(name: str, into: Path, now: str, mirror: str = "") -> Fetched:
    """The collection of that name below `into`; downloaded if it is not there. `now` is noted as the time of the download (ISO 8601).

    `mirror`: where the pinned commit is looked for first, such as a clone of one's own.

    Raises InputError for an unknown name, where nothing can be downloaded, and for files that were changed since.
    """
    if name not in COLLECTIONS:
        raise InputError(f"no collection is called {name!r}: {hint(name, COLLECTIONS)}")
    wanted = COLLECTIONS[name]
    target = into / f"{name}-{wanted.commit[:7]}"
    if target.is_dir():
        return Fetched(target / wanted.folder, _as_it_was(target), downloaded=False)
    with TemporaryDirectory() as bare:
        url, archive, date = _from_one_of(tuple(filter(None, (mirror, wanted.url, *wanted.mirrors))), wanted, Path(bare))
    unfinished = target.with_name(f"{target.name}.partial")
    shutil.rmtree(unfinished, ignore_errors=True)
    _unpack(archive, unfinished)
    of_it = {"commit": wanted.commit, "folder": wanted.folder, "licence": wanted.licence}
    stated = {"url": url, **of_it, "date": date, "fetched": now, "sha256": _digest(unfinished)}
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in stated.items()]  # a JSON string is a TOML string
    (unfinished / SOURCE).write_text("".join(lines), encoding="utf-8")
    os.replace(unfinished, target)
    return Fetched(target / wanted.folder, stated, downloaded=True)


def _as_it_was(target: Path) -> Mapping[str, str]:
    """What SOURCE.toml states, if the files still are those."""
    try:
        stated: Mapping[str, str] = tomllib.loads((target / SOURCE).read_text(encoding="utf-8"))
        whole = stated["sha256"] == _digest(target)
    except (OSError, KeyError, ValueError):
        whole = False
    if not whole:
        raise InputError(f"{target}: is not as it was fetched: move it away, and the same command fetches it again")
    return stated


def _digest(folder: Path) -> str:
    """SHA-256 over the names and digests of all files but SOURCE.toml, in the order of their names."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in files if name != SOURCE)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _from_one_of(urls: Sequence[str], wanted: Collection, bare: Path) -> tuple[str, bytes, str]:
    """Which address served the commit, and what it served. Raises InputError naming what each of them said."""
    said = []
    for number, url in enumerate(urls):
        place = bare / str(number)
        place.mkdir()
        try:
            return url, *_archive(wanted._replace(url=url), place)
        except InputError as error:
            said.append(f"{url}: {error}")
    raise InputError(f"nothing was fetched: {'; '.join(said)}; name another address of it with --from")


def _archive(wanted: Collection, bare: Path) -> tuple[bytes, str]:
    """The part of the commit that is taken, as a tar file, and the day of the commit."""
    _git(bare, "init", "--quiet", "--bare")
    _git(bare, "-c", "transfer.fsckObjects=true", "fetch", "--quiet", "--depth=1", "--no-tags", "--", wanted.url, wanted.commit)
    date = _git(bare, "show", "--no-patch", "--format=%cI", wanted.commit).decode().strip()
    at_top = _git(bare, "ls-tree", "--name-only", wanted.commit).decode(errors="replace").splitlines()
    licences = [name for name in at_top if name.upper().startswith(LICENCE)]
    return _git(bare, "archive", "--format=tar", wanted.commit, wanted.folder, *licences), date


def _git(bare: Path, *arguments: str) -> bytes:
    """What git says, undisturbed by the settings of whoever runs it. Raises InputError with its last line."""
    if (git := shutil.which("git")) is None:
        raise InputError("git is not installed, and it is what fetches a collection and checks it: install it, or clone the packs yourself")
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "GIT_DIR": str(bare)}
    try:
        done = subprocess.run([git, *arguments], capture_output=True, env=os.environ | alone, timeout=PATIENCE)  # noqa: S603 - no shell
    except subprocess.TimeoutExpired as error:
        raise InputError(f"git {arguments[0]}: not done after {PATIENCE} s: try again") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise InputError(said[-1][:200])
    return done.stdout


def _unpack(archive: bytes, target: Path) -> None:
    """Writes the plain files of a tar file; links and what leads outside are left out."""
    if len(archive) > LARGEST:
        raise InputError(f"the collection is larger than {LARGEST >> 20} MB: fetch it yourself")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            path, content = PurePosixPath(member.name), tar.extractfile(member) if member.isfile() else None
            if content is not None and not path.is_absolute() and ".." not in path.parts:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content.read())
