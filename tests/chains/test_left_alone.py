"""A node is left alone as long as it asks for (`Retry-After`). Time is a number here, and nothing listens."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest

from tracer.chains import Nodes
from tracer.chains.evm.batches import BATCH, Batches, body_of
from tracer.chains.node.client import NodeClient, NodeLostError
from tracer.chains.node.transport import Served, Waits, put_question
from tracer.errors import NodeError

A, B = "http://127.0.0.1:1", "http://127.0.0.1:2"
GOOD = Served(200, "{}")


class World:
    """Nodes that answer from a list, the last answer for ever; `asked`: when each was, in seconds."""

    def __init__(self, monkeypatch, **answers):
        self.now, self.asked = 1000.0, []
        self.answers = {A: answers.get("a", [GOOD]), B: answers.get("b", [GOOD])}
        monkeypatch.setattr("tracer.chains.node.client.put_question", self.put_question)
        monkeypatch.setattr("tracer.chains.node.client.NodeClient.wait", lambda _, seconds: self.wait(seconds))
        monkeypatch.setattr("time.monotonic", lambda: self.now)

    def wait(self, seconds):
        self.now += max(0.0, seconds)

    def put_question(self, _session, _method, url, body, _waits):
        node = url[: len(A)]
        self.asked.append((node, self.now - 1000))
        answers = self.answers[node]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(body) if callable(answer) else answer

    def client(self, *urls):
        self.recorded = []
        return NodeClient(Nodes(urls, lambda exchange, _: self.recorded.append(exchange), per_second=1e6))


def test_the_next_question_waits_as_long_as_the_node_asks_for(monkeypatch):
    world = World(monkeypatch, a=[Served(429, "", retry_after=7.0), Served(503, "", retry_after=50.0), GOOD])
    assert world.client(A).ask("GET", "/x").status == 200
    assert [round(at) for _, at in world.asked] == [0, 7, 57]


def test_a_429_that_says_nothing_is_followed_by_two_seconds_of_silence(monkeypatch):
    world = World(monkeypatch, a=[Served(429, ""), GOOD])
    world.client(A).ask("GET", "/x")
    assert [round(at, 2) for _, at in world.asked] == [0, 2]


def test_an_answer_that_is_good_asks_for_nothing(monkeypatch):
    world = World(monkeypatch, a=[Served(200, "{}", retry_after=50.0), GOOD])
    client = world.client(A)
    client.ask("GET", "/x")
    client.ask("GET", "/y")
    assert world.now < 1001


def test_nothing_is_waited_for_after_the_last_try(monkeypatch):
    world = World(monkeypatch, a=[Served(429, "", retry_after=40.0)])
    client = world.client(A, B)
    with pytest.raises(NodeLostError):
        client.ask("GET", "/x")
    assert [round(at) for _, at in world.asked] == [0, 40, 80, 120, 160]
    client.ask("GET", "/x")
    assert world.asked[-1][0] == B
    assert world.now < 1161


@pytest.mark.parametrize("status", [429, 503])
def test_a_node_that_wants_more_than_a_minute_is_left_for_another(monkeypatch, status):
    world = World(monkeypatch, a=[Served(status, "", retry_after=86_400.0)])
    client = world.client(A, B)
    with pytest.raises(NodeLostError):
        client.ask("GET", "/x")
    assert client.ask("GET", "/x").node == B
    assert [node for node, _ in world.asked] == [A, B]
    assert world.now < 1002


def test_the_last_node_that_wants_more_than_a_minute_is_named_with_its_wish(monkeypatch):
    world = World(monkeypatch, a=[Served(429, "", retry_after=3_600.0)])
    with pytest.raises(NodeError, match="GET /x: it wants no question for 3,600 seconds"):
        world.client(A).ask("GET", "/x")


def test_a_node_that_was_given_up_is_not_asked_again_before_its_time(monkeypatch):
    """A watch lets every node be asked again at each look."""
    world = World(monkeypatch, a=[Served(429, "", retry_after=3_600.0), GOOD])
    client = world.client(A)
    for _ in range(3):
        with pytest.raises(NodeError):
            client.ask("GET", "/x")
        client.lost.clear()
        world.now += 30
    assert len(world.asked) == 1
    world.now += 3_600
    assert client.ask("GET", "/x").status == 200


def test_a_minute_and_a_second_is_too_long_however_long_the_pause_before_the_next_try(monkeypatch):
    world = World(monkeypatch, a=[Served(429, "", retry_after=61.0)])
    client = world.client(A, B)
    with pytest.raises(NodeLostError):
        client.ask("GET", "/x")
    assert len(world.asked) == 1


def test_a_wish_is_kept_that_comes_with_an_answer_nobody_can_read(monkeypatch):
    world = World(monkeypatch, a=[Served(429, why="an answer that is no text (UTF-8)", retry_after=20.0), GOOD])
    assert world.client(A).ask("GET", "/x").status == 200
    assert [round(at) for _, at in world.asked] == [0, 20]


def test_the_wish_of_an_answer_in_an_unknown_packing_is_read():
    class Session:
        status_code, headers = 429, {"Retry-After": "7", "Content-Encoding": "br"}

        def request(self, *_, **__):
            return nullcontext(self)

    assert put_question(Session(), "GET", A, None, Waits()) == Served(
        429, why="an answer packed as 'br', which nobody asked for", retry_after=7.0
    )


def test_a_question_that_nothing_depends_on_is_not_waited_with(monkeypatch):
    world = World(monkeypatch, a=[Served(503, "", retry_after=50.0), GOOD])
    client = world.client(A)
    assert [client.peek("GET", "/x"), client.peek("GET", "/x")] == [None, None]
    assert (len(world.asked), world.now < 1001) == (1, True)


def test_a_batch_is_not_waited_for_longer_than_a_minute_either(monkeypatch):
    world = World(monkeypatch, a=[Served(429, "", retry_after=86_400.0)])
    client = world.client(A, B)
    bodies = [("eth_getBlockByNumber", (hex(number), False)) for number in range(16)]
    batches = Batches(client)
    for question in batches.ahead(bodies, lambda question: [question]):
        with pytest.raises(NodeLostError):
            client.ask("POST", "", body_of(*question))
        break
    assert [node for node, _ in world.asked] == [A]
    assert (client.node, world.now < 1010) == (B, True)
    assert [json.loads(each.answer) for each in world.recorded if each.path == BATCH] == [{"refused": 16, "why": "status 429"}]
    assert batches.longest[A] == 4


def answered(body):
    """All questions of a batch."""
    return Served(200, json.dumps([{"jsonrpc": "2.0", "id": each["id"], "result": {}} for each in json.loads(body)]))


def test_after_a_wish_that_is_kept_shorter_batches_are_taken(monkeypatch):
    world = World(monkeypatch, a=[Served(429, "", retry_after=30.0), answered])
    questions = [("eth_chainId", (number,)) for number in range(8)]
    assert list(Batches(world.client(A)).ahead(questions, lambda question: [question])) == questions
    assert [round(at) for _, at in world.asked] == [0, 30, 30, 30]
