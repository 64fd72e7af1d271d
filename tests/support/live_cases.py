"""A case that reads a simulated node, and what it should come to."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import REHEARSAL
from support.nis_server import NisServer

import tracer
from tracer.casefile import CaseFile

RECORDING = REHEARSAL / "recording.jsonl.gz"
FAST = 0.0005
"""Patience of the tests: all waiting for nodes, scaled."""

THEFT = "2018-01-25T12:00:00Z"
VICTIM = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"
T0 = "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN"


class LiveCase:
    """A folder with a case file on nodes; `trace` runs it and gives the folder."""

    def __init__(self, place: Path, max_accounts: int) -> None:
        self.place, self.max_accounts = place, max_accounts
        self.out = place / "out"
        shutil.copy(REHEARSAL / "labels.yaml", place)

    def write(self, *urls: str) -> CaseFile:
        """A smaller question than the rehearsal's: the three largest thefts, the accounts that matter most."""
        named = "".join(f'"{url}",' for url in urls)
        (self.place / "case.toml").write_text(
            f'name = "live"\nchain = "nem"\nasset = "xem"\n[[sources]]\nkind = "node"\nurls = [{named}]\nrate = 50\n'
            f'[[thefts]]\nwallet = "{VICTIM}"\nto = ["{T0}"]\nfrom = {THEFT}\n'
            '[trace]\nprimary = "fifo"\nreason = "test"\n[labels]\nfiles = ["labels.yaml"]\n'
            f'[stops]\ncategories = ["exchange", "service", "payment_processor"]\ndust = 1_000_000\nmax_accounts = {self.max_accounts}\n'
        )
        return CaseFile.load(self.place / "case.toml")

    def trace(self, *nodes: NisServer, accepted=None, **options):
        question = self.write(*(node.url for node in nodes)).with_options({"accepted": accepted})
        return tracer.trace(question, self.out, patience=FAST, **options)
