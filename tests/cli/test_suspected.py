"""Which payments of a drained wallet are thefts: somebody says so, by number or in words; nothing is guessed."""

from __future__ import annotations

import io
import json
import sys

import pytest
from conftest import REHEARSAL
from support.live_cases import RECORDING, T0, VICTIM
from support.nis_server import NisServer

from tracer.casefile import CaseFile
from tracer.chains.node.client import NodeClient

SOURCE = ("--source", REHEARSAL / "recording.jsonl.gz")
BAKERY = "sender,recipient,amount,{when}tx_hash\n"


class Keyboard(io.StringIO):
    """Somebody at a terminal, who types these lines."""

    def isatty(self):
        return True


@pytest.fixture
def types(monkeypatch):
    """Sits down at the terminal and types some lines."""
    return lambda *lines: monkeypatch.setattr(sys, "stdin", Keyboard("".join(f"{line}\n" for line in lines)))


def shown(err):
    """The hashes of the candidates on stderr, by number."""
    cells = [line.split() for line in err.splitlines() if VICTIM not in line]
    return {int(line[0]): line[-1] for line in cells if line and line[0].isdigit()}


def traced(out):
    return [theft["tx_hash"] for theft in json.loads(out)["thefts"]]


def test_payments_chosen_by_number_are_the_thefts_and_no_other(tracer_cli, types, tmp_path):
    types("1,3-5")
    code, out, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out", "--json")
    assert code == 0
    hashes = shown(err)
    assert len(hashes) == 16
    assert traced(out) == [hashes[1], hashes[3], hashes[4], hashes[5]]


def test_the_case_file_names_what_was_chosen_and_is_not_asked_about_again(tracer_cli, types, tmp_path):
    types("2,16")
    first = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out", "--json")
    types()
    again = tracer_cli("trace", tmp_path / "out.toml", "-o", tmp_path / "out", "--json", "--allow-outside")
    assert (first[0], again[0]) == (0, 0)
    assert traced(again[1]) == traced(first[1])
    assert all(theft.from_ == theft.until and theft.wallet == VICTIM for theft in CaseFile.load(tmp_path / "out.toml").thefts)


def test_a_wallet_of_which_some_payments_were_chosen_is_told_the_command_that_goes_on(tracer_cli, types, tmp_path):
    types("2,16")
    assert tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out")[0] == 0
    code, _, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out")
    said = f"{tmp_path / 'out.toml'} exists: trace it (tracer trace {tmp_path / 'out.toml'} -o {tmp_path / 'out'} --allow-outside)"
    assert (code, said in err) == (1, True)
    types()
    assert tracer_cli("trace", tmp_path / "out.toml", "-o", tmp_path / "out", "--allow-outside")[0] == 0


def test_all_takes_all(tracer_cli, types, tmp_path):
    types("all")
    code, out, _ = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out", "--json")
    assert (code, len(traced(out))) == (0, 16)


@pytest.mark.parametrize("word", ["no", "none"])
def test_no_leaves_a_case_file_to_edit_and_says_where_and_what_comes_next(tracer_cli, types, tmp_path, word):
    types(word)
    code, out, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out")
    target = tmp_path / "out.toml"
    assert (code, out) == (1, "")
    assert f"the case file is {target}; edit its [[thefts]]" in err
    assert f"then tracer trace {target} -o {tmp_path / 'out'}" in err
    assert CaseFile.load(target).thefts[0].wallet == VICTIM
    assert not (tmp_path / "out").exists()


def test_a_number_that_no_payment_has_is_asked_about_again(tracer_cli, types, tmp_path):
    types("17", "5-3", "x", "4")
    code, out, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out", "--json")
    assert (code, len(traced(out))) == (0, 1)
    assert "17 is none of the payments: they have the numbers 1 to 16" in err
    assert "'x' is no number: write all, none, or numbers such as 1,3-5" in err


def test_without_a_terminal_and_a_choice_nothing_is_traced_and_every_option_is_named(tracer_cli, tmp_path):
    code, out, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out")
    assert (code, out) == (1, "")
    for option in ("--yes", "--to", "--from", "--until", "--min-amount", "--exclude"):
        assert f"{option} " in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--to", T0], 11),
        (["--min-amount", "700000"], 11),
        (["--min-amount", "99999999.999999"], 5),
        (["--from", "2018-01-25T12:31:05Z", "--until", "2018-01-25T13:32:17+01:00"], 6),
        (["--until", "2018-01-25T12:26:53Z"], 3),
        (["--to", T0, "--exclude", "be86e268c332bd670692861be8d5e97cc8194c0901d017b6914ec7104d987f83"], 10),
    ],
)
def test_without_a_terminal_options_say_which_payments_are_thefts(tracer_cli, tmp_path, options, count):
    code, out, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out", "--json", *options)
    assert (code, err.count("the case file is")) == (0, 1)
    assert len(traced(out)) == count


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--min-amount", "much"], "--min-amount much: is no decimal number"),
        (["--min-amount", "0.0000001"], "it is in whole xem, such as 1.5"),
        (["--from", "yesterday"], "'yesterday' is no time: write 2018-01-26 or 2018-01-26T00:04:56Z"),
        (["--until", "2018-01-26T00:04:56"], "has no offset from UTC: write 2018-01-26T00:04:56Z"),
        (["--to", "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGCX"], "checksum is wrong"),
    ],
)
def test_an_option_that_cannot_be_read_is_one_line(tracer_cli, tmp_path, options, said):
    code, out, err = tracer_cli("trace", VICTIM, *SOURCE, "-o", tmp_path / "out", *options)
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


def test_a_case_file_says_itself_which_payments_are_thefts(tracer_cli, tmp_path):
    code, _, err = tracer_cli("trace", REHEARSAL / "case.toml", "-o", tmp_path / "out", "--to", T0)
    assert code == 1
    assert "says itself which payments are thefts" in err


def test_new_writes_the_options_into_the_case_file(tracer_cli, tmp_path):
    code, _, _ = tracer_cli("new", VICTIM, *SOURCE, "-o", tmp_path / "a.toml", "--to", T0, "--from", "2018-01-26", "--min-amount", "5")
    (theft,) = CaseFile.load(tmp_path / "a.toml").thefts
    assert code == 0
    assert (theft.wallet, theft.to, theft.min_amount) == (VICTIM, (T0,), 5_000_000)
    assert theft.from_.isoformat() == "2018-01-26T00:00:00+00:00"


def test_new_asks_at_a_terminal_which_payments_are_thefts(tracer_cli, types, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    types("1-2")
    code, _, err = tracer_cli("new", VICTIM, *SOURCE, "-o", tmp_path / "a.toml")
    assert code == 0
    _, out, _ = tracer_cli("trace", tmp_path / "a.toml", "-o", tmp_path / "out", "--json", "--yes", "--allow-outside")
    assert traced(out) == [shown(err)[1], shown(err)[2]]


def test_new_without_a_choice_leaves_the_window_to_be_filled_in(tracer_cli, types, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    types("none")
    code, out, _ = tracer_cli("new", VICTIM, *SOURCE, "-o", tmp_path / "a.toml")
    assert (code, out) == (0, f"{tmp_path / 'a.toml'}\n")
    assert "# min_amount = 1_000_000" in (tmp_path / "a.toml").read_text()


def test_payments_of_a_wallet_on_a_node_are_chosen_by_number(tracer_cli, types, tmp_path, monkeypatch):
    monkeypatch.setattr(NodeClient, "wait", lambda *_: None)  # the node bears more than ten questions a second
    types("16")
    with NisServer(RECORDING) as node:
        arguments = ("trace", VICTIM, "--node", node.url, "-o", tmp_path / "out", "--max-accounts", "1", "--json")
        code, out, err = tracer_cli(*arguments)
    assert code == 0
    assert traced(out) == [shown(err)[16]]


def bakery(folder, rows, when="height,time,"):
    """What a bakery paid, as a table."""
    (folder / "t.csv").write_text(BAKERY.format(when=when) + rows)
    return "trace", "bakery", "--chain", "table", "--source", folder / "t.csv", "-o", folder / "out", "--json"


SECOND = "2024-01-01T00:00:00Z"


def test_payments_of_one_second_are_told_apart_by_their_hash(tracer_cli, types, tmp_path):
    rows = f"bakery,ann,1,1,{SECOND},aa\nbakery,bob,2,1,{SECOND},bb\nbakery,cid,3,1,{SECOND},cc\n"
    types("1,3")
    code, out, _ = tracer_cli(*bakery(tmp_path, rows))
    assert (code, traced(out)) == (0, ["aa", "cc"])


def test_payments_of_one_transaction_are_chosen_together(tracer_cli, types, tmp_path):
    types("1")
    code, _, err = tracer_cli(*bakery(tmp_path, f"bakery,ann,1,1,{SECOND},aa\nbakery,bob,2,1,{SECOND},aa\n"))
    assert code == 1
    assert "was made by transaction aa together with one that you chose: choose both or none" in err


def test_a_source_without_times_is_chosen_from_by_hash(tracer_cli, types, tmp_path):
    types("2")
    code, out, _ = tracer_cli(*bakery(tmp_path, "bakery,ann,1,1,aa\nbakery,bob,2,2,bb\n", when="height,"))
    assert (code, traced(out)) == (0, ["bb"])


def test_a_case_file_gets_the_lines_of_what_was_chosen(tracer_cli, types, tmp_path):
    """What somebody else wrote is not rewritten."""
    types("none")
    tracer_cli(*bakery(tmp_path, f"bakery,ann,1,1,{SECOND},aa\nbakery,bob,2,2,2024-01-02T00:00:00Z,bb\n"))
    text = (tmp_path / "out.toml").read_text()
    types("2")
    code, _, err = tracer_cli("trace", tmp_path / "out.toml", "-o", tmp_path / "out", "--allow-outside")
    assert code == 1
    assert '[[thefts]]\nwallet = "bakery"\nfrom = 2024-01-02T00:00:00Z\nuntil = 2024-01-02T00:00:00Z\n' in err
    assert f"put these in place of the [[thefts]] in {tmp_path / 'out.toml'}, then tracer trace" in err
    assert (tmp_path / "out.toml").read_text() == text
