"""The Coincheck case: what is known of it, said as what it is, and the same question put to a node."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from conftest import REHEARSAL, ROOT
from support.live_cases import FAST, RECORDING, T0, VICTIM
from support.nis_server import NisServer

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.page_inputs_of_case import drawing_of_case
from tracer.chains.nem.addresses import address_of, nem_address
from tracer.chains.nem.hashes_and_signatures import hash_of
from tracer.errors import BoundsError, CaseError, TracerError
from tracer.pipeline.bounds import bounded
from tracer.render import payload
from tracer.report.freeze_lists import freeze
from tracer.tagging import HEURISTICS

CASE = ROOT / "fixtures" / "cases" / "coincheck"
ROBBED, RECIPIENT = "NC3BI3DNMR2PGEOOMP2NKXQGSAKMS7GYRKVA5CSZ", "NC4C6PSUW5CLTDT5SXAGJDQJGZNESKFK5MCN77OG"
XEM = 1_000_000
DAY = 86_400
JANUARY = 1_514_678_400 // DAY  # the day before 1 January 2018


@pytest.fixture(scope="module")
def coincheck(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coincheck") / "case"
    tracer.trace(CaseFile.load(CASE / "case.toml"), folder)
    return CaseFolder.open(folder)


def test_the_eleven_payments_are_526_300_010_xem_and_all_reported(coincheck):
    thefts = coincheck.trace.thefts
    assert len(thefts) == 11
    assert sum(theft.amount for theft in thefts) == 526_300_010 * XEM
    assert {(theft.sender, theft.recipient, theft.basis) for theft in thefts} == {(ROBBED, RECIPIENT, "reported")}


def test_nothing_is_traced_beyond_what_is_known(coincheck):
    (end,) = coincheck.trace.endpoints
    assert (end.address, end.reason, end.basis) == (RECIPIENT, "not_fetched", "reported")
    assert set(end.amounts.values()) == {526_300_010 * XEM}
    assert {account.coverage for account in coincheck.ledger.accounts} == {"boundary"}


def test_the_published_hash_is_the_hash_of_the_fields_that_were_found():
    found = json.loads((CASE / "theft_c2921d53.json").read_text())
    assert hash_of(found["transaction"]) == found["hash"]
    assert address_of(found["transaction"]["signer"], found["transaction"]["version"]) == ROBBED
    assert {"signature", "height", "meta"}.isdisjoint(found["transaction"])


def test_the_hash_stands_at_one_payment_and_proves_no_block(coincheck):
    (theft,) = [each for each in coincheck.trace.thefts if each.tx_hash]
    found = json.loads((CASE / "theft_c2921d53.json").read_text())
    assert (theft.tx_hash, theft.amount) == (found["hash"], found["transaction"]["amount"])
    assert theft.time == found["transaction"]["timeStamp"] + 1427587585
    transfer = coincheck.ledger.transfer(theft.row)
    assert (transfer.fee, transfer.height, transfer.basis, transfer.verified) == (1_250_000, None, "reported", False)


def test_every_address_of_the_labels_has_a_good_checksum_and_a_source(coincheck):
    assert len({label.address for label in coincheck.labels.labels}) == 36
    for label in coincheck.labels.labels:
        assert nem_address(label.address) == label.address
        assert label.source


def test_nobody_is_called_a_thief(coincheck, tracer_cli):
    tracer_cli("render", coincheck.folder, "--unmasked")
    _, evidence, _ = tracer_cli("evidence", coincheck.folder, "--unmasked")
    for text in ((CASE / "labels.yaml").read_text().split("\n", 1)[1], (CASE / "case.toml").read_text(), evidence):
        assert not re.search(r"thief|thieves|hacker(?!\")|perpetrator|culprit", text)


def test_guesses_and_one_blogs_allegation_are_left_out():
    text = "".join(path.read_text() for path in CASE.iterdir() if path.suffix in (".toml", ".yaml", ".csv", ".json"))
    for left_out in ("1PQV39VV", "1AauwKcs", "18C35bBJ", "Bitfinex", "CoinsMarkets"):
        assert left_out not in text


def test_the_press_is_met_at_about_58_billion_yen(coincheck):
    assert coincheck.flow.about.valuation.total == "58366671109"
    assert all(price.source for price in coincheck.context.prices)


@pytest.fixture(scope="module")
def post(coincheck):
    """The entries of the blog post of January 2018, as they leave the folder."""
    return [each for each in coincheck.flow.about.evidence if each.source.startswith("a blog post of January 2018")]


def test_the_incident_of_the_blog_post_is_a_separate_one_and_supports_no_attribution(post):
    assert {each.grade for each in post} == {"F6"}
    assert all(each.subject.startswith("separate incident, link to the theft unknown. ") for each in post)


def test_the_blog_post_is_kept_fact_by_fact_from_the_tweets_to_the_last_note(post):
    assert [(each.time // DAY - JANUARY, each.kind, each.status) for each in post] == [
        (17, "archived_page", "explained"),
        (17, "ip_address", "explained"),
        (17, "ip_address", "explained"),
        (17, "statement", "explained"),
        (17, "test", "explained"),
        (19, "statement", "superseded"),
        (21, "statement", "stands"),
        (27, "statement", "stands"),
    ]


def test_the_news_below_the_post_is_about_the_theft_and_graded_apart(coincheck):
    news = [each for each in coincheck.flow.about.evidence if each.kind == "news_report"]
    assert [(each.grade, each.status) for each in news] == [("F2", "stands")] * 2
    assert all(each.subject.startswith("about the theft, not the incident of the post. ") for each in news)


def test_what_the_post_says_is_printed_without_being_cut(post, coincheck, tracer_cli):
    _, out, _ = tracer_cli("evidence", coincheck.folder)
    assert [each.value for each in post if each.value not in out] == []


def test_the_second_address_of_the_post_is_a_third_partys_and_does_not_leave(post, coincheck, tracer_cli, tmp_path):
    (third,) = [each for each in coincheck.context.evidence if each.third_party]
    assert [each.value for each in post if each.kind == "ip_address"] == ["163.43.x.x", "(masked)"]
    tracer_cli("export", coincheck.folder, "-o", tmp_path)
    printed = [tracer_cli(*command)[1] for command in (["evidence", coincheck.folder], ["evidence", coincheck.folder, "--json"])]
    left = [json.dumps(payload(drawing_of_case(coincheck, coincheck.flow))), *printed]
    left += [path.read_text(encoding="utf-8") for path in (*tmp_path.iterdir(), *(ROOT / "docs").glob("*.md"))]
    assert [text for text in left if third.value in text] == []


def test_zaifs_totals_conflict_and_stand_side_by_side(coincheck):
    stated = {(each.claim.least, each.claim.most) for each in coincheck.flow.about.claims if each.claim.recipient == "Zaif"}
    assert {(24_000_000 * XEM, None), (22_600_000 * XEM, 22_600_000 * XEM), (46_000_000 * XEM, None)} <= stated


def test_no_claim_is_compared_with_a_nought_that_nobody_read(coincheck):
    assert all(each.traced is None and each.why.startswith("not compared") for each in coincheck.flow.about.claims)


def test_no_balance_is_stated_of_accounts_that_nobody_read(coincheck, tracer_cli):
    _, out, _ = tracer_cli("accounts", coincheck.folder, "--json")
    assert {(each["opening"], each["balance"]) for each in json.loads(out)} == {(None, None)}
    _, out, _ = tracer_cli("explain", coincheck.folder, "NC4C6PSU")
    assert "What it opened with and what it holds is unknown: its history was not read." in out
    _, out, _ = tracer_cli("explain", coincheck.folder, "NC4C6PSU", "--json")
    assert json.loads(out)["balance"] is None
    assert set(payload(drawing_of_case(coincheck, coincheck.flow))["nodes"]["balance"]) == {None}


def test_every_tag_says_that_it_does_not_hold_where_nothing_was_read(coincheck, tracer_cli):
    _, out, _ = tracer_cli("explain", coincheck.folder, "NC4C6PSU", "--json")
    assert {each["name"] for each in json.loads(out)["tags_not_held"]} == set(HEURISTICS)


def test_a_claim_is_listed_with_whom_it_comes_from(coincheck, tracer_cli):
    _, out, _ = tracer_cli("evidence", coincheck.folder)
    assert any(line.split()[:2] == ["Zaif", "CoinPayments"] and "22,600,000" in line for line in out.splitlines())


def test_the_summary_reads_like_the_story(coincheck, tracer_cli, tmp_path):
    _, out, _ = tracer_cli("trace", CASE / "case.toml", "-o", tmp_path / "out")
    for told in (
        "Taken: 526,300,010 xem in 11 thefts (one payment each) from 2018-01-25T15:02:13Z to 2018-01-25T23:26:00Z; all of them",
        "Z; all of them are reported, not read from the chain.\n",
        "Basis: all of the stolen value rests on reports or assumptions, not on payments read from the chain.\n",
        "not followed: history not read, or only in part (1 address)",
        "Value when stolen: 58,366,671,109 JPY, all thefts together, at 110.9 JPY per xem; no more exact than this price.",
        "later explained otherwise, or superseded. No amount comes from it: amounts come from the ledger alone",
        "No account in the ledger other than the drained one is labelled as a service. The trail stops at the drained account; ",
        "at the drained account; at 1 account whose history was not read; at transfers below 1 xem; at the cut-off, 2018-03-22T15:00:00Z.",
        "The case lists 16 published claims; none of them could be compared with a traced figure",
    ):
        assert told in out


def test_the_demo_shows_all_cases(tracer_cli, tmp_path):
    code, out, err = tracer_cli("demo", "-o", tmp_path / "rehearsal")
    assert (code, err) == (0, "")
    places = [out.index(str(tmp_path / name / "case.html")) for name in ("rehearsal", "evm_rehearsal", "coincheck")]
    assert places == sorted(places)
    command = f"tracer rules {tmp_path / 'rehearsal'} --top 1000"
    assert command in out
    assert "more: --top" not in tracer_cli(*command.split()[1:])[1]
    _, out, _ = tracer_cli("demo", "-o", tmp_path / "rehearsal", "--json")
    assert list(json.loads(out)) == ["rehearsal", "evm_rehearsal", "coincheck"]


def test_without_the_extra_the_demo_says_what_it_leaves_out(tracer_cli, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, out, _ = tracer_cli("demo", "-o", tmp_path / "rehearsal")
    assert code == 0
    assert "Not traced: evm_rehearsal" in out
    assert not (tmp_path / "evm_rehearsal").exists()


@pytest.fixture
def on_a_node(tmp_path):
    """The case file with the addresses of the rehearsal's network, and its labels: the same question, put to a node."""
    text = (CASE / "case.toml").read_text().replace(ROBBED, VICTIM).replace(RECIPIENT, T0)
    text = text.replace("2018-01-25T15:00:00Z", "2018-01-25T12:00:00Z").replace("dust = ", "max_accounts = 4\ndust = ")
    shutil.copy(REHEARSAL / "labels.yaml", tmp_path)
    shutil.copy(CASE / "jpy.csv", tmp_path)
    (tmp_path / "case.toml").write_text(text)
    return tmp_path


def test_with_a_node_the_reported_table_is_not_read_and_the_thefts_are_found_by_wallet_and_window(on_a_node):
    with NisServer(RECORDING) as server:
        case = CaseFile.load(on_a_node / "case.toml").with_options({"node": [server.url]})
        done = tracer.trace(case, on_a_node / "out", patience=FAST)
    assert len(done.trace.thefts) == 11
    assert {theft.basis for theft in done.trace.thefts} == {"chain"}
    assert sum(theft.amount for theft in done.trace.thefts) == 526_300_010 * XEM
    assert {row.source for row in done.ledger} == {"recording.jsonl.gz"}
    anybody = [each for each in done.flow.about.claims if each.claim.recipient == "anybody" and each.claim.since is None]
    assert all(each.traced is not None and each.traced["fifo"] > 0 for each in anybody)


def test_a_node_of_another_network_says_that_the_wallet_is_not_there(tmp_path):
    with NisServer(RECORDING) as server:
        case = CaseFile.load(CASE / "case.toml").with_options({"node": [server.url]})
        with pytest.raises(TracerError, match=ROBBED):
            tracer.trace(case, tmp_path / "out", patience=FAST)


def test_no_freeze_list_is_made_of_what_was_only_reported(coincheck):
    why = r"because a freeze list may name only payments read from blocks, and here all thefts are only reported.*--node"
    with pytest.raises(CaseError, match=f"no freeze list was written, {why}"):
        freeze(coincheck)


def test_no_bounds_are_given_on_what_was_only_reported(coincheck):
    with pytest.raises(BoundsError, match=r"one of the rows of that account \(.*\) is reported; floors and ceilings can be computed only"):
        bounded(coincheck, 5, lambda *_: None)
