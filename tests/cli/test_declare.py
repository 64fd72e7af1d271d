"""A case without a declared rule, and the rule declared: an act of its own, said wherever the rule stands."""

from __future__ import annotations

import csv
import json

import pytest
from support.bakery import CASE, EXPLORATORY, Bakery

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder


@pytest.fixture
def open_case(tmp_path):
    """No rule is declared."""
    bakery = Bakery(tmp_path, EXPLORATORY)
    bakery.trace()
    return bakery


@pytest.fixture
def declared(tmp_path):
    """Haircut is declared before anything was traced."""
    bakery = Bakery(tmp_path)
    bakery.trace()
    return bakery


def one_line(text):
    return " ".join(text.split())


def test_declare_writes_the_case_file_and_keeps_its_comments(declared, tracer_cli):
    code, _, err = tracer_cli("declare", declared.out, "fifo", "--reason", 'said "first in"', "--as", "Ada")
    assert code == 0, err
    assert declared.file.read_text() == CASE.replace('"haircut"', '"fifo"').replace('"nobody knows"', '"said \\"first in\\""')
    case = CaseFolder.open(declared.out)
    assert (case.question.trace.primary, case.question.trace.reason) == ("fifo", 'said "first in"')
    assert case.changes(thorough=True) == []


def test_declare_adds_the_lines_that_a_case_file_lacks(open_case, tracer_cli):
    assert tracer_cli("declare", open_case.out, "lifo", "--reason", "last in")[0] == 0
    assert CaseFile.load(open_case.file).trace.primary == "lifo"
    assert "# which money leaves first" in open_case.file.read_text()


def test_declare_changes_no_figure_and_traces_nothing(declared, tracer_cli, monkeypatch):
    import tracer.tracing

    monkeypatch.setattr(tracer.tracing, "follow", None)
    before = CaseFolder.open(declared.out).manifest
    tracer_cli("declare", declared.out, "fifo", "--reason", "first in")
    after = CaseFolder.open(declared.out).manifest
    assert [after[name] for name in ("results_digest", "tags_digest")] == [before[name] for name in ("results_digest", "tags_digest")]
    assert after["page_digest"] != before["page_digest"]


def test_tracing_the_declared_case_file_again_finds_the_same(declared, tracer_cli):
    tracer_cli("declare", declared.out, "fifo", "--reason", "first in")
    run = CaseFolder.open(declared.out).manifest["run"]
    assert declared.trace().manifest["run"] == run


def test_the_change_of_the_rule_stands_in_summary_rules_page_and_letter(declared, tracer_cli):
    declared.pays("4,a4,bob,alpha,200,0")
    declared.trace()
    declared.pays("5,a5,bob,alpha,10,0")
    declared.trace()
    tracer_cli("declare", declared.out, "fifo", "--reason", "first in")
    case = CaseFolder.open(declared.out)
    day = case.log_entries[-1].time
    said = f"Primary changed from haircut to fifo on {day}, after 3 results."
    assert said in one_line(tracer_cli("rules", declared.out)[1])
    assert said in json.loads(tracer_cli("rules", declared.out, "--json")[1])["declared"]
    assert said in one_line(tracer_cli("trace", declared.file, "-o", declared.out)[1])
    assert said in case.flow.about.declared
    tracer_cli("freeze", declared.out)
    for letter in (declared.out / "freeze").glob("*.txt"):
        assert said in letter.read_text()
        assert "declared before tracing" not in letter.read_text()
    tracer_cli("export", declared.out, "-o", declared.place / "package")
    assert said in (declared.place / "package" / "method.csv").read_text()


def test_a_rule_that_was_edited_into_the_case_file_is_said_like_one_that_was_declared(declared, tracer_cli):
    declared.change('"haircut"', '"fifo"')
    declared.trace()
    assert "Primary changed from haircut to fifo on" in tracer_cli("rules", declared.out)[1]


def test_before_any_result_it_is_said(declared, tracer_cli):
    assert "The rule was declared before this folder held any result." in one_line(tracer_cli("rules", declared.out)[1])


def test_after_a_result_it_is_not_said(open_case, tracer_cli):
    tracer_cli("declare", open_case.out, "fifo", "--reason", "first in")
    text = one_line(tracer_cli("rules", open_case.out)[1])
    assert "before tracing" not in text
    assert "Primary fifo was declared on" in text
    assert "after 1 result." in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["poison", "--reason", "x"], "there is no rule 'poison'"),
        (["fifo", "--reason", " "], "needs its reason"),
    ],
)
def test_what_cannot_be_declared_changes_nothing(declared, tracer_cli, arguments, said):
    before = declared.file.read_bytes(), (declared.out / "log.jsonl").read_bytes()
    code, _, err = tracer_cli("declare", declared.out, *arguments)
    assert (code, said in err) == (1, True)
    assert (declared.file.read_bytes(), (declared.out / "log.jsonl").read_bytes()) == before


def test_a_rule_that_was_not_run_is_traced_first(tmp_path, tracer_cli):
    bakery = Bakery(tmp_path, CASE.replace("# which money", 'rules = ["haircut"]\n# which money'))
    bakery.trace()
    code, _, err = tracer_cli("declare", bakery.out, "fifo", "--reason", "x")
    assert (code, "fifo was not run in this case, only haircut: add it to rules" in err) == (1, True)


def test_a_case_file_that_says_more_by_now_is_traced_first(declared, tracer_cli):
    declared.change("[labels]", "[stops]\ndust = 5\n\n[labels]")
    code, _, err = tracer_cli("declare", declared.out, "fifo", "--reason", "x")
    assert (code, "trace it again, then declare the rule" in err) == (1, True)


def test_a_case_file_of_any_shape_is_changed_and_keeps_what_it_says(tmp_path, tracer_cli):
    bakery = Bakery(tmp_path, CASE.replace('reason = "nobody knows"', 'reason = """\nnobody\nknows"""'))
    bakery.trace()
    assert tracer_cli("declare", bakery.out, "fifo", "--reason", "x")[0] == 0
    assert (CaseFile.load(bakery.file).trace.primary, CaseFile.load(bakery.file).trace.reason) == ("fifo", "x")


def test_without_a_declared_rule_every_table_has_floor_rules_ceiling_by_floor(open_case, tracer_cli):
    assert tracer_cli("bounds", open_case.out)[0] == 0
    heading, *lines = [line for line in tracer_cli("rules", open_case.out)[1].splitlines() if line and "──" not in line]
    assert heading.split() == [
        "address",
        "reason",
        "service",
        "basis",
        "floor",
        "fifo",
        "lifo",
        "haircut",
        "clean_first",
        "dirty_first",
        "ceiling",
    ]
    found = json.loads(tracer_cli("rules", open_case.out, "--json")[1])
    floors = [int(end["least"]) for end in found["endpoints"]]
    assert floors == sorted(floors, reverse=True)
    assert lines[0].split()[0] == found["endpoints"][0]["address"]
    tracer_cli("export", open_case.out, "-o", open_case.place / "package")
    with (open_case.place / "package" / "rules.csv").open() as file:
        assert [row["address"] for row in csv.DictReader(file) if row["address"]] == [end["address"] for end in found["endpoints"]]


def test_a_floor_is_at_most_what_any_rule_says_and_a_ceiling_at_least(open_case, tracer_cli):
    tracer_cli("bounds", open_case.out)
    for end in json.loads(tracer_cli("rules", open_case.out, "--json")[1])["endpoints"]:
        by_rule = [int(end[rule]) for rule in ("fifo", "lifo", "haircut", "clean_first", "dirty_first")]
        assert int(end["least"]) <= min(by_rule) <= max(by_rule) <= int(end["most"])


def test_tracing_a_case_without_a_declared_rule_finds_its_floors(open_case, tracer_cli):
    code, out, _ = tracer_cli("trace", open_case.file, "-o", open_case.out)
    assert code == 0
    head = next(line for line in out.splitlines() if line.strip().startswith("where the trail of the stolen coin ends"))
    assert head.split()[-7:] == ["floor", "fifo", "lifo", "haircut", "clean_first", "dirty_first", "ceiling"]
    assert "floor 500)" in one_line(out)


def test_an_exploratory_package_verifies(open_case, tracer_cli):
    tracer_cli("export", open_case.out, "-o", open_case.place / "package")
    assert tracer_cli("verify", open_case.place / "package")[0] == 0


@pytest.fixture
def exploratory_rules(open_case, tracer_cli):
    """The file of an exported exploratory case that has its endpoints."""
    tracer_cli("bounds", open_case.out)
    tracer_cli("export", open_case.out, "-o", open_case.place / "package")
    return open_case.place / "package" / "rules.csv"


def test_an_exported_exploratory_case_has_floor_five_rules_and_ceiling_of_every_endpoint(exploratory_rules):
    heads, *lines = csv.reader(exploratory_rules.read_text().splitlines())
    assert heads[6:] == ["least", "fifo", "lifo", "haircut", "clean_first", "dirty_first", "most"]
    for line in (line for line in lines if line[1] != "fees"):
        floor, *rules, ceiling = map(int, line[6:])
        assert floor <= min(rules) <= max(rules) <= ceiling


def test_a_floor_that_was_altered_in_an_exported_exploratory_case_is_found(exploratory_rules, tracer_cli):
    heads, first, rest = exploratory_rules.read_text().split("\n", 2)
    cells = first.split(",")
    cells[6] = str(int(cells[6]) + 1)
    exploratory_rules.write_text("\n".join((heads, ",".join(cells), rest)))
    code, out, err = tracer_cli("verify", exploratory_rules.parent)
    assert (code, "rules.csv:2: least says" in out + err) == (2, True)
