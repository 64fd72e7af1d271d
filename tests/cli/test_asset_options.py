"""`--asset` and `--answer`: tables of another asset than the first, and of what is substituted."""

from __future__ import annotations

import csv
import json


def test_where_an_asset_is_adds_up_to_what_was_got_for_stolen_value(tracer_cli, swaps):
    code, out, _ = tracer_cli("rules", swaps.folder, "--asset", "Dollar", "--json")
    said = json.loads(out)
    assert (code, said["asset"]["decimals"], said["answer"]) == (0, 6, "substituted")
    for rule in swaps.outcome.rules:
        went = sum(int(end[rule]) for end in said["endpoints"]) + sum(int(said[name][rule]) for name in ("fees", "converted_out"))
        assert went == int(said["converted_in"][rule]) > 0


def test_the_table_of_an_answer_closes_with_what_was_stolen(tracer_cli, swaps):
    _, out, _ = tracer_cli("rules", swaps.folder, "--answer", "followed")
    assert out.startswith("eth. Followed: ")
    assert "stolen      " in out.splitlines()[-3]


def test_rows_of_an_asset_carry_what_the_second_answer_says_of_them(tracer_cli, swaps):
    _, out, _ = tracer_cli("transfers", swaps.folder, "--asset", "2", "--csv")
    rows = list(csv.DictReader(out.splitlines()))
    dollar = swaps.of_asset(2)
    assert [int(row["row"]) for row in rows] == [t.row for t in dollar.rows]
    assert sum(int(row["fifo"]) for row in rows) == sum(hop.amount for hop in dollar.hops("substituted", "fifo"))


def test_accounts_of_an_asset_are_those_that_have_it(tracer_cli, swaps):
    _, out, _ = tracer_cli("accounts", swaps.folder, "--asset", "grain", "--json")
    accounts = {account["address"]: account for account in json.loads(out)}
    held = {a.address: str(units) for a, units in zip(swaps.whole.accounts, swaps.whole.balances, strict=True) if a.asset == 3}
    assert {address: account["balance"] for address, account in accounts.items()} == held


def test_an_asset_that_the_case_does_not_count_is_refused(tracer_cli, swaps, rehearsal_dir):
    mistyped, of_one = tracer_cli("rules", swaps.folder, "--asset", "dolar"), tracer_cli("rules", rehearsal_dir, "--answer", "followed")
    assert mistyped[::2] == (1, "tracer: --asset dolar: the case does not count it: did you mean dollar?\n")
    assert of_one[::2] == (1, f"tracer: {rehearsal_dir}: counts one asset, so --asset and --answer say nothing of it\n")
