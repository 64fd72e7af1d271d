"""`tracer rules --without-labels`: how much hangs on the word of one source."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest
from conftest import ROOT

HEADER = "creator: us\ncurrency: coin\nconfidence: ownership\n"
POLICE = HEADER + (
    "title: The police's list\nsource: police\ntags:\n  - {address: zaif1, label: Zaif, category: exchange}\n"
    "  - {address: mixer, label: A mixer, category: service}\n"
)
FORUM = HEADER + (
    "title: A forum's list\nsource: forum\ntags:\n  - {address: zaif1, label: Zaif, category: exchange}\n"
    "  - {address: zaif2, label: Zaif, category: exchange}\n"
)
CASE = """name = "two_words"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
[[thefts]]
transfer = "aa"
[labels]
files = ["police.yaml", "forum.yaml"]
[trace]
rules = ["fifo", "haircut"]
through = ["A mixer"]
"""
TRANSFERS = """sender,recipient,amount,height,tx_hash
victim,bob,100,1,aa
bob,zaif1,50,2,bb
bob,zaif2,30,3,cc
zaif2,carol,30,4,dd
bob,mixer,20,5,ee
"""


@pytest.fixture(scope="module")
def two_words(tmp_path_factory):
    """A case in which two sources label Zaif, one of them alone its second address."""
    from tracer import CaseFile
    from tracer.pipeline.trace import trace

    place = tmp_path_factory.mktemp("case")
    for name, text in {
        "police.yaml": POLICE, "forum.yaml": FORUM, "case.toml": CASE, "t.csv": TRANSFERS, "b.csv": "address,opening\nvictim,100\n",
    }.items():  # fmt: skip
        (place / name).write_text(text)
    trace(CaseFile.load(place / "case.toml"), place / "out")
    return place / "out"


def differing(out):
    found = json.loads(out)
    return {(e["address"], e["reason"]): (e["stored"]["fifo"], e["without"]["fifo"]) for e in found["endpoints"]}


@pytest.mark.parametrize("source", ["forum", "A forum's list", "forum.yaml"])
def test_a_source_is_named_by_itself_its_pack_or_its_file(tracer_cli, two_words, source):
    code, out, _ = tracer_cli("rules", two_words, "--without-labels", source, "--json")
    assert code == 0
    assert differing(out) == {("zaif2", "service"): ("30", "0"), ("carol", "unspent"): ("0", "30")}
    assert json.loads(out)["services_gone"] == {"Zaif": ["zaif2"]}
    assert json.loads(out)["labels_left_out"] == 2


def test_what_another_source_says_too_stays(tracer_cli, two_words):
    code, out, _ = tracer_cli("rules", two_words, "--without-labels", "police", "--json")
    assert code == 0
    assert differing(out) == {}
    _, out, _ = tracer_cli("rules", two_words, "--without-labels", "police")
    assert "No endpoint changes" in out


def test_several_sources_are_left_out_together(tracer_cli, two_words):
    _, out, _ = tracer_cli("rules", two_words, "--without-labels", "police", "--without-labels", "forum", "--json")
    assert differing(out)[("zaif1", "unspent")] == ("0", "50")
    assert json.loads(out)["labels_left_out"] == 4


def test_the_table_names_what_no_longer_stops_the_trail_and_where_the_value_goes(tracer_cli, two_words):
    _, out, _ = tracer_cli("rules", two_words, "--without-labels", "forum")
    assert "Zaif -> (none)" in out
    assert "Zaif no longer stops the trail at 1 address: 30 coin ended there (fifo)" in out
    assert "+30" in out
    assert "nothing was written" in out


def test_the_csv_has_both_results_of_every_rule(tracer_cli, two_words):
    _, out, _ = tracer_cli("rules", two_words, "--without-labels", "forum", "--csv")
    rows = {row["address"]: row for row in csv.DictReader(io.StringIO(out))}
    assert {name: rows["carol"][name] for name in ("fifo", "fifo_without", "haircut_without")} == {
        "fifo": "0", "fifo_without": "30", "haircut_without": "30",
    }  # fmt: skip
    assert (rows["zaif2"]["service"], rows["zaif2"]["service_without"]) == ("Zaif", "")


def test_nothing_in_the_folder_changes(tracer_cli, two_words):
    before = {path: path.read_bytes() for path in two_words.iterdir() if path.is_file()}
    tracer_cli("rules", two_words, "--without-labels", "forum")
    assert {path: path.read_bytes() for path in two_words.iterdir() if path.is_file()} == before


def test_an_unknown_source_is_one_line_that_names_those_there_are(tracer_cli, two_words):
    code, out, err = tracer_cli("rules", two_words, "--without-labels", "rumour")
    assert (code, out) == (1, "")
    assert "'rumour': the sources are forum, police; the packs A forum's list, The police's list, forum.yaml, police.yaml" in err
    assert err.count("\n") == 1


def test_it_needs_no_heavy_library(two_words):
    heavy = {"numpy", "numba", "pandas", "networkx", "rich", "yaml"}
    for more in ([], ["--without-labels", "forum"]):
        script = (
            f"import sys; from tracer.cli.main import run; run(['rules', {str(two_words)!r}, '--json', *{more!r}]); "
            f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
        )
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
        assert found.stderr.strip() == "[]"


def test_without_a_primary_rule_every_command_says_so(tracer_cli, two_words):
    said = "No rule is declared, so no rule's figure stands for the others"
    assert said in tracer_cli("rules", two_words)[1]
    assert json.loads(tracer_cli("rules", two_words, "--json")[1])["primary"] is None
