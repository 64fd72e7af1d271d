"""Messages: what one addressee is asked, and nothing about anybody else."""

from __future__ import annotations

import re

import pytest
from pipeline.test_stoppable import CASE, HEADER, ROWS, case_of

from tracer.errors import CaseError, StoreError
from tracer.pipeline.stoppable.listing import facts_of, listing_of
from tracer.pipeline.stoppable.numbering import read_sent
from tracer.report.messages_to_addressees import write_messages


def written(case, folder, sent=None):
    """The messages by file name, without the README."""
    paths = write_messages(case, listing_of(facts_of(case), sent), folder)
    return {path.name: path.read_text() for path in paths if path.name not in ("README.txt", "digests.json")}


def test_a_message_to_each_service_names_its_customers_and_no_other_address(rehearsal, tmp_path):
    texts = written(rehearsal, tmp_path / "out")
    services = {"exchange1", "exchange2", "processor", "token-sale"}
    assert {name.rpartition("-")[0] for name in texts} == services
    for name, text in texts.items():
        own = {a for a, service in rehearsal.trace.stops.services.items() if name.startswith(service.replace(" ", "-"))}
        assert set(re.findall(r"address (T[A-Z2-7]{39})", text)) <= own


def test_a_message_says_what_was_deposited_when_by_which_transaction_and_what_is_only_inferred(tmp_path):
    (text,) = written(case_of(tmp_path), tmp_path / "out").values()
    for said in (
        "To Alpha",
        "We ask you to hold what these customers have with you",
        '  - address alpha, memo "customer 7", bytes 637573746f6d65722037',
        "  - 2024-01-01T00:10:00Z, block 2: 3 coin, transaction a2",
        "  - under fifo, the declared rule: 3 coin",
        "  - 30 minutes since the last arrival",
        "  - That the address is Alpha's is a label's word: us, dated 2024-01-01.",
        "2 lines, 4 coin traced under fifo",
    ):
        assert said in text
    assert "somebody else" not in text
    assert "bert" not in text


def test_a_message_carries_the_results_digest_of_its_case(tmp_path):
    case = case_of(tmp_path)
    (text,) = written(case, tmp_path / "out").values()
    assert f"results digest {case.manifest['results_digest']}" in text


def test_a_list_goes_on_from_a_message_that_was_sent(tmp_path):
    written(case_of(tmp_path), tmp_path / "out")
    sent = read_sent([tmp_path / "out"], "addressee")
    more = "6,2024-01-01T00:50:00Z,a6,ann,alpha,100,0,customer 9\n"
    (text,) = written(case_of(tmp_path, ROWS + more), tmp_path / "out", sent).values()
    assert re.findall(r"^Line (\d) \(id [0-9a-f]{12}\), (\w+)$", text, re.MULTILINE) == [("1", "same"), ("2", "same"), ("3", "added")]


def test_a_line_that_falls_away_is_withdrawn_in_words(tmp_path):
    written(case_of(tmp_path), tmp_path / "out")
    sent = read_sent([tmp_path / "out"], "addressee")
    without = ROWS.replace("3,2024-01-01T00:20:00Z,a3,ann,alpha,100,0,customer 8\n", "")
    (text,) = written(case_of(tmp_path, without), tmp_path / "out", sent).values()
    assert "Withdrawn: please hold nothing on our word for these any longer" in text
    assert re.search(r'^Line 2 \(id [0-9a-f]{12}\), address alpha, memo "customer 8": ', text, re.MULTILINE)


def test_a_withdrawn_line_does_not_name_the_service_that_a_label_names_now(tmp_path):
    written(case_of(tmp_path), tmp_path / "out")
    sent = read_sent([tmp_path / "out"], "addressee")
    texts = written(case_of(tmp_path, label="Other owner"), tmp_path / "out", sent)
    (text,) = (text for text in texts.values() if "To Alpha" in text)
    assert "by its label the address is a service's: what is there is on the list of that service" in text
    assert "Other owner" not in text


def test_a_payment_that_was_not_read_from_a_block_says_so_among_the_facts(tmp_path):
    rows = "".join(f"{row},chain\n" for row in ROWS.splitlines())
    rows += "6,2024-01-01T00:50:00Z,a6,ann,dora,100,0,,reported\n7,2024-01-01T00:55:00Z,a7,dora,alpha,100,0,,chain\n"
    case = case_of(tmp_path, rows, header=HEADER.replace("memo", "memo,basis"))
    (text,) = written(case, tmp_path / "out").values()
    assert "transaction a6 (reported, not read from a block)" in text
    assert "transaction a2\n" in text


def test_hostile_text_of_the_chain_and_of_labels_acts_on_no_terminal(tmp_path):
    rows = ROWS.replace("customer 7", '"\x1b[2J\u202e=cmd"')
    (text,) = written(case_of(tmp_path, rows, label="..\\u202E/x"), tmp_path / "out").values()
    assert not any(c in text for c in ("\x1b", "\u202e"))
    assert all(path.parent == tmp_path / "out" for path in (tmp_path / "out").rglob("*"))


def test_no_message_is_written_on_thefts_that_were_only_reported(tmp_path):
    case = case_of(tmp_path, case=CASE.replace('basis = "chain"', 'basis = "reported"'))
    with pytest.raises(
        CaseError,
        match="no message was written, because a message may name only payments read from blocks, and here all thefts are only reported",
    ):
        written(case, tmp_path / "out")


def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text(HEADER)
    with pytest.raises(StoreError, match=r"mine\.txt, which is no message"):
        written(case_of(tmp_path / "case"), tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == HEADER
