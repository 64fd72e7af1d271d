"""Addresses, services and amounts are named alike by every command that takes one."""

from __future__ import annotations

import json

import pytest

X1 = "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL"


def chosen(tracer_cli, folder, *options):
    code, out, err = tracer_cli("transfers", folder, *options, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.parametrize("name", [X1, "TB7W", "tb7w", "TB7WR5-NFMZL2-GWX6ZZ-XOBV6B-FOV5RP-SRPXCN-MLGL"])
def test_transfers_takes_an_address_however_explain_takes_it(tracer_cli, rehearsal_dir, name):
    found = chosen(tracer_cli, rehearsal_dir, "--address", name)
    assert len(found) == 59
    assert all(X1 in (t["sender"], t["recipient"]) for t in found)
    assert tracer_cli("explain", rehearsal_dir, name)[0] == 0


@pytest.mark.parametrize("name", ["exchange2", "EXCHANGE2", "Exchange2"])
def test_a_service_is_found_in_any_capitals(tracer_cli, rehearsal_dir, name):
    assert chosen(tracer_cli, rehearsal_dir, "--service", name) == chosen(tracer_cli, rehearsal_dir, "--service", "exchange2") != []
    assert tracer_cli("explain", rehearsal_dir, name)[0] == 0


@pytest.mark.parametrize(("least", "units"), [("2000000", 2 * 10**12), ("0.000001", 1), ("1.5", 1_500_000)])
def test_a_least_amount_is_in_whole_coins(tracer_cli, rehearsal_dir, least, units):
    everything = chosen(tracer_cli, rehearsal_dir)
    assert chosen(tracer_cli, rehearsal_dir, "--min", least) == [t for t in everything if int(t["amount"]) >= units]


@pytest.mark.parametrize("least", ["1e6", "-1", "0.0000001", "1,000", "much"])
def test_a_least_amount_that_is_none_is_refused(tracer_cli, rehearsal_dir, least):
    code, out, err = tracer_cli("transfers", rehearsal_dir, "--min", least)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"--min {least}" in err


def test_a_tagpack_is_not_printed_as_json(tracer_cli, rehearsal_dir):
    code, out, err = tracer_cli("labels", rehearsal_dir, "--tagpack", "--json")
    assert (code, out) == (1, "")
    assert "--tagpack prints YAML" in err


def test_the_page_of_a_rule_is_there_as_json(tracer_cli):
    _, out, _ = tracer_cli("show", "fifo", "--json")
    (page,) = json.loads(out)
    assert (page["kind"], page["name"]) == ("rules", "fifo")
    assert "First in, first out" in page["page"]


def test_where_a_page_was_drawn_is_there_as_json(tracer_cli, rehearsal_dir, tmp_path):
    _, out, _ = tracer_cli("render", rehearsal_dir, "-o", tmp_path / "page.html", "--json")
    assert json.loads(out) == {"file": str(tmp_path / "page.html"), "flows_not_drawn": 0}
