"""The case of Vic, drained by Mal on a chain of six blocks, with bounds, as a package; and a signed one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT
from support.bare_python import bare_python
from support.small_chain import SmallChain

import tracer
from tracer.bundle.keys_that_sign import new_key
from tracer.bundle.package import bundled, signed_package
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act, append
from tracer.pipeline.bounds import bounded

CHECKER = ROOT / "tracer" / "verify_package.py"


class Packed(NamedTuple):
    """A case, its package, the chain it is of; the fingerprint of who signed it."""

    case: CaseFolder
    package: Path
    chain: SmallChain
    fingerprint: str = ""


def made(place, chain, change=lambda text: text, pack=lambda text: text):
    """A case of this chain, traced with bounds and packed; `change` and `pack` alter its case file and its labels before."""
    file = chain.write(place / "case")
    file.write_text(change(file.read_text()))
    labels = place / "case" / "labels.yaml"
    labels.write_text(pack(labels.read_text()))
    case = bounded(tracer.trace(CaseFile.load(file), place / "out", by="Ida"), 10, tracer.model.quiet, "Ida")
    append(case.folder, act("freeze", "Ida"))
    case = CaseFolder.open(case.folder)
    (place / "small.zip").write_bytes(bundled(case))
    return Packed(case, place / "small.zip", chain)


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    return made(tmp_path_factory.mktemp("honest"), SmallChain())


@pytest.fixture(scope="session")
def signed(honest, tmp_path_factory):
    place = tmp_path_factory.mktemp("signed")
    new_key(place / "ida.key", "secret")
    content, fingerprint = signed_package(honest.package, place / "ida.key", lambda: "secret")
    (place / "signed.zip").write_bytes(content)
    return honest._replace(package=place / "signed.zip", fingerprint=fingerprint)


@pytest.fixture(scope="session")
def checked():
    """Checks a package with a bare Python: exit code, and what it says."""

    def run(package, *options):
        done = bare_python(CHECKER, package, *map(str, options))
        return done.returncode, done.stdout + done.stderr

    return run
