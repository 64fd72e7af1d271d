"""Alerts handed on: in order, each until it is taken, under an id that stays; whom they go to stands nowhere."""

from __future__ import annotations

import json
import sys
from threading import Event

import pytest
from pytest_httpserver import HTTPServer
from support.ledgers import COIN, transfer
from werkzeug import Response

from tracer.errors import InputError, StoreError
from tracer.pipeline.watch import delivery
from tracer.pipeline.watch.alerts import AlertPlace, Sighting, alert_of, keyed
from tracer.pipeline.watch.delivery import Courier, Outbox, command, webhook
from tracer.pipeline.watch.journal import ALERTS, FOLDER, Cursor, Journal

PLACE = AlertPlace("robbery", COIN, "http://anna.example:7890", 40, 360)


@pytest.fixture
def journal(tmp_path):
    """A journal that somebody is about to be told of."""
    return Journal(tmp_path)


def alerts(*payments):
    found = keyed("robbery", [transfer(row, *each) for row, each in enumerate(payments)])
    return [alert_of(Sighting(key, "payment", "confirmed", t, {}), 0, n, PLACE, None) for n, (key, t) in enumerate(found, 1)]


def told(journal, number=3):
    for alert in alerts(*(("thief", "mule", 10 + n) for n in range(number))):
        journal.add(alert)
    return [alert.id for alert in journal.alerts]


def test_what_a_webhook_does_not_take_is_handed_on_again_before_anything_later(journal):
    answers, taken = iter(["", "status 500", "", ""]), []

    def send(alert):
        taken.append(alert.number)
        return next(answers)

    outbox = Outbox("webhook", journal, send)
    told(journal)
    assert outbox.push() == "status 500"
    assert outbox.push() == ""
    assert taken == [1, 2, 2, 3]


def test_what_was_not_taken_is_handed_on_by_the_next_watch(tmp_path, journal):
    outbox = Outbox("webhook", journal, lambda _: "status 500")
    ids, taken = told(journal), []
    outbox.push()
    Outbox("webhook", Journal(tmp_path), lambda alert: taken.append(alert.id) or "").push()
    assert taken == ids


def test_whoever_is_named_for_the_first_time_begins_with_the_next_alert(journal):
    told(journal)
    assert Outbox("webhook", journal, lambda _: "").waiting == 0


def test_an_alert_that_was_half_written_when_the_watch_was_killed_is_cut_off(tmp_path, journal):
    ids = told(journal)
    with (tmp_path / FOLDER / ALERTS).open("a") as file:
        file.write('{"id": "abc", "num')
    assert [alert.id for alert in Journal(tmp_path).alerts] == ids
    assert (tmp_path / FOLDER / ALERTS).read_text().endswith("\n")


def test_a_line_that_is_no_alert_is_named(tmp_path, journal):
    told(journal)
    path = tmp_path / FOLDER / ALERTS
    path.write_text("no alert\n" + path.read_text())
    with pytest.raises(StoreError, match=r"alerts.jsonl:1: no alert"):
        Journal(tmp_path)


def test_a_cursor_that_holds_no_number_is_named(tmp_path, journal):
    (tmp_path / FOLDER / "webhook").write_text("many")
    with pytest.raises(StoreError, match="webhook: holds no number"):
        Cursor(journal, "webhook")


def test_the_same_payment_has_the_same_id_in_another_block():
    (one,), (other,) = alerts(("thief", "mule", 10)), alerts(("thief", "mule", 10))
    moved = [transfer(0, "thief", "mule", 10)._replace(height=99, row_key=99 << 20, tx_hash="ab")]
    home = [transfer(0, "thief", "mule", 10)._replace(height=9, row_key=9 << 20, tx_hash="ab")]
    assert one.id == other.id
    assert [key for key, _ in keyed("robbery", moved)] == [key for key, _ in keyed("robbery", home)]


def test_two_equal_payments_of_one_transaction_are_two():
    twice = [transfer(0, "thief", "mule", 10)._replace(tx_hash="ab")] * 2
    assert len({key for key, _ in keyed("robbery", twice)}) == 2


def test_a_webhook_that_fails_does_not_hold_anybody_up_and_has_all_in_the_end(journal, monkeypatch):
    monkeypatch.setattr(delivery, "FIRST", 0.001)
    answered, notes = [], []

    def answer(_):
        answered.append(len(answered))
        return Response("", 503 if len(answered) < 4 else 200)

    with HTTPServer() as server:
        server.expect_request("/alerts").respond_with_handler(answer)
        outbox = Outbox("webhook", journal, webhook(server.url_for("/alerts")))
        courier = Courier(outbox, notes.append)
        ids = told(journal)
        courier.wake()
        while outbox.waiting:
            Event().wait(0.001)
        courier.close()
        posted = [json.loads(request.get_data()) for request, reply in server.log if reply.status_code == 200]
    assert [each["id"] for each in posted] == ids
    assert notes[0] == "the webhook did not take an alert (status 503); it is tried again"


def test_an_alert_says_all_that_a_program_and_a_person_need(journal):
    told(journal, 1)
    said = journal.alerts[0].as_json()
    assert {"id", "number", "case", "chain", "asset", "unit", "node", "tx_hash", "amount", "text"} <= said.keys()
    assert (said["case"], said["amount"], said["unit"], said["node"]) == ("robbery", "10", COIN.stated(1), PLACE.node)
    assert "thief pays 10" in said["text"].replace(",", "")


def test_a_command_gets_the_alert_on_its_standard_input_and_no_shell_reads_it(journal, tmp_path):
    told(journal, 1)
    script = tmp_path / "hook.py"
    script.write_text("import pathlib, sys\npathlib.Path(sys.argv[1]).write_text(sys.stdin.read())\n")
    place = tmp_path / "$(touch shelled); taken.json"
    why = command(f"'{sys.executable}' '{script}' '{place}'")(journal.alerts[0])
    assert why == ""
    assert json.loads(place.read_text()) == json.loads(json.dumps(journal.alerts[0].as_json()))
    assert not (tmp_path / "shelled").exists()


@pytest.mark.parametrize(
    ("line", "why"), [(f"'{sys.executable}' -c 'raise SystemExit(3)' SECRET", "exit code 3"), ("/no/such/SECRET", "FileNotFoundError")]
)
def test_a_command_that_fails_says_why_and_not_what_was_run(journal, line, why):
    told(journal, 1)
    assert command(line)(journal.alerts[0]) == why


def test_a_webhook_that_is_not_there_says_why_and_not_where(journal):
    told(journal, 1)
    assert webhook("http://127.0.0.1:9/SECRET")(journal.alerts[0]) == "ConnectionError"


def test_a_redirect_is_no_yes(journal):
    told(journal, 1)
    with HTTPServer() as server:
        server.expect_request("/alerts").respond_with_data("", 302, {"Location": server.url_for("/elsewhere")})
        assert webhook(server.url_for("/alerts"))(journal.alerts[0]) == "status 302"


@pytest.mark.parametrize(
    ("make", "line"),
    [(webhook, "ftp://SECRET"), (webhook, "SECRET"), (command, "'SECRET"), (command, " ")],
    ids=lambda value: str(value)[:9],
)
def test_what_is_no_url_or_no_command_is_refused_without_being_repeated(make, line):
    with pytest.raises(InputError) as refused:
        make(line)
    assert "SECRET" not in str(refused.value)
