"""`tracer new FILE`: the file is read and shown, and what it does not say is asked."""

from __future__ import annotations

import io

import pytest
from conftest import REHEARSAL
from support.explorer_files import PEOPLE, USDT, WETH, as_csv, etherscan, etherscan_tokens, payments, tokentx

from tracer.casefile import CaseFile

WALLET = PEOPLE[0]
OF_WALLET = [p for p in payments() if p.token is None and WALLET in (p.sender, p.recipient)]
PLAIN = "height,time,tx_hash,sender,recipient,amount\n1,2021-01-01T00:00:00Z,t1,ann,bob,1000.50\n2,2021-01-02T00:00:00Z,t2,bob,cat,999.5\n"


@pytest.fixture
def new(tmp_path, tracer_cli):
    """Writes a file, and runs tracer new of it: exit code, what is said, and the case file, if it was written."""

    def call(content, *options, name="export.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        target = tmp_path / "case.toml"
        code, _, said = tracer_cli("new", tmp_path / name, "-o", target, *options)
        return code, said, CaseFile.load(target) if target.exists() else None

    return call


@pytest.fixture
def terminal(monkeypatch):
    """Somebody at a terminal who answers so."""

    def answer(*lines):
        stdin = io.StringIO("".join(f"{line}\n" for line in lines))
        stdin.isatty = lambda: True
        monkeypatch.setattr("sys.stdin", stdin)

    return answer


def test_an_explorers_file_says_its_dialect_wallet_asset_and_decimals_and_asks_who_was_drained(new):
    code, said, case = new(as_csv([etherscan(p) for p in OF_WALLET]))
    assert (code, case) == (1, None)
    assert "note: export.csv is read as etherscan_transactions, as its header tells." in said
    assert f"note: export.csv: {len(OF_WALLET)} rows, oldest first; amounts in eth, 18 decimals" in said
    assert f"note: {WALLET} stands in every row: it is the wallet the file was exported for" in said
    assert said.splitlines()[-1].endswith(
        f"nothing is written yet; answer with --theft {WALLET} (all it paid) or --theft HASH: it names no victim and no amount"
    )


def test_three_rows_are_shown_as_they_were_read(new):
    _, said, _ = new(PLAIN)
    rows = [line.split() for line in said.splitlines() if line.startswith((" 1 ", " 2 "))]
    assert rows == [
        ["1", "2021-01-01T00:00:00Z", "ann", "bob", "1,000.5", "t1"],
        ["2", "2021-01-02T00:00:00Z", "bob", "cat", "999.5", "t2"],
    ]


def test_a_failed_payment_is_shown_with_the_nothing_that_it_moved(new):
    failed = next(p for p in OF_WALLET if p.failed)
    _, said, _ = new(as_csv([etherscan(failed), etherscan(failed._replace(failed=False, block=10**6))]))
    shown = [line.split() for line in said.splitlines() if line.strip().startswith(("1", "2"))]
    assert [cells[4].strip("0.") == "" for cells in shown if cells[2] == failed.sender] == [True, False]


def test_what_is_answered_by_options_becomes_a_case_that_can_be_traced(new, tmp_path, tracer_cli):
    theft = next(p for p in OF_WALLET if p.sender == WALLET and not p.failed)
    code, _, case = new(as_csv([etherscan(p) for p in OF_WALLET]), "--theft", theft.tx_hash)
    assert code == 0
    assert (case.chain, case.asset, case.decimals, case.sources[0].dialect) == ("table", "eth", 18, "etherscan_transactions")
    assert case.thefts[0].transfer == theft.tx_hash
    assert tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")[0] == 0


def test_a_wallet_that_was_drained_is_named_as_such(new):
    _, _, case = new(as_csv([etherscan(p) for p in OF_WALLET]), "--theft", WALLET)
    assert (case.thefts[0].wallet, case.thefts[0].transfer) == (WALLET, None)


def test_a_theft_that_stands_nowhere_in_the_file_is_refused(new):
    code, said, case = new(as_csv([etherscan(p) for p in OF_WALLET]), "--theft", "0x1234")
    assert (code, case) == (1, None)
    assert "'0x1234' is neither an address nor a transaction in it" in said


TOKENS = as_csv([etherscan_tokens(p) for p in payments() if p.token])


def test_several_tokens_are_the_first_question(new):
    code, said, case = new(TOKENS)
    assert (code, case) == (1, None)
    assert said.count("\n") == 1
    assert "holds 2 tokens, and a ledger has one: choose it with --token; there are 0x" in said
    assert f"{USDT} (USDT)" in said
    assert f"{WETH} (WETH)" in said


def test_decimals_that_no_column_states_are_asked_for(new):
    _, said, _ = new(TOKENS, "--token", USDT)
    assert "answer with --decimals N: it does not say how many digits after the point usdt has; and --theft" in said
    code, _, case = new(TOKENS, "--token", USDT, "--decimals", "6", "--theft", PEOPLE[1])
    assert code == 0
    assert (case.asset, case.decimals, case.sources[0].token) == ("usdt", 6, USDT)


def test_decimals_that_a_column_states_are_taken_from_it(new):
    content = as_csv([tokentx(p) for p in payments() if p.token])
    code, _, case = new(content, "--token", WETH, "--theft", PEOPLE[1])
    assert (code, case.asset, case.decimals) == (0, "weth", 18)


def test_a_plain_table_whose_amounts_have_a_fraction_is_one_of_coins(new):
    _, _, case = new(PLAIN, "--decimals", "2", "--theft", "t1", "--asset", "eur")
    assert (case.asset, case.sources[0].unit, case.sources[0].dialect) == ("eur", "coin", None)


def test_columns_of_other_names_are_answered_by_a_line_for_the_source(new):
    content = PLAIN.replace("sender", "payer")
    code, said, _ = new(content)
    assert code == 1
    assert "no sender (column 'sender'): name it in columns = {...} of the source" in said
    assert said.rstrip().endswith("(tracer new takes such a line as --key 'LINE')")
    key = 'columns = {sender = "payer"}'
    assert new(content, "--key", key, "--decimals", "2", "--theft", "t1")[2].sources[0].columns == {"sender": "payer"}


def test_a_line_for_the_source_that_is_none_is_refused(new):
    code, said, case = new(PLAIN, "--key", 'dialekt = "amlsim"')
    assert (code, case) == (1, None)
    assert "export.csv: unknown key 'dialekt'" in said
    assert "trial" not in said


def test_a_terminal_is_asked_one_question_after_the_other(new, terminal):
    number = ([p.token for p in payments() if p.token].index(USDT) and 2) or 1
    terminal(number, 6, PEOPLE[1])
    code, _, case = new(TOKENS)
    assert code == 0
    assert (case.sources[0].token, case.decimals, case.thefts[0].wallet) == (USDT, 6, PEOPLE[1])


def test_a_terminal_that_agrees_takes_the_wallet_of_the_file(new, terminal):
    terminal("")
    assert new(as_csv([etherscan(p) for p in OF_WALLET]))[2].thefts[0].wallet == WALLET


def test_of_two_addresses_in_every_row_the_one_in_the_name_of_the_file_is_proposed(new):
    row = next(p for p in OF_WALLET if p.sender == WALLET)
    _, said, _ = new(as_csv([etherscan(row)]), name=f"export-{WALLET}.csv")
    assert f"--theft {WALLET} (all it paid)" in said


def test_options_of_a_file_without_a_file_are_refused(tracer_cli, tmp_path):
    code, _, said = tracer_cli("new", "nothing.csv", "--theft", "t1", "-o", tmp_path / "case.toml")
    assert code == 1
    assert "nothing.csv: there is no such file" in said


@pytest.mark.parametrize(("name", "content"), [("transfers.csv", PLAIN), ("page.json", "[]"), ("t.parquet", "PAR1\0")])
def test_tracing_a_table_names_the_command_that_makes_a_case_of_it(tracer_cli, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    code, _, said = tracer_cli("trace", tmp_path / name)
    assert code == 1
    assert f"{name}: is a table and no case file: tracer new {tmp_path / name} -o case.toml writes one, then tracer trace case.toml" in said


def test_a_recording_names_the_command_for_one(tracer_cli, tmp_path):
    recording = REHEARSAL / "recording.jsonl.gz"
    assert f"is a recording and no case file: tracer trace WALLET --source {recording}" in tracer_cli("trace", recording)[2]
    said = tracer_cli("new", recording, "-o", tmp_path / "case.toml")[2]
    assert f"is a recording, of which a wallet makes a case: tracer new WALLET --source {recording}" in said


def test_a_header_without_rows_is_said_to_be_one(new, tracer_cli, tmp_path):
    assert "t.csv: has a header and no rows" in new(PLAIN.splitlines()[0] + "\n", "--theft", "t1", name="t.csv")[1]
    (tmp_path / "t.csv").write_text(PLAIN.splitlines()[0] + "\n")
    text = 'name = "x"\nchain = "table"\nasset = "eur"\ndecimals = 2\n[[sources]]\nkind = "table"\npath = "t.csv"\n'
    (tmp_path / "case.toml").write_text(text + '[[thefts]]\ntransfer = "t1"\n')
    code, _, said = tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")
    assert code == 1
    assert "no source holds a row, so there is nothing to trace: t.csv has a header and no rows" in said


def test_a_case_folder_where_an_export_should_be_is_said_to_be_one(tracer_cli, rehearsal_dir):
    code, _, said = tracer_cli("verify", rehearsal_dir)
    assert code == 1
    assert f"is a case folder and no export: tracer export {rehearsal_dir} -o export, then tracer verify export" in said


def test_a_theft_may_be_named_beside_the_file(tracer_cli, tmp_path):
    (tmp_path / "t.csv").write_text(PLAIN)
    code, _, said = tracer_cli("new", tmp_path / "t.csv", "t1", "--decimals", "2", "-o", tmp_path / "case.toml")
    assert code == 0, said
    assert CaseFile.load(tmp_path / "case.toml").thefts[0].transfer == "t1"


@pytest.mark.parametrize("command", ["new", "trace"])
def test_two_files_are_told_to_come_one_after_the_other(tracer_cli, tmp_path, command):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(PLAIN)
    code, _, said = tracer_cli(command, tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "case.toml")
    assert code == 1
    assert "b.csv: name one file, and no --source; others become [[sources]] in the case file" in said


@pytest.mark.parametrize(
    ("lines", "order"),
    [("12", "oldest first"), ("21", "newest first"), ("132", "in no order")],
)
def test_the_order_of_the_lines_is_said(new, lines, order):
    rows = "".join(f"{height},2021-01-0{height}T00:00:00Z,t{height},ann,bob,5\n" for height in lines)
    assert f"{len(lines)} rows, {order}; amounts in coin" in new(PLAIN.splitlines()[0] + "\n" + rows)[1]
