"""Whose whole history a table holds: what is left in an account is unspent only where a source claims that all its payments are there."""

from __future__ import annotations

import sys
from subprocess import run

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import CaseError, InputError
from tracer.ingest.ledger_of_sources import read_ledger

VERIFY = ROOT / "tracer" / "verify.py"

HEAD = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 0\n'
THEFT = '[[thefts]]\ntransfer = "t1"\n[trace]\nprimary = "fifo"\nreason = "r"\n'
COLUMNS = "height,tx_hash,sender,recipient,amount,fee\n"

WALLY = COLUMNS + "1,t1,vera,wally,100,1\n2,t2,wally,yuri,60,1\n"
YURI = COLUMNS + "2,t2,wally,yuri,60,1\n3,t3,yuri,zoe,50,1\n"
NEIGHBOURS = COLUMNS + "1,t1,vera,wally,100,1\n2,t2,wally,yuri,60,1\n2,t4,bo,cy,5,1\n3,t3,yuri,zoe,50,1\n"


def case_of(folder, tables, keys=""):
    """A case of these tables, a source each."""
    sources = ""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
        sources += f'[[sources]]\nkind = "table"\npath = "{name}.csv"\n{keys}\n'
    return CaseFile.parse(HEAD + sources + THEFT, folder / "case.toml")


def ends(folder, case):
    case.path.write_text(case.text)
    tracer.trace(CaseFile.load(case.path), folder / "out")
    found = CaseFolder.open(folder / "out")
    return found, {f"{each.address} {each.reason}": set(each.amounts.values()) for each in found.trace.endpoints}


def coverage(ledger):
    return {account.address: account.coverage for account in ledger.accounts}


def test_an_account_that_pays_in_a_table_that_claims_nothing_is_read_in_part(tmp_path):
    ledger = read_ledger(case_of(tmp_path, {"t": NEIGHBOURS}))
    assert coverage(ledger) == dict.fromkeys(("vera", "wally", "yuri", "bo"), "partial") | {"cy": "boundary", "zoe": "boundary"}


def test_what_is_left_in_an_account_read_in_part_is_not_fetched(tmp_path):
    _, found = ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}))
    assert found == {"wally not_fetched": {39}, "yuri not_fetched": {9}, "zoe not_fetched": {50}}


def test_what_is_left_in_an_account_is_unspent_where_the_case_file_calls_it_whole(tmp_path):
    _, found = ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}, 'whole = ["wally"]'))
    assert found == {"wally unspent": {39}, "yuri not_fetched": {9}, "zoe not_fetched": {50}}


def test_a_table_that_holds_all_rows_of_all_its_accounts_says_so(tmp_path):
    _, found = ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}, 'whole = "all"'))
    assert found == {"wally unspent": {39}, "yuri unspent": {9}, "zoe unspent": {50}}


def test_a_table_of_one_wallet_is_its_whole_export_and_the_coverage_says_so(tmp_path):
    case, found = ends(tmp_path, case_of(tmp_path, {"w": WALLY}))
    assert found == {"wally unspent": {39}, "yuri not_fetched": {60}}
    assert coverage(case.ledger) == {"vera": "partial", "wally": "full", "yuri": "boundary"}
    assert any("w.csv: wally stands in every row" in sentence for sentence in case.flow.about.coverage)


def test_no_table_is_taken_for_an_export_where_the_case_file_says_that_none_is_whole(tmp_path):
    assert coverage(read_ledger(case_of(tmp_path, {"w": WALLY}, "whole = []")))["wally"] == "partial"


def test_a_single_payment_is_nobodys_export(tmp_path):
    ledger = read_ledger(case_of(tmp_path, {"w": COLUMNS + "1,t1,vera,wally,100,1\n"}))
    assert coverage(ledger) == {"vera": "partial", "wally": "boundary"}
    assert not ledger.notes


def test_an_account_that_one_source_has_whole_is_whole(tmp_path):
    ledger = read_ledger(case_of(tmp_path, {"w": WALLY, "more": NEIGHBOURS}))
    assert coverage(ledger)["wally"] == "full"


def test_whole_of_an_address_that_stands_in_no_row_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"t\.csv: whole names walli, which stands in no row: check the address"):
        read_ledger(case_of(tmp_path, {"t": NEIGHBOURS}, 'whole = ["walli"]'))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('whole = "al"', r"sources\.whole = 'al' is none of all: did you mean all\?"),
        ('whole = "all"\ncoverage = "boundary"', r":8: whole names accounts whose history is whole, and coverage"),
        ("whole = [1]", r":8: sources\.whole = 1 does not fit: write text in quotes"),
    ],
)
def test_whole_that_says_nothing_clear_is_refused(tmp_path, keys, said):
    with pytest.raises(CaseError, match=said):
        case_of(tmp_path, {"t": NEIGHBOURS}, keys)


def test_the_audit_counts_accounts_read_in_part_apart(tmp_path):
    case, _ = ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}, 'whole = ["wally"]'))
    assert (case.audit.full, case.audit.partial, case.audit.boundary) == (1, 3, 2)
    assert case.flow.about.coverage[0].startswith(
        "The whole history of 1 account was read. The history of 3 accounts was read only in part: "
    )


def test_an_account_read_in_part_is_followed_and_absorbs_nothing(tmp_path, tracer_cli):
    ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}))
    code, out, _ = tracer_cli("explain", tmp_path / "out", "yuri")
    assert code == 0
    assert "some of its payments were read, and no source claims that they are all" in out


def test_the_rival_check_recomputes_a_case_with_accounts_read_in_part(tmp_path, tracer_cli):
    ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}, 'whole = ["wally"]'))
    assert tracer_cli("export", tmp_path / "out", "-o", tmp_path / "export")[0] == 0
    checked = run([sys.executable, VERIFY, str(tmp_path / "export")], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout.partition(": ")[2][:34]) == (0, "all are as recomputed, to the unit")


def test_the_rival_check_recomputes_files_of_which_one_has_no_heights(tmp_path, tracer_cli):
    by_block = "height,time,tx_hash,sender,recipient,amount\n1,2021-01-01T00:00:00Z,t1,vera,wally,100\n"
    by_time = "time,tx_hash,sender,recipient,amount\n2021-01-01T00:01:00Z,t2,wally,yuri,60\n2021-01-01T00:02:00Z,t3,yuri,zoe,50\n"
    _, found = ends(tmp_path, case_of(tmp_path, {"b": by_block, "t": by_time}))
    assert found == {"wally not_fetched": {40}, "yuri unspent": {10}, "zoe not_fetched": {50}}
    tracer_cli("export", tmp_path / "out", "-o", tmp_path / "export")
    assert run([sys.executable, VERIFY, str(tmp_path / "export")], capture_output=True, check=False).returncode == 0


def test_the_rival_check_sees_that_a_partial_rest_is_called_unspent(tmp_path, tracer_cli):
    ends(tmp_path, case_of(tmp_path, {"t": NEIGHBOURS}))
    tracer_cli("export", tmp_path / "out", "-o", tmp_path / "export")
    rules = tmp_path / "export" / "rules.csv"
    rules.write_text(rules.read_text().replace("wally,not_fetched", "wally,unspent"))
    checked = run([sys.executable, VERIFY, str(tmp_path / "export")], capture_output=True, text=True, check=False)
    assert checked.returncode == 2
    assert "rules.csv: has no line for theft 1 at 'wally', not_fetched" in checked.stdout


def test_column_files_keep_what_the_table_claims(tmp_path, tracer_cli):
    case = case_of(tmp_path, {"w": WALLY})
    case.path.write_text(case.text)
    assert tracer_cli("columns", case.path, "-o", tmp_path / "files")[0] == 0
    columns = HEAD + '[[sources]]\nkind = "columns"\npath = "files"\n' + THEFT
    _, found = ends(tmp_path, CaseFile.parse(columns, tmp_path / "columns.toml"))
    assert found == {"wally unspent": {39}, "yuri not_fetched": {60}}


def test_an_export_that_lacks_a_payment_that_another_file_has_is_not_whole(tmp_path):
    yuri = YURI + "4,t5,wally,yuri,7,1\n"
    case, found = ends(tmp_path, case_of(tmp_path, {"w": WALLY, "y": yuri}))
    assert coverage(case.ledger)["wally"] == "partial"
    assert "Another source has payments of wally that its own export lacks: it was read in part." in case.ledger.notes
    assert found == {"wally not_fetched": {31}, "yuri unspent": {16}, "zoe not_fetched": {50}}


def test_a_wallet_may_have_two_exports_that_hold_different_payments(tmp_path):
    more = COLUMNS + "5,t6,wally,ann,7,0\n6,t7,wally,bo,7,0\n"
    assert coverage(read_ledger(case_of(tmp_path, {"w": WALLY, "more": more})))["wally"] == "full"
