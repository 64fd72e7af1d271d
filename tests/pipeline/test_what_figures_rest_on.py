"""What a case rests on: every line is what the whole case, traced again without that assumption, comes to."""

from __future__ import annotations

import re

import pytest

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.evidence.what_figures_rest_on import moved, part_name, ranked, resting_parts, rests_sentences
from tracer.model import Asset, Assumption, Bound, Bounded, Customer, Memo, Place, PlaceKey, Rests, Without, quiet
from tracer.pipeline.bounds import bounded
from tracer.pipeline.trace import trace
from tracer.pipeline.what_figures_rest_on import rested, rests_of

CASE = """name = "two_drained"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "bank.csv"
balances = "balances.csv"
basis = "chain"
whole = "all"
[[sources]]
kind = "table"
path = "erin.csv"
basis = "chain"
[[thefts]]
transfer = "aa"
[[thefts]]
transfer = "ab"
[labels]
files = ["police.csv", "own_labels.csv"]
[stops]
dust = 2
until = 1970-01-01T00:15:00Z
[trace]
rules = ["fifo", "lifo", "haircut"]
through = ["A mixer"]
[[links]]
deposit = "bb"
source = "letter of Zaif"
grade = "B2"
says = "paid out in euros"
"""
BANK = """sender,recipient,amount,height,tx_hash,time
victim,bob,100,1,aa,100
vera,bob,40,1,ab,100
bob,zaif,50,2,bb,200
bob,kiosk,60,3,cc,300
kiosk,carol,60,4,dd,400
bob,mixer,20,5,ee,500
mixer,carol,20,6,ff,600
bob,dave,1,6,fa,600
erin,bob,10,7,ga,700
bob,dave,5,7,gb,700
carol,zaif2,30,8,ha,800
carol,zaif,9,10,ia,1000
"""
FILES = {
    "case.toml": CASE,
    "bank.csv": BANK,
    "balances.csv": "address,opening\nvictim,100\nvera,40\nerin,15\n",
    "erin.csv": "sender,recipient,amount,height,tx_hash,time\nerin,carol,5,3,xa,300\n",
    "police.csv": "address,label,category,source,confidence\n"
    "zaif,Zaif,exchange,police,ownership\nzaif2,Zaif,exchange,forum,web_crawl\nmixer,A mixer,service,forum,ownership\n"
    "stranger,Nobody,exchange,police,ownership\n",
    "own_labels.csv": "address,name,category,source,author,time,network\nkiosk,A kiosk,service,us,Ann,2024-01-01,\n",
}


def without_line(file, begins):
    def change(files):
        kept = [line for line in files[file].splitlines(True) if not line.startswith(begins)]
        assert len(kept) < len(files[file].splitlines()), begins
        return {**files, file: "".join(kept)}

    return change


def without_word(word, instead=""):
    def change(files):
        assert word in files["case.toml"], word
        return {**files, "case.toml": files["case.toml"].replace(word, instead)}

    return change


def other_way_round(files):
    first, second = [line for line in BANK.splitlines(True) if ",7," in line]
    return {**files, "bank.csv": files["bank.csv"].replace(first + second, second + first)}


AGAIN = {
    "theft (aa)": without_word('[[thefts]]\ntransfer = "aa"\n'),
    "theft (ab)": without_word('[[thefts]]\ntransfer = "ab"\n'),
    'the label "Zaif" of zaif by police': without_line("police.csv", "zaif,"),
    'the label "Zaif" of zaif2 by forum': without_line("police.csv", "zaif2,"),
    'the own label "A kiosk" of kiosk by us': without_line("own_labels.csv", "kiosk,"),
    'the stop at the category "exchange"': without_word("[stops]", '[stops]\ncategories = ["service"]'),
    'the stop at the category "service"': without_word("[stops]", '[stops]\ncategories = ["exchange"]'),
    'going on through "A mixer"': without_word('through = ["A mixer"]\n'),
    "the dust limit of 2 coin": without_word("dust = 2\n"),
    "the cut-off at 1970-01-01T00:15:00Z": without_word("until = 1970-01-01T00:15:00Z\n"),
    "the order inside block 7 (2 rows)": other_way_round,
    "the statement on deposit bb by letter of Zaif": without_word(CASE[CASE.index("[[links]]") :]),
}


def traced(place, files):
    place.mkdir()
    for name, text in files.items():
        (place / name).write_text(text)
    return trace(CaseFile.load(place / "case.toml"), place / "out", allow_gaps=True)


@pytest.fixture(scope="module")
def drained(tmp_path_factory):
    return traced(tmp_path_factory.mktemp("drained") / "case", FILES)


@pytest.fixture(scope="module")
def found(drained):
    return rests_of(drained, 10, 10, quiet)


def line_of(found, what):
    return next(line for line in found.lines if line.assumption.what == what)


def figures(places):
    amounts = {(p.name, p.reason): dict(p.amounts) for p in places if any(p.amounts.values())}
    return amounts, {(p.name, p.reason): p.bound for p in places if p.bound and p.bound.most}


def as_said(found, line):
    """The figures of the case with those of a line in their place."""
    return figures({(p.name, p.reason): p for p in (*found.places, *line.places)}.values())


def of_case(case, found):
    """The same of a case that was traced by itself."""
    outcome, places = case.outcome, {}
    for end in outcome.endpoints:
        at = places.setdefault((end.service or end.address, end.reason), dict.fromkeys(outcome.rules, 0))
        for rule, amount in end.amounts.items():
            at[rule] += amount
    places["", "fees"] = dict(outcome.fees)
    bounds = bounded(case, 1000, quiet).bounds
    known = {(address, reason): bound for (address, reason), bound in bounds.endpoints.items() if reason != "service"}
    asked = {(p.name, p.reason) for p in found.places if p.bound}
    known = {at: bound for at, bound in known.items() if at in asked}
    known |= {(service, "service"): bound for service, bound in bounds.services.items()}
    return {at: amounts for at, amounts in places.items() if any(amounts.values())}, {at: b for at, b in known.items() if b.most}


@pytest.mark.parametrize("what", AGAIN)
def test_each_line_is_the_case_traced_again_without_that_assumption(found, tmp_path, what):
    again = traced(tmp_path / "case", AGAIN[what](FILES))
    assert as_said(found, line_of(found, what)) == of_case(again, found)


def parts_said(found, line):
    """Of each customer and victim, as a line has it: floor and ceiling, in the order of the ledger and in any order."""
    return {p.key: (p.bound, p.any_order) for p in {p.key: p for p in (*found.parts, *line.parts)}.values() if p.bound.most}


def parts_of_case(case):
    """The same of a case that was traced by itself, where each victim was drained once."""
    services, bounds = case.trace.stops.services, bounded(case, 1000, quiet).bounds
    parts = {}
    for customer, bound in bounds.customers.items():
        free = bounds.any_order.get(Bounded("customer", customer.address, "service", memo=customer.memo))
        parts[PlaceKey(services[customer.address], "service", customer)] = bound, free
    alone = bounds.alone or {Bounded("service", service=name, theft=0): bound for name, bound in bounds.services.items()}
    for of, bound in alone.items():
        if of.kind == "service" and bound.most:
            free = bounds.any_order.get(of if bounds.alone else of._replace(theft=None))
            parts[PlaceKey(of.service, "service", victim=case.trace.thefts[of.theft].sender)] = bound, free
    return parts


@pytest.mark.parametrize("what", AGAIN)
def test_customers_and_victims_have_the_floors_of_the_case_traced_again(found, tmp_path, what):
    again = traced(tmp_path / "case", AGAIN[what](FILES))
    said, there = parts_said(found, line_of(found, what)), parts_of_case(again)
    assert said.keys() == there.keys()
    assert said == there


def test_parts_of_a_service_add_up_to_what_is_there_under_every_rule(found):
    whole = {place.name: place.amounts for place in found.places if place.reason == "service"}
    for of in ("customer", "victim"):
        for rule in ("fifo", "lifo", "haircut"):
            sums = dict.fromkeys(whole, 0)
            for part in found.parts:
                sums[part.name] += part.amounts[rule] if getattr(part, of) else 0
            assert sums == {name: amounts[rule] for name, amounts in whole.items()}


def test_a_customer_says_what_its_floor_rests_on_and_what_is_left_without_anything_else():
    memo = Memo("plain", b"A7")
    anna = Place("Zaif", "service", {"fifo": 100}, Bound(90, 100), Bound(80, 100), Customer("zaif", memo))
    gone, less = (anna._replace(amounts={"fifo": n}, bound=Bound(n, n)) for n in (0, 90))
    lines = (
        Without(Assumption("label", "the label of zaif"), "changes", parts=(gone,)),
        Without(Assumption("order", "the order inside block 3"), "changes", parts=(less,)),
    )
    (said,) = resting_parts(Rests((), lines, parts=(anna,)), "fifo")
    assert (part_name(said.part), said.rests_on, said.otherwise) == ("zaif, memo A7", "1 label", 90)


def test_every_assumption_of_the_case_is_there(found):
    others = {
        "the labels of forum (2)",
        "the labels of police (2)",
        "the labels of police.csv (4)",
        "the order inside all 2 blocks",
        "the order inside block 1 (2 rows)",
        "the 12 rows of bank.csv that nothing verifies",
        "the 1 row of erin.csv that nothing verifies",
    }
    assert {line.assumption.what for line in found.lines} == AGAIN.keys() | others


def test_what_changes_nothing_says_why(found):
    why = {line.assumption.what: line.why for line in found.lines if line.came == "changes nothing"}
    assert why["the statement on deposit bb by letter of Zaif"] == "it stands beside the trace, and no figure is computed from it"


def test_an_order_that_moves_no_sum_can_move_what_was_taken_from_each_victim(found):
    line = line_of(found, "the order inside block 1 (2 rows)")
    assert line.places == ()
    assert {part.victim for part in line.parts} == {"victim", "vera"}


def test_rows_with_a_theft_among_them_cannot_be_taken_away(found):
    assert line_of(found, "the 12 rows of bank.csv that nothing verifies") == Without(
        Assumption("stated rows", "the 12 rows of bank.csv that nothing verifies"),
        "cannot be taken away",
        why="a theft is one of them: without them nothing is stolen",
    )


def test_without_rows_that_nothing_verifies_the_ledger_is_that_of_the_other_files(found, tmp_path):
    again = traced(tmp_path / "case", {**FILES, "erin.csv": FILES["erin.csv"].splitlines(True)[0]})
    assert as_said(found, line_of(found, "the 1 row of erin.csv that nothing verifies")) == of_case(again, found)


def test_a_block_that_no_account_could_pay_in_otherwise_is_left_out(tmp_path):
    forced = FILES["bank.csv"].replace("bob,dave,5,7", "bob,dave,19,7")
    case = traced(tmp_path / "case", {**FILES, "bank.csv": forced})
    rests = rests_of(case, 10, 10, quiet)
    assert "the order inside block 7 (2 rows)" not in {line.assumption.what for line in rests.lines}
    assert rests.left_out[0] == "the order inside 1 block in which no other is found that every account could pay in"


def test_the_least_confidence_is_an_assumption_where_a_label_lies_below_it(tmp_path):
    asked = {**FILES, "case.toml": CASE.replace("[stops]", "min_confidence = 20\n[stops]")}
    rests = rests_of(traced(tmp_path / "case", asked), 10, 10, quiet)
    again = traced(tmp_path / "again", FILES)
    assert as_said(rests, line_of(rests, "the least confidence of a label, 20")) == of_case(again, rests)


def test_without_a_modelled_opening_the_account_opens_with_nothing(tmp_path):
    """Bob is only assumed to have held 30 when the loot came."""
    table = "sender,recipient,amount,height,tx_hash\nvictim,bob,100,1,aa\nbob,dave,130,2,bb\n"
    asked = 'name = "x"\nchain = "table"\nasset = "coin"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "t.csv"\nwhole = "all"\n'
    theft = '[[thefts]]\ntransfer = "aa"\n[trace]\nrules = ["fifo", "haircut", "clean_first"]\n'
    rests = rests_of(traced(tmp_path / "case", {"case.toml": asked + theft, "t.csv": table}), 10, 10, quiet)
    stated = {"case.toml": asked + 'balances = "b.csv"\n' + theft, "t.csv": table, "b.csv": "address,opening\nvictim,100\nbob,0\n"}
    again = traced(tmp_path / "again", stated)
    line = line_of(rests, "the modelled opening of bob, 30 coin")
    assert as_said(rests, line)[0] == {
        (end.address, end.reason): dict(end.amounts) for end in again.outcome.endpoints
    }  # which adds up to less than was paid, and is traced as with --allow-gaps


def test_an_assumption_that_leaves_no_floor_says_why():
    line = Without(Assumption("opening", "Bob's opening"), "changes", no_bounds="no bounds: bob is 30 short")
    (said,) = rests_sentences(Rests((place("Zaif", 100, 90),), (line,)), COIN, "fifo")
    assert said == "Floor at Zaif: 90 coin; without Bob's opening: no floor, bob is 30 short."


def test_what_it_rests_on_is_kept_until_the_case_is_traced_again(tmp_path):
    case = traced(tmp_path / "case", FILES)
    kept, found = rested(case, 10, 10, quiet)
    assert CaseFolder.open(case.folder).rests == found == kept.rests
    assert kept.manifest["results_digest"] == case.manifest["results_digest"]
    asked = tmp_path / "case" / "case.toml"
    assert trace(CaseFile.load(asked), case.folder).rests == found  # unchanged, so nothing was made again
    asked.write_text(asked.read_text() + "\n# asked anew\n")
    assert trace(CaseFile.load(asked), case.folder).rests is None


def test_what_was_found_again_is_not_written_again(tmp_path):
    case = traced(tmp_path / "case", FILES)
    first, _ = rested(case, 10, 10, quiet)
    before = (case.folder / "case.db").stat().st_mtime_ns
    rested(first, 10, 10, quiet)
    assert (case.folder / "case.db").stat().st_mtime_ns == before


COIN = Asset("table", "coin", 0)


def place(name, amount, least=None):
    return Place(name, "service", {"fifo": amount}, None if least is None else Bound(least, amount))


def told(*lines, floor=90):
    without = [Without(Assumption("label", what), "changes", (place("Zaif", left, left),)) for what, left in lines]
    return rests_sentences(Rests((place("Zaif", 100, floor),), tuple(without)), COIN, "fifo")


def test_a_sentence_says_what_a_floor_rests_on():
    lines = ("Ann's label", 0), ("Bob's label", 40), ("Cat's label", 90)
    assert told(*lines) == [
        "Floor at Zaif: 90 coin; without Ann's label: 0; without Bob's label: 40; without any one of 1 other assumption: at least 90."
    ]


def test_a_sentence_names_no_assumption_that_hardly_changes_the_figure():
    (said,) = told(("Ann's label", 0), ("Bob's label", 9_999), floor=10_000)
    assert said == "Floor at Zaif: 10,000 coin; without Ann's label: 0; without any one of 1 other assumption: at least 9,999."


def test_value_that_is_elsewhere_is_counted_once():
    rests = Rests((place("Zaif", 100), place("Mufg", 5)), ())
    line = Without(Assumption("label", "x"), "changes", (place("Zaif", 40), place("Mufg", 65)))
    assert moved(rests, line) == {"fifo": 60}


def test_what_moves_most_value_stands_first():
    base = (place("Zaif", 100),)
    lines = [Without(Assumption("label", str(left)), "changes", (place("Zaif", left),)) for left in (90, 10, 50)]
    assert [line.assumption.what for line in ranked(Rests(base, tuple(lines)), "fifo")] == ["10", "50", "90"]


def test_the_rehearsal_names_its_label(rehearsal):
    """Every one of its more than a hundred assumptions, in the words of the issue."""
    rests = rests_of(rehearsal, 0, 0, quiet)
    said = rests_sentences(rests, rehearsal.asset, "fifo", "exchange1")[0]
    assert said.startswith("Floor at exchange1: 20,865,313.9 xem; ")
    assert re.search('without the label "exchange1" of [A-Z0-9]{40} by [^;]*: 0; ', said)
