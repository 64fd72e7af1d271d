"""The command line as its users meet it: what it prints, in which form, and how it fails."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys

import pytest
from conftest import REHEARSAL

VICTIM = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"
X1 = "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL"
RULES = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]


def test_help_lists_every_command(tracer_cli):
    code, out, _ = tracer_cli("--help")
    assert code == 0
    for name in ["trace", "audit", "labels", "evidence", "prices", "rules", "bounds", "explain", "path", "freeze", "verify", "demo"]:
        assert f"\n  {name} " in out


@pytest.mark.parametrize("arguments", [["nonsense"], ["trace"], ["rules"], ["trace", "--nonsense"], ["list", "people"], []])
def test_a_wrong_call_is_exit_1(tracer_cli, arguments):
    code, _, err = tracer_cli(*arguments)
    assert code == 1
    assert err


def test_the_demo_ends_with_summary_and_paths(tracer_cli, tmp_path):
    code, out, err = tracer_cli("demo", "-o", tmp_path / "out")
    assert (code, err) == (0, "")
    for made in ("out/case.html", "out/report.html", "out/first-hours.html", "out/freeze", "coincheck/report.html"):
        assert f"\n{tmp_path / made}\n" in out
        assert (tmp_path / made).exists()
    assert "no freeze list was written" in out  # of Coincheck, whose thefts are only reported
    for told in (
        "exchange1 (1 address)",
        "still held",
        "fees",
        "526,300,010",
        "fifo *",
        "\n* the declared rule\n",
        "The whole history of all 192 accounts was read",
        "Declared rule: fifo",
    ):
        assert told in out


def test_the_summary_adds_up(rehearsal):
    from tracer.cli.summary import summary_rows

    *parts, last = summary_rows(rehearsal, rehearsal.outcome)
    assert last.name == "stolen"
    assert {rule: sum(part.amounts[rule] for part in parts) for rule in last.amounts} == last.amounts


def test_a_service_with_the_name_of_a_reason_has_a_line_of_its_own(rehearsal):
    from tracer.cli.summary import summary_rows

    ends = [end._replace(service="still held") if end.service == "exchange1" else end for end in rehearsal.outcome.endpoints]
    lines = summary_rows(rehearsal, rehearsal.outcome._replace(endpoints=tuple(ends)))
    assert [line.name.partition(" (")[0] for line in lines].count("still held") == 2


def test_rules_as_json_has_every_rule_at_every_endpoint_and_adds_up(tracer_cli, rehearsal_dir):
    code, out, _ = tracer_cli("rules", rehearsal_dir, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["primary"] == "fifo"
    assert found["reason"].startswith("this is a rehearsal, for which no court has chosen a rule")
    assert found["thefts_total"] == "526300010000000"
    assert [theft["label"] for theft in found["thefts"]] == [f"theft {n}" for n in range(1, 12)]
    for rule in RULES:
        assert sum(int(e[rule]) for e in found["endpoints"]) + int(found["fees"][rule]) == int(found["stolen"][rule])
        assert sum(int(theft["stolen"][rule]) for theft in found["thefts"]) == int(found["stolen"][rule])
    assert {e["reason"] for e in found["endpoints"]} == {"service", "unspent", "dust"}
    assert all(e["least"] is None and e["most"] is None and e["basis"] == "chain" for e in found["endpoints"])


def test_audit_as_json(tracer_cli, rehearsal_dir):
    code, out, _ = tracer_cli("audit", rehearsal_dir, "--json")
    found = json.loads(out)
    assert code == 0
    assert {key: found[key] for key in ("adds_up", "accounts", "full", "boundary", "rows", "gaps")} == {
        "adds_up": True, "accounts": 192, "full": 192, "boundary": 0, "rows": 1289, "gaps": [],
    }  # fmt: skip


def test_accounts_as_json(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("accounts", rehearsal_dir, "--json")
    found = {account["address"]: account for account in json.loads(out)}
    assert len(found) == 192
    exchange = found[X1]
    assert (exchange["label"], exchange["stop"], exchange["coverage"], exchange["tags"]) == ("exchange1", "service", "full", [])
    assert exchange["traced"]["fifo"] == "20874067850000"
    assert found[VICTIM]["stop"] == "returned"
    assert found[VICTIM]["balance"] == "13978617369673"


def test_transfers_as_json_can_be_narrowed(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("transfers", rehearsal_dir, "--service", "exchange1", "--traced", "--min", "2000000", "--json")
    found = json.loads(out)
    assert found
    assert all(X1 in (t["sender"], t["recipient"]) and int(t["amount"]) >= 2 * 10**12 for t in found)
    assert all(t["basis"] == "chain" and t["verified"] and set(t["traced"]) == set(RULES) for t in found)


def test_transfers_as_csv_are_all_rows_in_order(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("transfers", rehearsal_dir, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 1289
    assert [int(row["row"]) for row in rows] == list(range(1289))
    assert rows[0]["time"] == "2015-03-29T00:06:25Z"


def test_a_table_says_how_much_it_leaves_out(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("transfers", rehearsal_dir)
    assert "40 of 1,289 shown" in out
    _, out, _ = tracer_cli("transfers", rehearsal_dir, "--all")
    assert "1,289 in all" in out


def test_a_path_by_the_name_of_a_service(tracer_cli, rehearsal_dir):
    code, out, _ = tracer_cli("path", rehearsal_dir, VICTIM, "exchange1", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["hops"][0]["sender"] == VICTIM
    assert found["hops"][-1]["recipient"] == X1
    assert [hop["row"] for hop in found["hops"]] == sorted(hop["row"] for hop in found["hops"])
    assert found["bottleneck"] == str(min(int(hop["stolen"]) for hop in found["hops"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["path", "{dir}", VICTIM, "nobody"], "nobody is no address, label or service"),
        (["path", "{dir}", "exchange1", VICTIM], "no chain of transfers in chronological order"),
        (["path", "{dir}", VICTIM, "exchange1", "--rule", "best"], "rule 'best' was not run"),
        (["transfers", "{dir}", "--service", "Zaif"], "no service is called 'Zaif'"),
        (["transfers", "{dir}", "--address", "X"], "X is no address, label or service of this case"),
        (["rules", "{dir}/nothing"], "no case folder"),
        (["show", "wisdom"], "there is no 'wisdom'"),
        (["trace", VICTIM], "--source"),
        (["trace", VICTIM, "--source", "nothing.jsonl"], "nothing.jsonl: there is no such file"),
        (["new", "XYZ", "--source", str(REHEARSAL / "recording.jsonl.gz"), "-o", "{tmp}/a.toml"], "'XYZ' is no NEM address"),
        (["trace", "{tmp}/none.toml"], "none.toml: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_1(tracer_cli, rehearsal_dir, tmp_path, arguments, said):
    code, out, err = tracer_cli(*(a.replace("{dir}", str(rehearsal_dir)).replace("{tmp}", str(tmp_path)) for a in arguments))
    assert code == 1
    assert said in err
    assert err.count("\n") == 1
    assert out == ""


def test_list_and_show_have_the_rules(tracer_cli):
    _, out, _ = tracer_cli("list", "rules", "--json")
    assert [rule["name"] for rule in json.loads(out)] == RULES
    _, out, _ = tracer_cli("show", "haircut")
    assert "Rounded down to the unit" in out
    _, out, _ = tracer_cli("show", "nem")
    assert "NIS1" in out


def test_a_case_file_for_a_wallet_is_written_and_can_be_traced(tracer_cli, tmp_path):
    target = tmp_path / "mine.toml"
    code, out, _ = tracer_cli("new", VICTIM, "--source", REHEARSAL / "recording.jsonl.gz", "-o", target)
    assert (code, out) == (0, f"{target}\n")
    target.write_text(target.read_text().replace("# min_amount = 1_000_000 ", "min_amount = 700_000_000_000 #"))
    code, out, err = tracer_cli("trace", target, "-o", tmp_path / "out", "--json", "--allow-outside")
    assert (code, out) == (1, "")
    assert "Candidate thefts" in err
    assert "confirm with --yes" in err
    code, out, _ = tracer_cli("trace", target, "-o", tmp_path / "out", "--json", "--yes", "--allow-outside")
    assert code == 0
    assert len(json.loads(out)["thefts"]) == 11  # the ten large payments, and the one to the cold wallet, which is no theft
    code, _, err = tracer_cli("new", VICTIM, "--source", REHEARSAL / "recording.jsonl.gz", "-o", target)
    assert code == 1
    assert "exists" in err


def test_tracing_a_wallet_shows_the_candidates_and_asks(tracer_cli, tmp_path):
    out_dir = tmp_path / "out"
    arguments = ["trace", VICTIM, "--source", REHEARSAL / "recording.jsonl.gz", "-o", out_dir]
    code, out, err = tracer_cli(*arguments)
    assert (code, out) == (1, "")
    assert "Candidate thefts" in err
    assert "--yes" in err
    assert not out_dir.exists()
    code, out, _ = tracer_cli(*arguments, "--yes")
    assert code == 0
    assert "16 thefts" in out
    assert (tmp_path / "out.toml").exists()


def test_tracing_hashes(tracer_cli, tmp_path):
    tx_hash = "be86e268c332bd670692861be8d5e97cc8194c0901d017b6914ec7104d987f83"
    code, out, _ = tracer_cli("trace", tx_hash, "--source", REHEARSAL / "recording.jsonl.gz", "-o", tmp_path / "out", "--yes", "--json")
    assert code == 0
    assert json.loads(out)["thefts_total"] == "10000000"


def test_reading_the_sources_again_says_they_are_the_same(tracer_cli, rehearsal_dir):
    code, out, _ = tracer_cli("ingest", rehearsal_dir)
    assert code == 0
    assert "the same ledger as was traced" in out
    assert not (rehearsal_dir / ".partial").exists()


@pytest.fixture
def gapped(rehearsal_copy):
    """A table whose alice pays more than she opens with."""
    (rehearsal_copy / "t.csv").write_text("sender,recipient,amount,height,tx_hash\nalice,bob,9,1,aa\nbob,carol,9,2,bb\n")
    (rehearsal_copy / "b.csv").write_text("address,opening\nalice,7\n")
    (rehearsal_copy / "gap.toml").write_text(
        'name = "gap"\nchain = "table"\nasset = "a"\ndecimals = 0\n'
        '[[sources]]\nkind = "table"\npath = "t.csv"\nbalances = "b.csv"\n[[thefts]]\ntransfer = "aa"\n'
    )
    return rehearsal_copy


def test_a_ledger_that_does_not_add_up_is_exit_2_and_names_account_row_and_amount(tracer_cli, gapped, tmp_path):
    code, _, err = tracer_cli("trace", gapped / "gap.toml", "-o", tmp_path / "out")
    assert code == 2
    assert "account alice is 2 a short at row 0 (t.csv, height 1, hash aa)" in err
    assert err.count("\n") == 1
    code, out, _ = tracer_cli("trace", gapped / "gap.toml", "-o", tmp_path / "out", "--allow-gaps")
    assert code == 0
    assert "DOES NOT ADD UP" in out
    code, out, _ = tracer_cli("audit", tmp_path / "out", "--json")
    assert code == 2
    assert json.loads(out)["gaps"][0] | {"likely": ""} == {"address": "alice", "short_by": "2", "row": 0, "likely": ""}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda d: (d / "recording.jsonl.gz").write_bytes((d / "recording.jsonl.gz").read_bytes()[:100_000]),
            "cut off or damaged after line",
        ),
        (lambda d: edit(d / "case.toml", "be86e268", "ffffffff"), "is not in the ledger"),
        (lambda d: edit(d / "labels.yaml", "TB7WR5NFM", "TB7WR5NFN"), "labels.yaml:21: 'TB7WR5NFN"),
        (lambda d: (d / "labels.yaml").unlink(), "'labels.yaml' cannot be read (No such file or directory)"),
        (lambda d: edit(d / "case.toml", "dust = 1_000_000", f"dust = {'9' * 500_000}"), "too many digits"),
        (lambda d: edit(d / "case.toml", '"xem"', '"yen"'), "case.toml:4: asset 'yen'"),
        (lambda d: edit(d / "case.toml", '"nem"', '"nim"'), "case.toml:3: chain 'nim' is unknown"),
    ],
)
def test_spoiled_input_is_one_line_and_exit_1(tracer_cli, rehearsal_copy, tmp_path, spoil, said):
    spoil(rehearsal_copy)
    code, out, err = tracer_cli("trace", rehearsal_copy / "case.toml", "-o", tmp_path / "out")
    assert code == 1
    assert said in err
    assert err.count("\n") == 1
    assert len(err) < 1000
    assert out == ""


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_hostile_text_in_a_label_is_shown_inert(tracer_cli, rehearsal_copy, tmp_path):
    edit(rehearsal_copy / "labels.yaml", "label: exchange1\n", "label: \"=cmd|' /C calc'!A0\\e[2J\\u202E<script>alert(1)</script>\"\n")
    code, out, _ = tracer_cli("trace", rehearsal_copy / "case.toml", "-o", tmp_path / "out")
    assert code == 0
    _, out, _ = tracer_cli("accounts", tmp_path / "out")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b[2J\\u202e<script>" in out
    _, out, _ = tracer_cli("accounts", tmp_path / "out", "--csv")
    assert ",'=cmd|" in out


def test_a_folder_that_cannot_be_written_is_one_line(tracer_cli, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = tracer_cli("demo", "-o", tmp_path / "file" / "out")
    assert code == 1
    assert "cannot be written" in err
    assert err.count("\n") == 1


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="NOT RUN as root, whom no permission stops")
def test_a_read_only_folder_is_one_line(tracer_cli, tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    code, _, err = tracer_cli("demo", "-o", tmp_path / "out")
    assert code == 1
    assert "cannot be written" in err


def test_ctrl_c_in_mid_run_is_one_line_and_the_next_run_goes_on(tracer_cli, tmp_path):
    script = (
        "import os, signal, sys; from tracer.pipeline import trace; from tracer.cli.main import run\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "trace.thefts_of = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        f"sys.exit(run(['demo', '-o', {str(tmp_path / 'out')!r}]))"
    )
    stopped = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert stopped.returncode == 1
    assert stopped.stderr.strip() == "tracer: stopped; what was read is kept, and the same command goes on from there"
    assert (tmp_path / "out" / ".partial" / "case.db").exists()
    code, out, _ = tracer_cli("demo", "-o", tmp_path / "out")
    assert code == 0
    assert "526,300,010" in out


def test_a_reader_that_goes_away_is_no_traceback(rehearsal_dir):
    script = f"import sys; from tracer.cli.main import run; sys.exit(run(['transfers', {str(rehearsal_dir)!r}, '--csv']))"
    command = f'{sys.executable} -c "{script}" | head -1'
    found = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert found.stdout.startswith("row,row_key")
    assert "Traceback" not in found.stderr
