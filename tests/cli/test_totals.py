"""Two totals that disagree stand beside the sentence that says why."""

from __future__ import annotations

import pytest

import tracer
from tracer.casefile import CaseFile

CASE = """
name = "till"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
[[thefts]]
transfer = "t1"
[[thefts]]
transfer = "t2"
[trace]
rules = ["fifo"]
[prices]
file = "eur.csv"
"""
TWICE = (
    "The thefts come to 160 coin together. An earlier theft had already stolen part of that (fifo 60): "
    "that money was stolen twice, and is counted once."
)


@pytest.fixture
def case(tmp_path):
    """Anna is drained of 100 by bert, and bert of some of it by carl, or anna again by carl."""

    def of(second):
        rows = f"1,2021-01-01T00:00:00Z,t1,anna,bert,100\n2,2021-01-02T00:00:00Z,t2,{second},carl,60\n"
        (tmp_path / "t.csv").write_text("height,time,tx_hash,sender,recipient,amount\n" + rows)
        (tmp_path / "eur.csv").write_text("time,price,source\n2020-12-31T00:00:00Z,2,a bank\n")
        (tmp_path / "case.toml").write_text(CASE)
        tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
        return tmp_path / "out"

    return of


@pytest.mark.parametrize("command", ["rules", "prices"])
def test_money_that_is_stolen_twice_is_said_beside_the_totals(case, tracer_cli, command):
    _, out, _ = tracer_cli(command, case("bert"))
    assert TWICE in out.splitlines()


@pytest.mark.parametrize("command", ["rules", "prices"])
def test_totals_that_agree_need_no_sentence(case, tracer_cli, command):
    _, out, _ = tracer_cli(command, case("anna"))
    assert "twice" not in out
