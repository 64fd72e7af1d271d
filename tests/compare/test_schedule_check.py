"""A rival's schedule held against a case: lines that cannot be, money counted twice, the rule that it follows.

Ann takes 900 from the bakery and has 100 of her own. She pays alpha, an exchange, 600 and bob 300. So fifo has 500 at alpha.
"""

from __future__ import annotations

import json

import pytest
from support.bakery import Bakery


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    bakery = Bakery(tmp_path_factory.mktemp("bakery"))
    with (bakery.place / "b.csv").open("a") as balances:
        balances.write("carol,50\n")
    bakery.pays("4,a4,carol,dan,50,0")
    bakery.trace()
    return bakery


@pytest.fixture
def check(bakery, tracer_cli, tmp_path):
    """What is said of a schedule (address, hash, amount): exit code and JSON."""

    def run(*lines, head="address,hash,amount"):
        path = tmp_path / "theirs.csv"
        path.write_text("\n".join((head, *lines)) + "\n")
        code, out, _ = tracer_cli("check", bakery.out, path, "--json", "--quiet")
        return code, json.loads(out)

    return run


def test_a_schedule_by_a_rule_closes_and_that_rule_fits_it(check):
    code, found = check("alpha,,540", "bob,,270", "ann,,90")
    assert (code, found["best"], found["fits"][0]["apart"]) == (0, ["haircut"], "0")
    assert {line["verdict"] for line in found["lines"]} == {"closes"}


def test_rules_that_fit_alike_are_all_named(check):
    _, found = check("alpha,,500", "bob,,300", "ann,,100")
    assert found["best"] == ["fifo", "clean_first"]


def test_a_figure_that_is_no_rules_and_within_floor_and_ceiling_is_possible(check):
    code, found = check("alpha,a2,555")
    (line,) = found["lines"]
    assert (code, line["verdict"], line["equal"]) == (0, "possible", [])


WRONG = {
    "an address that is nowhere": ("erin,,5", "the address is in no row of the ledger"),
    "a hash that is nowhere": ("alpha,ff,5", "no transaction of the ledger has this hash"),
    "another recipient": ("alpha,a3,5", "the transaction does not pay this address, but bob"),
    "more than was moved": ("alpha,a2,601", "it is more than the transaction moved: 600 coin"),
    "more than ever came": ("bob,,301", "it is more than ever arrived there from where stolen money was: 300 coin"),
    "money that cannot have come": ("dan,,5", "no stolen money could have come there, by the order of payments"),
    "a payer who held none": ("dan,a4,5", "who paid could not hold stolen money then, by the order of payments"),
    "less than the floor": ("alpha,,499", "it is less than every rule puts there: at least 500 coin"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_line_that_does_not_close_says_why(check, name):
    line, why = WRONG[name]
    code, found = check(line)
    assert (code, found["lines"][0]["verdict"], found["lines"][0]["against"]) == (2, "does not close", [why])


def test_lines_that_can_be_and_together_cannot_are_named(check):
    code, found = check("alpha,,200", "alpha,,100")
    assert (code, [line["verdict"] for line in found["lines"]]) == (2, ["possible", "possible"])
    assert found["together"] == [{"lines": [2, 3], "why": "at alpha less than every rule puts there: at least 500 coin"}]


def test_a_payment_that_stands_twice_is_counted_twice(check):
    code, found = check("bob,a3,300", "bob,a3,300")
    assert code == 2
    assert found["twice"] == [{"amount": "300", "lines": [2, 3], "why": "one payment to bob stands in 2 lines"}]


def test_money_listed_where_it_came_and_where_it_went_is_counted_twice(check):
    code, found = check("ann,a1,900", "alpha,a2,500", "bob,a3,300")
    first, second = found["twice"]
    assert (code, first["amount"], first["lines"]) == (2, "800", [2, 3, 4])
    assert first["why"] == "it is listed at ann, and again where ann paid it to"
    assert (second["amount"], second["why"]) == ("800", "all lines together are more than was stolen")


def test_what_an_account_still_holds_may_stand_beside_what_it_paid_on(check):
    code, found = check("ann,,100", "alpha,a2,500", "bob,a3,300")
    assert (code, found["twice"]) == (0, [])


def test_whole_payments_are_compared_with_poison_too(check):
    _, found = check("alpha,a2,600", "bob,a3,300")
    fits = {fit["rule"]: fit["apart"] for fit in found["fits"]}
    assert (fits["poison"], fits["fifo"]) == ("0", "100")


def test_what_is_printed_names_lines_and_the_nearest_rule(bakery, tracer_cli, tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("To,TxHash,Coins\nalpha,a2,500\nbob,a3,299\nalpha,a3,1\n")
    code, out, _ = tracer_cli("check", bakery.out, path, "--hash", "TxHash", "--amount", "Coins", "--quiet")
    said = " ".join(out.split())
    assert code == 2
    assert "3 lines of 800 coin, of 900 coin that was stolen." in said
    assert "the transaction does not pay this address, but bob" in said
    assert "1 close, as a rule's figure to the unit; 1 are possible, and no rule's; 1 do not close." in said
    assert "Nearest: fifo and clean_first, 1 of 2 lines equal, 1 coin apart in all." in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who,amount\nalpha,5\n", "theirs.csv:1: which column is the address? It has who, amount: name it with --address"),
        ("address,amount\nalpha,5.5\n", "theirs.csv:2: amount '5.5' has more than the 0 digits after the point that coin has"),
        ("address,amount\n", "theirs.csv: has no lines, so there is nothing to check"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_names_it(bakery, tracer_cli, tmp_path, text, said):
    (tmp_path / "theirs.csv").write_text(text)
    code, _, err = tracer_cli("check", bakery.out, tmp_path / "theirs.csv", "--quiet")
    assert (code, err.count("\n")) == (1, 1)
    assert said in err


def test_our_own_freeze_list_closes_under_the_rule_of_its_column(tracer_cli, rehearsal_dir, tmp_path):
    tracer_cli("freeze", rehearsal_dir, "-o", tmp_path / "lists")
    (theirs,) = (tmp_path / "lists").glob("exchange2-*.csv")
    code, out, _ = tracer_cli("check", rehearsal_dir, theirs, "--amount", "fifo", "--unit", "smallest", "--json", "--quiet")
    found = json.loads(out)
    assert (code, found["best"], found["fits"][0]["equal"]) == (0, ["fifo"], len(found["lines"]))
