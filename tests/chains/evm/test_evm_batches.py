"""Questions put together: as many answers in fewer requests, each recorded and judged by itself; a node need not take them."""

from __future__ import annotations

import json

import pytest
from support.evm_node import Rehearsal, serving
from support.evm_recording import ETHER, EVM, dollar, truth

from tracer.chains import Nodes
from tracer.errors import NodeError

TAKER = next(row["taker"] for row in truth("thefts") if row["asset"] == "ETH")
PHISHED = list(dict.fromkeys(row["victim"] for row in truth("thefts") if row["how"] == "approval phishing"))


def read(urls, kept=None, said=(), asset=ETHER, accounts=(TAKER,)):
    """Some accounts, read whole from nodes without waiting; answers go to `kept`, those in `said` are known already."""
    record = (lambda exchange, node: kept.append(exchange)) if kept is not None else (lambda exchange, node: None)
    found = EVM.reader(said, asset, "recording", Nodes(tuple(urls), record, 10_000, None, 0) if urls else None)
    found.begin()
    for account in found.ahead(accounts):
        assert found.fetch(account)
    return found.reading(set(accounts))


@pytest.fixture(scope="module")
def alone():
    """The reading, and how many requests it takes, of a node that takes no batches."""
    rehearsal = Rehearsal(together=0)
    with serving(rehearsal) as url:
        return read([url]).transfers, len(rehearsal.requests)


def test_questions_put_together_take_a_third_of_the_requests(alone):
    rehearsal = Rehearsal()
    with serving(rehearsal) as url:
        rows = read([url]).transfers
    assert rows == alone[0]
    assert 3 * len(rehearsal.requests) < alone[1]


def test_each_answer_of_a_batch_is_recorded_under_its_own_question(alone):
    kept = []
    with serving(Rehearsal()) as url:
        read([url], kept)
    asked = [json.loads(each.body) for each in kept if each.method == "POST"]
    assert all(isinstance(each, dict) and each["id"] == 1 for each in asked)
    assert read((), said=kept).transfers == alone[0]


def test_a_node_that_takes_eight_questions_at_a_time_is_asked_no_more_of_it(alone):
    rehearsal = Rehearsal(together=8)
    with serving(rehearsal) as url:
        assert read([url]).transfers == alone[0]
    assert sum(many > 8 for many in rehearsal.requests) == 1


def test_what_a_batch_leaves_out_is_asked_by_itself_and_noted(alone):
    kept = []
    with serving(Rehearsal(batch=lambda answers: answers[:-3])) as url:
        assert read([url], kept).transfers == alone[0]
    assert any(each.path == "/tracer/batch" and json.loads(each.answer)["left_out"] == 3 for each in kept)


def test_what_a_node_refuses_within_a_batch_is_asked_by_itself(alone):
    def strict(answers):
        return [{"id": each["id"], "error": {"code": -32005, "message": "limit exceeded"}} for each in answers]

    with serving(Rehearsal(batch=strict)) as url:
        assert read([url]).transfers == alone[0]


def test_answers_in_another_order_are_told_by_their_numbers(alone):
    with serving(Rehearsal(batch=lambda answers: answers[::-1])) as url:
        assert read([url]).transfers == alone[0]


def numbered(change):
    return lambda answers: [*answers[1:], {**answers[0], "id": change(answers)}]


LIES = {
    "a question answered twice": (numbered(lambda answers: answers[1]["id"]), "answers question 2 twice"),
    "an answer to what nobody asked": (numbered(lambda answers: 99), "answers question '99', and"),
    "an answer without a number": (lambda answers: [{"result": "0x1"}, *answers[1:]], "a list that cannot be read"),
    "answers given to one another's questions": (
        lambda answers: [{**each, "id": other["id"]} for each, other in zip(answers, answers[1:] + answers[:1], strict=True)],
        "",
    ),
}


@pytest.mark.parametrize("name", [name for name in LIES if LIES[name][1]])
def test_a_node_that_lies_in_a_batch_is_given_up_with_the_cause_named(name):
    spoil, cause = LIES[name]
    with serving(Rehearsal(batch=spoil)) as url, pytest.raises(NodeError, match=cause):
        read([url])


@pytest.mark.parametrize("name", LIES)
def test_where_one_node_lies_in_a_batch_the_rows_are_the_same(name, alone):
    with serving(Rehearsal(batch=LIES[name][0])) as liar, serving(Rehearsal()) as honest:
        assert read([liar, honest]).transfers == alone[0]


def test_a_batch_that_is_larger_than_any_answer_is_put_in_parts(alone, monkeypatch):
    monkeypatch.setattr("tracer.chains.node.transport.LARGEST", 150_000)
    kept = []
    with serving(Rehearsal()) as url:
        assert read([url], kept).transfers == alone[0]
    assert any("an answer larger than" in each.answer for each in kept if each.path == "/tracer/batch")


def holders_read(rehearsal):
    with serving(rehearsal) as url:
        return read([url], asset=dollar(), accounts=PHISHED[:4]).transfers


def test_the_logs_of_several_holders_are_asked_for_together():
    rehearsal = Rehearsal()
    holders_read(rehearsal)
    assert rehearsal.asked["eth_getLogs"] == 3


@pytest.fixture(scope="module")
def one_by_one():
    return holders_read(Rehearsal(together=0))


@pytest.mark.parametrize(
    "how", [{"longest": 30}, {"most": 30}, {"cut": 500}], ids=["short ranges", "a cap", "a cap of which nothing is said"]
)
def test_logs_asked_for_together_are_those_of_each_holder_whatever_the_node_limits(how, one_by_one):
    assert holders_read(Rehearsal(**how)) == one_by_one


def test_an_account_whose_long_list_was_recorded_stays_too_busy_when_a_run_goes_on(monkeypatch):
    monkeypatch.setattr("tracer.chains.evm.questions.BUSY", 2)
    kept = []
    with serving(Rehearsal()) as url:
        for said in ([], kept):
            found = EVM.reader(list(said), ETHER, "recording", Nodes((url,), lambda exchange, node: kept.append(exchange), 10_000, None, 0))
            found.begin()
            assert not found.fetch(TAKER)
