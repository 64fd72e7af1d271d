"""How deep a row lay that the chain could still rewrite, wherever rows are listed."""

from __future__ import annotations

import json


def test_transfers_say_how_deep_a_provisional_row_lies(rehearsal_dir, rehearsal, tracer_cli):
    _, out, _ = tracer_cli("transfers", rehearsal_dir, "--all", "--json")
    said = {row["row"]: (row["provisional"], row["confirmations"]) for row in json.loads(out)}
    tip = rehearsal.ledger.tip
    near = {t.row: (True, f"{tip - t.height} of 360") for t in rehearsal.ledger if tip - t.height < 360}
    assert near
    assert said == dict.fromkeys(said, (False, None)) | near


def test_the_table_of_transfers_has_the_column_only_where_a_row_is_provisional(rehearsal_dir, rehearsal, tracer_cli):
    first = rehearsal.ledger.transfer(0)
    deep = next(t for t in rehearsal.ledger if not rehearsal.ledger.provisional(t.row))
    assert first == deep
    _, everything, _ = tracer_cli("transfers", rehearsal_dir, "--all")
    assert "confirmations" in everything
    assert "of 360" in everything
    _, early, _ = tracer_cli("transfers", rehearsal_dir)
    assert "confirmations" not in early


def test_explain_says_how_deep_a_provisional_hop_lies(rehearsal_dir, rehearsal, tracer_cli):
    near = next(t for t in map(rehearsal.ledger.transfer, sorted(rehearsal.trace.carrying)) if rehearsal.ledger.provisional(t.row))
    depth = rehearsal.ledger.confirmations(near.row)
    _, out, _ = tracer_cli("explain", rehearsal_dir, near.sender, "--json")
    assert {hop["row"]: hop["confirmations"] for hop in json.loads(out)["leaving"]}[near.row] == depth
    _, out, _ = tracer_cli("explain", rehearsal_dir, near.sender, "--top", 100)
    assert depth in out
