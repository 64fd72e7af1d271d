"""The report: every figure comes from the rows it cites, and what it says is so."""

from __future__ import annotations

import ast
import re
import tomllib
from fractions import Fraction
from types import SimpleNamespace

import pytest
from support.report_figures import Export, Page, Recomputed

import tracer
from tracer.casefile import CaseFile
from tracer.report.court.cited_figures import Pen
from tracer.tagging.error_rates import measured_elsewhere

COINCHECK = "fixtures/cases/coincheck/case.toml"


@pytest.fixture(scope="module")
def made(tmp_path_factory, request):
    """A function: the report of a case file and its export, made once each."""
    done = {}

    def of(case_file):
        if case_file not in done:
            from tracer.cli.main import run

            place = tmp_path_factory.mktemp("report")
            tracer.trace(CaseFile.load(request.config.rootpath / case_file), place / "case")
            assert run(["report", str(place / "case"), "-o", str(place / "report.html"), "--quiet"]) == 0
            assert run(["export", str(place / "case"), "-o", str(place / "export")]) == 0
            done[case_file] = Page((place / "report.html").read_text()), Export(place / "export")
        return done[case_file]

    return of


CASES = [
    "fixtures/cases/rehearsal/case.toml",
    COINCHECK,
    "fixtures/cases/table/case.toml",
    "fixtures/cases/evm_rehearsal/case_dollar.toml",
]


@pytest.mark.parametrize("case_file", CASES)
def test_every_figure_is_what_the_rows_it_cites_come_to(made, case_file):
    page, export = made(case_file)
    recomputed, wrong = Recomputed(page, export), []
    assert len(page.figures) > 50
    for figure in page.figures:
        value = recomputed.of(figure)
        if value != Fraction(figure["data-value"]):
            wrong.append((figure.attributes, value))
    assert not wrong, (len(wrong), wrong[:5])


TWO_VICTIMS = """name = "fair"
title = "Two stalls are drained"
chain = "table"
asset = "coin"
decimals = 2
[[sources]]
kind = "table"
path = "t.csv"
whole = ["bakery", "dairy", "bob", "carol"]
basis = "chain"
[[thefts]]
transfer = "a2"
[[thefts]]
transfer = "a4"
[labels]
files = ["l.csv"]
[stops]
dust = 5
[[claims]]
from = "bob"
to = "Alpha"
low = "1"
source = "The Gazette"
says = "one coin or more"
[[links]]
deposit = "a6"
amount = "0.5"
to = "bc1qpay"
source = "a letter of Alpha"
grade = "B2"
"""
ROWS = """height,tx_hash,sender,recipient,amount,fee,memo
1,a0,mint,bakery,1000,0,
1,a1,mint,dairy,1000,0,
2,a2,bakery,bob,900,0,
3,a3,friend,bob,250,0,
4,a4,dairy,carol,700,3,
5,a5,carol,bob,400,2,
6,a6,bob,alpha,500,1,for Ann
7,a7,bob,alpha,300,1,"<script>alert(1)</script>"
8,a8,bob,bakery,120,1,
9,a9,carol,bob,4,1,
10,b0,bob,zoe,100,0,
11,b1,zoe,yan,30,0,
12,b2,alpha,mint,5,0,
"""


@pytest.fixture
def fair(tmp_path):
    """Two victims whose money mixes, a customer with a hostile memo, an account that was read in part, no declared rule."""
    (tmp_path / "t.csv").write_text(ROWS)
    (tmp_path / "l.csv").write_text("address,label,category,source\nalpha,Alpha,exchange,a list\n")
    (tmp_path / "case.toml").write_text(TWO_VICTIMS)
    tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "case")
    return tmp_path / "case"


def report_of(tracer_cli, folder, place):
    assert tracer_cli("report", folder, "-o", place / "report.html", "--quiet")[0] == 0
    assert tracer_cli("export", folder, "-o", place / "export")[0] == 0
    return Page((place / "report.html").read_text()), Export(place / "export")


def test_figures_hold_where_victims_mix_and_accounts_are_read_in_part(tracer_cli, fair, tmp_path):
    page, export = report_of(tracer_cli, fair, tmp_path)
    recomputed = Recomputed(page, export)
    wrong = [(each.attributes, value) for each in page.figures if (value := recomputed.of(each)) != Fraction(each["data-value"])]
    assert not wrong, (len(wrong), wrong[:5])
    assert {"end-not_fetched", "end-returned", "claim-1", "statement-1", "service-1-2"} <= page.by_id.keys()


def test_of_an_account_that_was_read_in_part_what_it_paid_on_is_not_said_to_end(tracer_cli, fair, tmp_path):
    page, _ = report_of(tracer_cli, fair, tmp_path)
    findings = " ".join(page.by_id["findings"].text().split())
    left = "Computed At least one rule leaves traced funds there; they were not followed further."
    assert f"rows, money was paid to or from 2 addresses. Appendix A lists each row. {left}" in findings


def test_a_redacted_export_of_a_case_without_a_rule_is_recomputed(tracer_cli, fair, tmp_path):
    assert tracer_cli("bounds", fair)[0] in (0, 1)  # refused where an account was read in part
    assert tracer_cli("export", fair, "--redact", "third-parties", "-o", tmp_path / "out")[0] == 0
    code, out, _ = tracer_cli("verify", tmp_path / "out")
    assert code == 0, out
    assert "rows of third parties (redacted" in out
    assert "friend" not in "".join(path.read_text() for path in (tmp_path / "out").iterdir())


def test_a_figure_that_is_not_what_its_rows_come_to_is_found(made):
    page, export = made(CASES[0])
    recomputed = Recomputed(page, export)
    figure = next(each for each in page.figures if each["data-how"] == "sum" and each["href"].startswith("#service-1"))
    row = next(key for _, key in recomputed.keys(figure))
    export.rows[row][figure["data-column"]] = str(int(export.rows[row][figure["data-column"]]) + 1)
    assert recomputed.of(figure) == int(figure["data-value"]) + 1
    export.rows[row][figure["data-column"]] = str(int(export.rows[row][figure["data-column"]]) - 1)


APART = {"figure", "quoted", "setting", "place", "said"}
"""What may hold an amount without a citation: figures have one; quotations are a source's; settings are the case file's; heights."""


def said_by_the_report(element):
    if set(element["class"].split()) & APART or element.tag in ("time", "code", "style", "title"):
        return ""
    return "".join(part if isinstance(part, str) else said_by_the_report(part) for part in element.texts)


@pytest.mark.parametrize("case_file", CASES)
def test_no_amount_of_the_report_stands_without_its_rows(made, case_file):
    page, _ = made(case_file)
    text = said_by_the_report(page.by_id["answer"].parent)
    loose = re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)? (?:xem|XEM|ETH|coin)\b", text)
    assert [each for each in loose if each != "225,364,961"] == []  # the name of a judgment


def test_every_link_of_the_report_leads_somewhere(made):
    for case_file in CASES:
        page, _ = made(case_file)
        links = {each["href"].removeprefix("#") for each in page.root.all() if each["href"].startswith("#")}
        assert links <= page.by_id.keys()


def test_hostile_text_is_inert_in_a_report(tracer_cli, fair, tmp_path):
    report_of(tracer_cli, fair, tmp_path)
    text = (tmp_path / "report.html").read_text()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "default-src 'none'" in text


def test_a_report_is_the_same_whenever_it_is_made_of_the_same_log(rehearsal):
    from tracer.report.court import court_report

    assert court_report(rehearsal) == court_report(rehearsal)


def test_a_report_that_contradicts_its_certificate_is_not_written(rehearsal):
    from tracer.errors import CertificateError
    from tracer.report.court import court_report

    end = rehearsal.outcome.endpoints[0]
    wrong = end._replace(amounts={**end.amounts, "fifo": end.amounts["fifo"] + 1})
    case = type(rehearsal)(rehearsal.folder, rehearsal.db, rehearsal.question, rehearsal.manifest)
    case.knowing(outcome=rehearsal.outcome._replace(endpoints=(wrong, *rehearsal.outcome.endpoints[1:])))
    with pytest.raises(CertificateError):
        court_report(case)


def test_the_case_file_chooses_the_word_for_what_was_taken(made):
    page, _ = made(COINCHECK)
    assert "stolen funds" in page.root.text()
    assert "11 thefts" in page.root.text()
    page, _ = made(CASES[0])
    assert "11 disputed transfers" in page.root.text()
    assert "stolen funds" not in page.root.text()


def test_a_time_zone_that_nobody_knows_is_refused_with_the_nearest(tracer_cli, fair):
    text = (fair.parent / "case.toml").read_text()
    (fair.parent / "case.toml").write_text(text.replace("[labels]", '[report]\ntimezone = "Asia/Tokio"\n[labels]'))
    code, _, error = tracer_cli("trace", fair.parent / "case.toml", "-o", fair)
    assert code == 1
    assert "timezone = 'Asia/Tokio' is no time zone: did you mean Asia/Tokyo?" in error


def test_the_coincheck_report_keeps_fact_report_and_lead_apart(made):
    page, _ = made(COINCHECK)
    text = " ".join(page.root.text().split())
    assert "No amount here rests only on rows that were read from blocks" in text
    assert "58,366,671,109 JPY" in text
    assert "2018-01-26 00:04:56" in text  # the moment that the published hash commits to, in Japan
    assert "No entry names an address of this ledger." in text
    assert "Entries that name a transaction of this ledger by its hash: 1." in text
    for status in ("explained", "superseded"):
        assert any(each["data-status"] == status for each in page.by_id["evidence"].all())
    assert "126.58.200.7" not in text


def test_nothing_is_said_of_a_history_that_nobody_read(made):
    text = " ".join(made(COINCHECK)[0].root.text().split())
    assert "not known: its history was not read" in text
    assert "none of the thefts carried money that an earlier one had taken" not in text
    assert "It is not known what else left the source address of the" in text
    assert "46,603,339,585.49 JPY" in text  # all of it at the other price of the case


def test_the_first_page_says_what_was_not_looked_at_before_anybody_relies_on_it(made):
    page, _ = made("fixtures/cases/rehearsal/case.toml")
    answer = " ".join(page.by_id["answer"].text().split())
    assert "The chain is a private one: its first block is not that of the public network" in answer
    assert "Nothing here was compared" not in answer
    assert "Under FIFO, stolen value reached 7 accounts without a label that show signs of being a service, for example " in answer
    assert "All rows come from one source" in answer
    schedule = " ".join(page.by_id["schedule"].text().split())
    assert "could also have reached 1 further customer of these services, but none of the rules traces any there" in schedule
    findings = " ".join(page.by_id["findings"].text().split())
    assert (
        "The largest differences, with floor and ceiling (section 1) where these were computed: "
        "TDA4GLD74PG46RAW2OLFVL4VEOTXY4FEJODWYPR2: the rules differ by 1,900,006.400028 XEM; "
        "floor 4,590,993.599972 XEM, ceiling 6,491,000 XEM." in findings
    )
    signs = "Of the addresses that traced funds reached under FIFO, these have no label and show signs of being a service"
    assert f"The chain does not show who controls these addresses. Inferred {signs}" in findings
    assert "Inferred The chain" not in findings


def test_another_rule_is_said_with_the_declared_one_and_all_at_both_ends(made):
    alternatives = " ".join(made("fixtures/cases/rehearsal/case.toml")[0].by_id["alternatives"].text().split())
    assert (
        "The figure for processor depends on the rule: it is 2,270,496 XEM under the declared rule (FIFO); "
        "over the 5 rules it ranges from 2,270,496 XEM (FIFO, LIBR) to 2,273,660.992034 XEM (stolen money first)."
    ) in alternatives
    assert "The figure for token sale" not in alternatives


def test_where_nobody_knows_whose_chain_it_is_the_last_block_is_named_to_look_up(made):
    page, _ = made("fixtures/cases/evm_rehearsal/case_dollar.toml")
    said = " ".join(page.root.text().split())
    assert "Nothing here was compared with a public source of the chain" in said
    assert said.count("with the hash 0x7738b3d46c96ec7d0fc0d77499f5b28ccf43ae30b5f7f67f1958aebf2907bcef") == 3  # sections 1, 13 and 15
    assert "The chain is a private one" not in said


def test_a_statement_of_rows_that_no_signature_covers_is_called_no_fact():
    ledger = SimpleNamespace(columns=SimpleNamespace(basis=["chain", "chain", "chain"]), transfer=lambda row: row)
    pen = SimpleNamespace(case=SimpleNamespace(ledger=ledger), tie=["signed", "balanced", "stated"].__getitem__)
    assert [Pen.kind(pen, range(rows)) for rows in (1, 2, 3)] == ["fact", "balanced", "stated"]


def test_every_text_of_the_catalogue_is_used(request):
    folder = request.config.rootpath / "tracer" / "report" / "court"
    words = tomllib.loads((folder / "english.toml").read_text())
    code = "".join(path.read_text() for path in [*folder.glob("*.py"), *folder.glob("*.html")])
    begun = set(re.findall(r"\b(\w+)\.(\w*)(?:\.\{|\{|\" ~)", code))  # f"answer.rests_{basis}", "word." ~ kind

    def used(part, key):
        return f"{part}.{key}" in code or any(part == of and key.startswith(start) for of, start in begun)

    named = {"terms", "authority", "noun"}  # read as tables
    assert [f"{part}.{key}" for part in words.keys() - named for key in words[part] if not used(part, key)] == []


def sentences_of_the_program(root):
    """What stands on a page outside of quotations, figures, values, code and moments: runs of text with no element in them."""
    own = {"quoted", "setting", "figure", "place"}
    if root.tag not in ("style", "code", "time", "data") and not own & set(root["class"].split()):
        for part in root.texts:
            if isinstance(part, str):
                yield part
            else:
                yield from sentences_of_the_program(part)


@pytest.mark.parametrize("case_file", CASES)
def test_every_sentence_of_the_report_is_of_its_catalogue_or_quoted(made, case_file, request):
    """So another language is another catalogue, and what stays English is marked as quoted."""
    page, export = made(case_file)
    folder = request.config.rootpath / "tracer" / "report" / "court"
    texts = strings_in(tomllib.loads((folder / "english.toml").read_text()))
    pieces = {piece.strip(" ,.;:()“”") for text in texts for piece in re.split(r"\{\w+\}", text)} - {""}
    whole = [re.sub(r"^(?=\w)", r"(?<!\\w)", re.sub(r"(?<=\w)$", r"(?!\\w)", re.escape(each))) for each in sorted(pieces, key=len)]
    known = re.compile("|".join(reversed(whole)))
    title = export.case.get("title", "")
    own = (text for text in sentences_of_the_program(page.root) if title not in text or not title)
    unknown = {left for text in own if re.search(r"[a-z]{3,} [a-z]{3,}", left := known.sub(" ", " ".join(text.split())))}
    assert unknown == set()


def strings_in(value):
    """Every text of a catalogue."""
    if isinstance(value, str):
        return [value]
    return [text for each in (value.values() if isinstance(value, dict) else value) for text in strings_in(each)]


def test_no_sentence_of_the_report_stands_in_its_code(request):
    """But for docstrings, what is shown to a programmer, commands and HTML."""
    found = []
    for path in (request.config.rootpath / "tracer" / "report" / "court").glob("*.py"):
        tree = ast.parse(path.read_text())
        aside = {
            id(inside)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Expr, ast.Raise))
            for inside in ast.walk(node)
            if isinstance(node, ast.Raise) or isinstance(node.value, ast.Constant)
        }
        texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in aside)
        found += [text for text in texts if re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", text) and "<" not in text]
    assert [text for text in found if not text.startswith(("tracer ", "python "))] == []


def test_the_first_hours_sheet_is_one_page(tracer_cli, rehearsal_dir, tmp_path):
    code, _, _ = tracer_cli("report", rehearsal_dir, "--first-hours", "-o", tmp_path / "sheet.html")
    assert code == 0
    page = Page((tmp_path / "sheet.html").read_text())
    text = " ".join(page.root.text().split()).split("} ")[-1]  # behind the style
    assert "Where the trail ends, and whom to ask" in text
    assert "exchange1" in text
    assert len(text) < 6000


def test_a_tag_has_what_was_measured_of_it_elsewhere_with_the_population(made):
    page, _ = made(CASES[0])
    said = " ".join(page.by_id["tags"].text().split())
    assert f"unknown on this chain. The last column was measured elsewhere, in {measured_elsewhere()['population']}." in said
    relay = next(line for line in page.by_id["tags"].all() if line.tag == "tr" and line.text().startswith("relay"))
    assert [cell.text() for cell in relay.inside[4:]] == ["0 of 17", "1,913 of 27,767, per thousand: 68.9 (58.9 to 78.8); finds 60 of 63"]


def test_a_finding_of_any_kind_says_what_a_reorganisation_could_still_undo(made):
    """Of services, of what is still held, of fees: each of its own rows."""
    findings = " ".join(made(CASES[0])[0].by_id["findings"].text().split())
    undone = [part.split(".")[0] for part in findings.split("When the chain was read, a reorganisation could still undo ")[1:]]
    assert len(undone) == 8
    assert [part for part in undone if "of these rows" in part] == [f"{count} of these rows" for count in (160, 13, 153)]
    assert findings.count("This finding holds only if no reorganisation has done so since.") == 8


@pytest.mark.parametrize("case_file", CASES)
def test_what_the_rows_show_names_no_rule_and_what_a_rule_traces_is_computed(made, case_file):
    """A deposit is a fact; that it carries traced funds is what a rule says of it."""
    shown, computed = [], []
    for each in made(case_file)[0].by_id["findings"].all():
        kind = each["class"]
        if kind in {"fact", "balanced", "stated", "reported", "modelled"}:
            shown.append(" ".join(each.text().split()))
        elif kind == "computed":
            computed.append(" ".join(each.text().split()))
    assert not [said for said in shown if re.search(r"\brules?\b|traced|stolen|\btrail\b", said)]
    deposits = [re.search(r"([\d,]+) deposits?\b", said) for said in shown]
    begin, end = "Computed At least one rule traces funds to", "the trail was not followed further."
    traced = [said for said in computed if said.startswith(begin)]
    paid = [
        re.search(r"In ([\d,]+) rows?, (?:money|amounts below the dust limit) (?:was|were) paid to (?!or from)", said) for said in shown
    ]
    assert traced == [
        *(f"{begin} {'this deposit' if found[1] == '1' else 'each of these deposits'}." for found in filter(None, deposits)),
        *(f"{begin} {'this payment' if found[1] == '1' else 'each of these payments'}; {end}" for found in filter(None, paid)),
    ]


def test_limits_and_what_holds_of_every_service_are_said_once(made):
    text = " ".join(made(CASES[0])[0].root.text().split())
    assert text.count("A trace follows money, not people.") == 1
    assert text.count("The chain does not show to which customer, if any, a deposit belongs.") == 1


def test_a_block_of_a_private_chain_dates_nothing(made):
    said = "The chain is a private one (section 3), so this proves no date."
    assert said in made(CASES[0])[0].root.text()
    assert said not in made("fixtures/cases/evm_rehearsal/case_dollar.toml")[0].root.text()


def test_a_label_in_the_register_is_not_said_to_be_of_an_address_that_was_reached(made):
    """The register has every label of the ledger, also of addresses at which no rule puts anything."""
    page, export = made(CASES[0])
    register = " ".join(page.by_id["appendix-register"].text().split())
    assert "A label here does not mean that traced funds reached the address." in register
    labelled = {each["data-account"] for each in page.by_id["labels"].all() if each["data-item"]}
    reached = {end["address"] for end in export.ends}
    assert len(labelled) == 9
    assert 0 < len(labelled & reached) < 9


def test_the_time_of_an_earlier_row_is_not_said_to_be_that_of_the_newest_block(made):
    """Of the newest block of the rehearsal neither a node nor a row says the time: its last row is three blocks older."""
    said = " ".join(made("fixtures/cases/rehearsal/case.toml")[0].root.text().split())
    assert "as of block 484, the last block that was read; the last row is dated 2018-01-25T19:10:56Z." in said
    assert "The sources of this case give the height and the hash of this block, but not its time; the last row that was read" in said
    timed = " ".join(made("fixtures/cases/evm_rehearsal/case_dollar.toml")[0].root.text().split())
    assert "as of block 110, 2025-08-19T17:14:48Z, the last block that was read." in timed
    assert "Earliest possible date of the results: 2025-08-19T17:14:48Z, according to the newest block that was read (110," in timed


def test_a_tag_whose_name_is_a_legal_term_says_what_was_seen(made):
    said = " ".join(made("fixtures/cases/rehearsal/case.toml")[0].by_id["tags"].text().split())
    assert "equal parts (tag name: structuring; the word is not used in its legal sense)" in said
    assert "change of signers (tag name: change_of_control)" in said
