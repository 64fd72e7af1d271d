"""A watch that one can sleep beside: it forgets nothing, asks every node again, says what it lacks, and counts no theft unasked."""

from __future__ import annotations

import pytest
from support.live_cases import FAST, RECORDING, T0, VICTIM, LiveCase
from support.nis_server import NisServer

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains.node import reorganisations
from tracer.errors import CaseError, StoreError
from tracer.ingest.node.recording import exchanges
from tracer.pipeline.watch import target
from tracer.pipeline.watch.journal import Journal
from tracer.pipeline.watch.target import AddressTarget, CaseTarget
from tracer.pipeline.watch.watch import Clock, Watch


class Watched:
    """A case traced up to block 30 on one or two nodes, and what a watch on it says."""

    def __init__(self, place, *nodes):
        self.nodes, self.notes = nodes, []
        self.to(30)
        self.live = LiveCase(place, max_accounts=9)
        self.live.trace(*nodes)
        self.out = self.live.out

    def to(self, tip):
        for node in self.nodes:
            node.tip = tip

    def watch(self, least=0, clock=None):
        question = CaseFolder.open(self.out).question
        return Watch(CaseTarget(self.out, question, FAST), least, clock)

    def poll(self, times=1, **options):
        """What is said of payments."""
        return [alert for alert in self.watch(**options).alerts(times, 0, self.notes.append) if alert.kind != "list"]

    @property
    def tip(self):
        return CaseFolder.open(self.out).ledger.tip


@pytest.fixture
def watched(tmp_path, node):
    return Watched(tmp_path, node)


class Killed(BaseException):
    """Kill -9"""


def test_a_move_that_was_told_and_not_traced_is_traced_first_of_all_by_the_next_watch(watched, node, monkeypatch):
    """The process dies between alert and trace."""

    def dies(*_, **__):
        raise Killed

    watched.to(35)
    with monkeypatch.context() as patch:
        patch.setattr(target, "trace", dies)
        with pytest.raises(Killed):
            watched.poll()
    told = len(Journal(watched.out).alerts)
    assert told
    assert watched.tip == 30
    node.inject("error_500", match="/chain/last-block", times=100)  # nothing new can be read: what is recorded is enough
    assert watched.poll() == []
    assert watched.tip == 35


def test_a_watch_killed_before_its_alert_was_kept_gives_it_when_it_is_started_again(watched, monkeypatch):
    """The process dies after the block was recorded."""

    def dies(*_):
        raise Killed

    watched.to(35)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", dies)
        with pytest.raises(Killed):
            watched.poll()
    assert Journal(watched.out).alerts == []
    assert {alert.kind for alert in watched.poll()} == {"suspected_theft", "hop"}


def test_a_node_lost_while_the_case_is_traced_again_is_a_note_and_the_watch_goes_on(watched, node):
    """Lost in the poll of a confirmed move."""
    watched.to(35)
    node.inject("error_500", match="/account/get", times=5)
    assert watched.poll()
    assert watched.tip == 30
    assert any(note.startswith("not traced again yet: no node answers") for note in watched.notes)
    watched.poll()
    assert watched.tip == 35


def test_a_node_that_failed_once_is_asked_again(tmp_path):
    """Anna's node fails, then Bert's, then only Anna's is there."""
    with NisServer(RECORDING, tip=30) as anna, NisServer(RECORDING, tip=30) as bert:
        watched = Watched(tmp_path, anna, bert)
        turns = iter([lambda: anna.inject("error_500", times=5), lambda: bert.inject("error_500", times=1000), lambda: watched.to(35)])
        told = watched.poll(times=4, clock=Clock(sleep=lambda _: next(turns)()))
    assert told


def test_a_new_payment_of_the_drained_wallet_is_the_first_alert_and_no_theft(watched):
    """413.36M grew to 414.36M without a word."""
    before = CaseFolder.open(watched.out).trace
    watched.to(35)
    first, *later = watched.poll()
    after = CaseFolder.open(watched.out).trace
    assert (first.kind, first.sender, first.recipient) == ("suspected_theft", VICTIM, T0)
    assert first.text.startswith("SUSPECTED THEFT, CONFIRMED")
    assert [alert.kind for alert in later] == sorted((alert.kind for alert in later), reverse=True)
    assert {alert.kind for alert in later} == {"suspected_theft", "hop"}
    assert [(theft.tx_hash, theft.amount) for theft in after.thefts] == [(theft.tx_hash, theft.amount) for theft in before.thefts]


def test_what_a_watch_did_not_accept_is_asked_about_when_the_case_is_traced_again(watched, tracer_cli):
    watched.to(35)
    watched.poll()
    code, _, err = tracer_cli("trace", watched.live.place / "case.toml", "-o", watched.out)
    assert code == 1
    assert "an ordinary withdrawal is no theft" in err


def test_without_a_least_amount_small_sums_are_told_too(watched):
    watched.to(35)
    everything = watched.poll()
    assert min(worth(alert) for alert in everything) < 1_000 * 10**6


def test_only_what_is_worth_the_least_amount_is_told(watched):
    watched.to(35)
    told = watched.poll(least=1_000 * 10**6)
    assert told
    assert min(worth(alert) for alert in told) >= 1_000 * 10**6


def worth(alert):
    return min(alert.amount, max(alert.held.values())) if alert.kind == "hop" else alert.amount


def test_every_holder_and_drained_wallet_is_asked_for_what_it_announced(watched, node):
    """Not only the 40 richest."""
    watched.poll()
    asked = {url.rsplit("=", 1)[1] for _, url in node.requests if url.startswith("/account/unconfirmedTransactions")}
    held = CaseFolder.open(watched.out).trace.ended(("unspent", "not_fetched"))
    assert asked == {VICTIM, *(address for address, amounts in held.items() if any(amounts.values()))}


def test_a_list_that_the_node_cut_is_said_to_be_full(watched, node):
    """25 payments stand in the list, and who knows how many more."""
    node.unconfirmed[T0] = [node.never_included(T0, 1 + n) for n in range(30)]
    watched.poll()
    assert any(f"list full at 1 account, others may wait unseen: {T0}" in note for note in watched.notes)


def test_a_line_says_whom_it_watches_from_which_block_how_far_it_is_and_when_it_polled(watched):
    """Silent when all is well."""
    clock = Clock(lambda: 1_600_000_000.0, lambda _: None)
    watched.poll(times=3, clock=clock)
    (line,) = [note for note in watched.notes if note.startswith("watching")]
    assert "holders of stolen value and 1 drained wallet of live from block 30" in line
    assert f"last poll 2020-09-13T12:26:40Z at {watched.nodes[0].url}: block 30 of 2018-01-25T" in line
    assert line.endswith("days old then, traced up to 30")


def test_there_is_a_line_a_minute_and_no_more(watched):
    times = iter(range(1_600_000_000, 1_700_000_000, 10))
    now = [next(times)]

    def sleep(_):
        now[0] = next(times)

    watched.poll(times=13, clock=Clock(lambda: float(now[0]), sleep))
    assert len([note for note in watched.notes if note.startswith("watching")]) == 3


def test_gaps_it_traced_over_are_named_in_the_line_and_in_every_later_alert(watched, node):
    """A node that lies about balances left no word of it."""
    watched.to(35)
    node.inject("lying_balance")
    watched.poll()
    assert CaseFolder.open(watched.out).gaps
    assert any("THE LEDGER DOES NOT ADD UP" in note for note in watched.notes if note.startswith("watching"))
    watched.to(45)
    later = watched.poll()
    assert later[0].gaps
    assert all("the trace it rests on has" in alert.text for alert in later)


def test_a_node_that_is_only_behind_takes_nothing_back(watched):
    watched.to(35)
    watched.poll()
    watched.to(33)
    assert watched.poll() == []
    assert any("is behind: its chain ends with block 33, and block 35 was read" in note for note in watched.notes)


def test_an_alert_says_how_deep_its_block_lies(watched):
    watched.to(35)
    depths = {(alert.height, alert.confirmations) for alert in watched.poll()}
    assert depths <= {(height, f"{35 - height} of 360") for height in range(31, 36)}


def test_what_a_poll_hears_again_is_recorded_once(watched):
    watched.poll(times=6)
    asked = [each.path for each in exchanges(watched.out / ".partial" / "recording.jsonl") if "unconfirmed" in each.path]
    assert asked
    assert len(set(asked)) == len(asked)


# Without a case


@pytest.fixture
def wallet(tmp_path, node):
    """A watch on the drained wallet alone, begun at block 30."""
    node.tip = 30

    def poll(least=0, times=1):
        from tracer.cli.draft_of_new_case_file import Draft
        from tracer.cli.payment_options import Narrowed

        question = Draft((VICTIM,), tmp_path / "wallet.toml", (), (node.url,), "nem").case(Narrowed())
        return list(Watch(AddressTarget(tmp_path / "wallet", question, FAST), least).alerts(times, 0, lambda _: None))

    assert poll() == []
    return poll


def test_an_address_is_watched_without_a_case(wallet, node):
    node.tip = 35
    told = wallet()
    assert {(alert.kind, alert.status, alert.sender) for alert in told} == {("payment", "confirmed", VICTIM)}
    assert wallet() == []


def test_payments_of_an_address_that_were_made_while_nobody_watched_are_told(wallet, node):
    node.tip = 45
    assert {alert.height for alert in wallet()} & set(range(36, 46))


def test_of_an_address_too_only_what_is_worth_it_is_told(wallet, node):
    node.tip = 45
    assert all(alert.amount >= 10**12 for alert in wallet(least=10**12))


def test_the_command_watches_an_address(tmp_path, node, tracer_cli):
    asked = ("watch", VICTIM, "--node", node.url, "--min", "0.000001", "--polls", 1, "--every", 0, "-o", tmp_path / "wallet")
    node.tip = 30
    assert tracer_cli(*asked)[:2] == (0, "")
    node.tip = 35
    code, out, err = tracer_cli(*asked)
    assert code == 0
    assert f"{VICTIM} pays" in out
    assert f"watching {VICTIM} from block 30" in err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((VICTIM,), "there is no such case folder; to watch addresses without a case, add --node URL"),
        (("NOBODY", "--node", "http://127.0.0.1:9"), "'NOBODY' is no NEM address"),
        ((VICTIM, "--node", "http://127.0.0.1:9", "--min", "many"), "--min many: is no decimal number"),
        ((VICTIM, "--node", "http://127.0.0.1:9", "--min", "0.0000001"), "--min 0.0000001: has more than the 6 digits"),
        ((64 * "a", "--node", "http://127.0.0.1:9"), "a transaction pays once: name addresses"),
    ],
)
def test_what_cannot_be_watched_is_refused_in_one_line(tmp_path, tracer_cli, monkeypatch, arguments, why):
    monkeypatch.chdir(tmp_path)
    code, _, err = tracer_cli("watch", *arguments)
    assert code == 1
    assert why in err


def test_neither_url_nor_command_stands_in_any_file_or_line(watched, tracer_cli, monkeypatch):
    """From the command line or the environment only."""
    watched.to(35)
    monkeypatch.setenv("TRACER_WEBHOOK", "http://127.0.0.1:9/SECRET-URL")
    monkeypatch.setenv("TRACER_HOOK", "/no/such/SECRET-COMMAND")
    code, out, err = tracer_cli("watch", watched.out, "--polls", 1, "--every", 0)
    assert code == 0
    assert "alerts wait for the webhook" in err
    files = b"".join(path.read_bytes() for path in watched.out.rglob("*") if path.is_file())
    assert "SECRET" not in out + err
    assert b"SECRET" not in files


def test_a_watch_writes_through_no_link(watched, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (watched.out / "watch").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="watch: is a link, and a watch would write there"):
        watched.poll()


def test_no_case_file_says_which_payments_were_accepted(watched):
    text = watched.live.write(watched.nodes[0].url).text.replace("to = [", 'accepted = ["ab"]\nto = [')
    with pytest.raises(CaseError, match="unknown key 'accepted'"):
        CaseFile.parse(text, watched.live.place / "case.toml")


def test_a_payment_counts_as_a_theft_once_somebody_accepts_it(watched, tracer_cli):
    watched.to(35)
    suspected = {alert.tx_hash for alert in watched.poll() if alert.kind == "suspected_theft"}
    assert tracer_cli("trace", watched.live.place / "case.toml", "-o", watched.out, "--yes")[0] == 0
    assert suspected <= {theft.tx_hash for theft in CaseFolder.open(watched.out).trace.thefts}
    assert watched.poll() == []


def test_a_long_way_to_the_tip_is_gone_in_strides_with_alerts_and_lines_on_the_way(watched, monkeypatch):
    monkeypatch.setattr(reorganisations, "STRIDE", 3)
    watched.to(45)
    minutes = iter(range(1_600_000_000, 1_700_000_000, 61))
    told = watched.poll(clock=Clock(lambda: float(next(minutes))))
    blocks = [note.split("block ")[2].split(" ")[0] for note in watched.notes if note.startswith("watching")]
    assert blocks == ["33", "36", "39", "42", "45"]
    assert {alert.confirmations for alert in told} <= {"0 of 360", "1 of 360", "2 of 360"}
    assert watched.tip == 45
