"""A sealed challenge: what is refused, and what is counted, on cases that fit on the screen."""

from __future__ import annotations

import csv
import json
import runpy

import pytest
from conftest import ROOT

from tracer.errors import InputError
from tracer.validation.bootstrap import rate
from tracer.validation.challenge import challenge
from tracer.validation.challenge_folder import opened_challenge, truth_of, write_seal
from tracer.validation.labelled_data_set_files import Payment
from tracer.validation.published_search_methods import poison, search, value_decay
from tracer.validation.tagged_attempts import view_of_payments

CASE = """name = "{name}"
title = "The bakery is drained"
chain = "table"
asset = "coin"
decimals = 2

[[sources]]
kind = "table"
path = "transfers.csv"
unit = "coin"
balances = "balances.csv"

[[thefts]]
transfer = "t1"
label = "theft"

[trace]
primary = "fifo"
reason = "declared with the challenge"

[labels]
files = []
"""
TRANSFERS = """height,time,tx_hash,sender,recipient,amount,fee
1,2024-01-08T09:00:00Z,t1,bakery,thief,90.00,0
2,2024-01-08T10:00:00Z,t2,thief,dealer,60.00,0
3,2024-01-08T11:00:00Z,t3,dealer,smith,60.00,0
4,2024-01-08T12:00:00Z,t4,anna,bert,5.00,0
5,2024-01-08T12:10:00Z,t5,bert,clara,5.00,0
"""
BALANCES = "address,opening\nbakery,90.00\nanna,5.00\n"
ACCOUNTS = """address,role,kind,owner
bakery,victim,company,bakery
thief,thief,thief,thief
dealer,unrelated,dealer,dealer
smith,unrelated,person,smith
anna,unrelated,person,anna
bert,unrelated,person,bert
clara,unrelated,person,clara
"""
SENT = "address,amount\ndealer,6000\nthief,3000\n"
ABOUT = 'title = "Two bakeries"\ngenerator = "by hand"\npopulation = "seven people"\nnote = "shows nothing"\n'


def sealed(folder):
    write_seal(folder)
    return folder


@pytest.fixture
def bakeries(tmp_path):
    """Two cases: a thief sells 60 of 90 to a dealer, who passes it on; anna, bert and clara have nothing to do with it."""
    for name in ("one", "two"):
        case, truth = tmp_path / "cases" / name, tmp_path / "truth" / name
        case.mkdir(parents=True)
        truth.mkdir(parents=True)
        (case / "case.toml").write_text(CASE.format(name=name))
        (case / "transfers.csv").write_text(TRANSFERS)
        (case / "balances.csv").write_text(BALANCES)
        (truth / "accounts.csv").write_text(ACCOUNTS)
        (truth / "tags.csv").write_text("tag,address\nrelay,dealer\nrelay,thief\n")
        (truth / "sent.csv").write_text(SENT)
    (tmp_path / "challenge.toml").write_text(ABOUT)
    return sealed(tmp_path)


def test_recall_is_of_those_the_truth_names(bakeries):
    recall = challenge(bakeries)["tags"]["relay"]["loose"]["recall"]
    assert (recall["hits"], recall["of"]) == (2, 4)  # the dealer of each case; the thief keeps a third


def test_an_unrelated_account_with_the_shape_is_a_false_positive_of_its_kind(bakeries):
    relay = challenge(bakeries)["tags"]["relay"]["default"]
    assert (relay["false_positives"]["hits"], relay["false_positives"]["of"]) == (2, 8)  # bert; whom the truth names is left out
    assert relay["by_kind"]["person"]["hits"] == 2
    assert "dealer" not in relay["by_kind"]


def test_no_rate_is_said_of_fewer_than_200_accounts(bakeries):
    assert challenge(bakeries)["tags"]["relay"]["default"]["false_positives"]["per_1000"] == "too few"


def test_roles_stand_by_number_and_those_of_one_number_by_name(bakeries):
    assert list(challenge(bakeries)["roles"].items()) == [("unrelated", 10), ("thief", 2), ("victim", 2)]


def test_what_a_rule_says_stands_beside_what_the_thief_sent(bakeries):
    figures = challenge(bakeries)
    said = {party["owner"]: (party["by_rule"], party["sent"]) for party in figures["by_case"]["one"]["fifo"]["parties"]}
    assert said == {"dealer": ("0", "6000"), "smith": ("6000", "0"), "thief": ("3000", "3000")}
    assert figures["rules"]["fifo"]["range"] == ["0.667", "0.667"]


def test_methods_are_scored_on_the_thiefs_accounts_and_whom_the_thief_paid(bakeries):
    methods = challenge(bakeries)["methods"]
    found = {name: (at["recall"]["hits"], at["recall"]["of"], at["false_positives"]["hits"]) for name, at in methods.items()}
    assert found["fifo"] == (4, 4, 2)  # thief and dealer of both cases; and smith, whom the dealer paid
    assert found["poison, depth 2"] == (4, 4, 2)
    assert {at["false_positives"]["of"] for at in methods.values()} == {8}


def test_value_decays_until_it_is_too_little_to_pass_on():
    steps = [Payment(0, "bakery", "a0", 100), *(Payment(n + 1, f"a{n}", f"a{n + 1}", 100) for n in range(40))]
    view = view_of_payments(steps)
    view.drained, view.touched = {view.ledger.index["bakery"]}, {view.ledger.index["a0"]: 0}
    named = value_decay(view)
    assert "a3" in named
    assert "a39" not in named
    assert poison(view, 2) == {"a0", "a1", "a2"}
    assert search(view, 1) == {"a0", "a1"}


def test_a_file_that_was_changed_after_sealing_is_named(bakeries):
    path = bakeries / "truth" / "one" / "sent.csv"
    path.write_text(path.read_text().replace("6000", "9000"))
    with pytest.raises(InputError, match=r"sent.csv: is not the file that was sealed"):
        challenge(bakeries)


def test_a_file_that_was_not_sealed_is_named(bakeries):
    (bakeries / "cases" / "notes.txt").write_text("look here")
    with pytest.raises(InputError, match=r"notes.txt: is not in SEAL"):
        challenge(bakeries)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("accounts.csv", ACCOUNTS.replace("bert,unrelated", "bert,stranger"), "accounts.csv:7: role 'stranger' is none of thief, victim"),
        ("accounts.csv", ACCOUNTS + "bert,unrelated,person,bert\n", "accounts.csv:9: address 'bert' a second time"),
        ("accounts.csv", ACCOUNTS.replace("clara,unrelated,person,clara\n", ""), "says nothing of clara, which is in the ledger"),
        ("accounts.csv", "address,role\n", "accounts.csv:1: no column kind, owner"),
        ("sent.csv", SENT.replace("6000", "60.00"), "sent.csv:2: amount '60.00' is no number of smallest units"),
        ("sent.csv", SENT + "dealer,1\n", "sent.csv:4: address 'dealer' must be in accounts.csv, and here once"),
        ("tags.csv", "tag,address\nrelay,nobody\n", "tags.csv:2: address 'nobody' is not in accounts.csv"),
    ],
)
def test_a_fault_in_the_truth_names_file_line_and_value(bakeries, name, text, said):
    (bakeries / "truth" / "one" / name).write_text(text)
    with pytest.raises(InputError, match=said):
        challenge(sealed(bakeries))


def test_a_folder_without_a_seal_is_no_challenge(tmp_path):
    with pytest.raises(InputError, match=r"is no challenge: it needs challenge.toml and SEAL"):
        challenge(tmp_path)


def test_the_command_prints_population_note_and_rates(bakeries, tracer_cli):
    code, out, _ = tracer_cli("challenge", bakeries)
    assert code == 0
    assert "Population: seven people." in out
    assert "Note: shows nothing." in out
    assert "too few" in out
    code, out, _ = tracer_cli("challenge", bakeries, "--json")
    assert json.loads(out)["cases"] == 2


def test_intervals_are_over_cases_not_over_accounts():
    """One case has all the hits: what ten other cases would have is unsure, however many accounts there are."""
    apart = rate([(100, 1000), *[(0, 1000)] * 9])
    even = rate([(10, 1000)] * 10)
    assert apart.value == even.value == 0.01
    assert even.low == even.high == 0.01
    assert apart.low == 0.0
    assert apart.high > 0.02


def test_the_same_cases_give_the_same_interval():
    assert rate([(1, 10), (3, 10), (0, 10)]) == rate([(1, 10), (3, 10), (0, 10)])


def test_no_hit_is_not_surely_none():
    assert rate([(0, 100), (0, 100)]).high > 0.01


def test_seeds_for_tuning_and_for_reporting_share_none():
    with (ROOT / "dev" / "evm_rehearsal" / "challenge_seeds.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    seeds = {split: [row["seed"] for row in rows if row["split"] == split] for split in ("tuning", "reporting")}
    assert min(map(len, seeds.values())) >= 40
    assert len({row["seed"] for row in rows}) == len(rows)


def test_the_challenge_on_nem_is_what_was_sealed_and_its_truth_can_be_read(tmp_path):
    runpy.run_path(str(ROOT / "dev" / "nem_challenge.py"))["main"](tmp_path)
    found = opened_challenge(tmp_path)
    assert f"{found.seal}  SEAL" == (ROOT / "dev" / "nem_challenge.sha256").read_text().strip()
    roles = [player.role for player in truth_of(found, "rehearsal").players.values()]
    assert {role: roles.count(role) for role in ("thief", "unrelated")} == {"thief": 85, "unrelated": 97}
