"""A dialect may come from another distribution, under a name that is not ours; the manifest says whose it is."""

from __future__ import annotations

import pytest
from support.distributions import install

import tracer
from tracer.casefile import CaseFile
from tracer.errors import CaseError, InputError

CASE = """name = "peas"
chain = "table"
asset = "pea"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
dialect = "{dialect}"
whole = "all"
[[thefts]]
transfer = "r1"
"""


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """A distribution that brings a dialect, as pip would have installed it."""
    entry_points = (
        "[tracer.dialects]\npea_bank = support.fake_dialect:PEA_BANK\nsolscan = support.fake_dialect:PEA_BANK\n"
        "broken = support.fake_dialect:NOTHING\nwrong = support.fake_dialect:Dialect\n"
    )
    monkeypatch.syspath_prepend(install(tmp_path / "site", "pea-bank", "0.3", entry_points))


def case(folder, dialect):
    (folder / "t.csv").write_text("day,receipt,payer,payee,peas\n1,r1,ann,bob,9\n2,r2,bob,cat,4\n")
    (folder / "case.toml").write_text(CASE.format(dialect=dialect))
    return CaseFile.load(folder / "case.toml")


def test_a_dialect_of_another_distribution_is_read_and_the_manifest_names_it(tmp_path):
    done = tracer.trace(case(tmp_path, "pea_bank"), tmp_path / "out")
    assert {(end.address, end.amounts["fifo"]) for end in done.trace.endpoints} == {("bob", 5), ("cat", 4)}
    assert done.manifest["dialect pea_bank"] == {"distribution": "pea-bank", "version": "0.3"}


def test_no_distribution_takes_the_place_of_a_dialect_of_ours(tmp_path):
    with pytest.raises(InputError, match=r"no sender \(column .From.\)"):
        tracer.trace(case(tmp_path, "solscan"), tmp_path / "out")


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("broken", "dialect 'broken': support.fake_dialect:NOTHING cannot be imported"),
        ("wrong", "dialect 'wrong': support.fake_dialect:Dialect is a type and no tracer.ingest.table.dialects.dialect.Dialect"),
    ],
)
def test_what_is_no_dialect_is_refused_by_name(tmp_path, dialect, said):
    with pytest.raises(InputError, match=said):
        tracer.trace(case(tmp_path, dialect), tmp_path / "out")


def test_a_dialect_that_nobody_brings_is_unknown(tmp_path):
    with pytest.raises(CaseError, match="dialect = 'bean_bank' is none that is known"):
        tracer.trace(case(tmp_path, "bean_bank"), tmp_path / "out")
