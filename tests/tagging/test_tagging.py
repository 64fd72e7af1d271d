"""What is true of every tag: presets nest, dust changes nothing, times are needed, thresholds are checked, nothing is made up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.motifs import MOTIFS, motif, seen

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import CaseError, StoreError
from tracer.labels import LabelBook
from tracer.model import MOST_ROWS, Measure, Tag, Transfer, row_key
from tracer.plan.tags import tagged
from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS, View, apply, examine, lines_of, overridden, tags_of
from tracer.tagging.measures import densest
from tracer.tagging.payments_by_account import Move
from tracer.wording import measure_text

NAMES = ["victim", "ann", "bob", "cyd", "dan", "exchange1"]


def paid(number, sender, recipient, amount, time, memo=None):
    return Transfer(row_key(number + 1, 0), number + 1, 0, time, f"{number:064x}", sender, recipient, amount, 0, "transfer", memo,
                    "chain", "test", True, {})  # fmt: skip


@st.composite
def views(draw):
    """Small busy ledgers: a few names, few amounts, so that shapes come about by chance."""
    rows = draw(st.lists(st.tuples(st.sampled_from(NAMES[1:]), st.sampled_from(NAMES[1:]), st.sampled_from([1, 99, 100, 950, 1000]),
                                   st.integers(0, 90_000)), min_size=5, max_size=40))  # fmt: skip
    time, transfers = 1_500_000_000, [paid(0, "victim", "ann", 1000, 1_500_000_000)]
    for number, (sender, recipient, amount, gap) in enumerate(rows, 1):
        time += gap
        transfers.append(paid(number, sender, recipient, amount, time))
    return seen(transfers)


EASY = overridden(
    {"hub": {"min_counterparties": 2}, "mixer_like": {"min_parties": 1}, "burst": {"min_surprise": 0}, "dormancy": {"min_days": 1}}
)


@given(views())
@settings(deadline=None, max_examples=60)
def test_presets_nest_and_every_measure_of_a_tag_holds(view):
    for tag in tags_of(view, HEURISTICS, EASY):
        assert tag.presets == PRESETS[: len(tag.presets)]
        assert tag.measures
        assert all(measure.holds for measure in tag.measures)
        assert list(tag.rows) == sorted(set(tag.rows))
        assert all(0 <= row < len(view.ledger) for each in (tag, *tag.measures, *tag.against) for row in each.rows)


@given(views())
@settings(deadline=None, max_examples=60)
def test_the_default_preset_fires_nowhere_that_the_loose_one_does_not_mention(view):
    """Asked directly, default fires only where loose does: the presets really are nested on such ledgers, cycles and windows too."""
    for name in ("structuring", "single_use_relay", "relay", "dormancy", "dust", "scatter_gather", "cycle"):
        for account in view.subjects:
            under = {p: [f.holds for f in HEURISTICS[name](view, account, **THRESHOLDS[name][p])] for p in PRESETS}
            for loose, default, strict in zip(*(under[p] for p in PRESETS), strict=True):
                assert strict <= default <= loose, name


@given(views())
@settings(deadline=None, max_examples=40)
def test_an_account_is_passed_over_only_where_a_tag_is_out_of_its_reach(view):
    found = tags_of(view, HEURISTICS, EASY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply, "FEWEST", {})
        assert tags_of(view, HEURISTICS, EASY) == found


@pytest.mark.parametrize("name", [name for name in HEURISTICS if name not in ("dust", "change_of_control")])
def test_dust_makes_and_breaks_no_other_tag(name):
    rows = list(motif(MOTIFS / f"{name}.fires.csv").ledger)
    number, last = len(rows), rows[-1].time
    spam = [paid(number + n, f"spammer{n}", "subject", 3, last) for n in range(12)] + [paid(number + 12, "subject", "exchange1", 2, last)]
    plain, dusted = (seen(list(each)) for each in (rows, [*rows, *spam]))
    thresholds = overridden({"hub": {"min_counterparties": 5, "min_hours_ppm": 0}})
    before, after = (
        [(tag.subject, tag.presets, tag.rows) for tag in tags_of(each, {name: HEURISTICS[name]}, thresholds)] for each in (plain, dusted)
    )
    assert before
    assert before == after


def test_a_ledger_without_times_has_no_tags_of_windows():
    ledger = motif(MOTIFS / "fan_out.fires.csv").ledger
    view = seen([t._replace(time=None) for t in ledger])
    assert not {"fan_out", "relay", "cycle"} & {tag.name for tag in tags_of(view, HEURISTICS, THRESHOLDS)}


def test_what_an_account_did_before_it_was_touched_is_not_looked_at():
    fan = [paid(n, "subject", f"mule{n}", 100 + n, 1000 + n) for n in range(1, 12)]
    first, last = paid(0, "victim", "thief", 1000, 1000), paid(12, "thief", "subject", 1000, 1100)
    fan_out = {"fan_out": HEURISTICS["fan_out"]}
    assert tags_of(seen([first, *fan, last]), fan_out, THRESHOLDS) == ()
    touched = [first, last._replace(row_key=row_key(1, 1), height=1, position=1, time=1000), *fan]
    assert [tag.subject for tag in tags_of(seen(touched), fan_out, THRESHOLDS)] == ["subject"]


def test_a_labelled_service_is_asked_only_whether_it_is_a_hub(rehearsal):
    assert not [tag for tag in rehearsal.tags if tag.subject in rehearsal.trace.stops.services and tag.name != "hub"]
    assert not {tag.subject for tag in rehearsal.tags} & {theft.sender for theft in rehearsal.trace.thefts}


def test_a_hub_names_its_first_thousand_rows_and_counts_all():
    rows = [paid(0, "victim", "subject", 100, 1)] + [paid(n, f"c{n}", "subject", 50, n) for n in range(1, 1500)]
    rows += [paid(n, "subject", f"c{n}", 20, n) for n in range(1500, 1700)]
    view = seen(rows)
    (found,) = HEURISTICS["hub"](view, view.ledger.index["subject"], min_counterparties=500, min_both_ppm=50_000, min_hours_ppm=0)
    assert len(found.rows) == MOST_ROWS
    assert found.measures[0].value == 1700


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), min_size=1, max_size=40), st.integers(0, 40))
def test_the_densest_stretch_is_the_one_that_the_slow_way_finds(pairs, seconds):
    moves = [Move(n, time, 0, who, 1, 0) for n, (time, who) in enumerate(sorted(pairs))]
    slow = max(len({m.recipient for m in moves if start.time <= m.time <= start.time + seconds}) for start in moves)
    found = densest(moves, seconds, "recipient")
    assert len({m.recipient for m in found}) == slow
    assert found[-1].time - found[0].time <= seconds


def test_a_round_trip_search_ends_after_its_bound_and_says_so():
    rows = [paid(0, "victim", "subject", 1000, 0), paid(1, "subject", "a0", 1000, 1)]
    for layer in range(5):
        for n in range(30):
            for m in range(8):
                rows.append(paid(len(rows), f"a{layer}" if layer == 0 else f"l{layer}x{n}", f"l{layer + 1}x{m}", 1000, len(rows)))
    rows.append(paid(len(rows), "nobody", "subject", 900, len(rows)))
    view = seen(rows)
    (found,) = HEURISTICS["cycle"](view, view.ledger.index["subject"], **THRESHOLDS["cycle"]["loose"])
    assert not found.holds
    assert "ended after 500" in found.measures[0].note


def test_without_a_trace_every_account_is_looked_at_over_its_whole_life():
    ledger = motif(MOTIFS / "structuring.fires.csv").ledger
    view = View(ledger, LabelBook([]))
    assert {view.accounts[n] for n in view.subjects} == set(ledger.index)
    assert [tag.subject for tag in tags_of(view, {"structuring": HEURISTICS["structuring"]}, THRESHOLDS)] == ["subject"]


def test_what_held_and_what_did_not_is_told_with_numbers():
    view = motif(MOTIFS / "structuring.fires.csv")
    lines = list(lines_of(examine(view, "subject", HEURISTICS, THRESHOLDS)))
    assert lines[0] == "error rate on this chain: unknown"
    assert "  payments of one amount in the stretch: 5 transfers (at least 5); 1,999 coin each" in lines
    assert any(line.startswith("fan_out: does not hold (default): recipients in the stretch: 1 accounts (at least 10)") for line in lines)


def test_a_share_is_read_in_per_cent_and_an_unknown_as_unknown():
    assert measure_text(Measure("part", 125, "ppm", "at least 500,000", False)) == "part: 0.0125 % (at least 50 %)"
    assert (
        measure_text(Measure("part", None, "ppm", "at least 500,000", False, (), "of nothing"))
        == "part: unknown (at least 50 %); of nothing"
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[thresholds.fan_uot]\nmin_recipients = 3", "11: no tag is called 'fan_uot': did you mean fan_out?"),
        ("[thresholds.fan_out]\nmin_recipient = 3", "12: fan_out has no threshold 'min_recipient': did you mean min_recipients?"),
        ('[thresholds.fan_out]\nmin_recipients = "3"', "12: fan_out.min_recipients = '3' does not fit: write a whole number"),
        ("[thresholds.fan_out]\nmin_recipients = -3", "12: fan_out.min_recipients = -3 does not fit"),
        ("[thresholds.fan_out]\nmin_recipients = true", "12: fan_out.min_recipients = True does not fit"),
        ("[thresholds.fan_out]\nmax_single_ppm = 0.5", "12: fan_out.max_single_ppm = 0.5 does not fit"),
    ],
)
def test_a_threshold_that_is_none_is_named_with_its_line(tmp_path, table, said):
    case = tmp_path / "case.toml"
    case.write_text('name = "x"\nchain = "nem"\nasset = "xem"\n[[sources]]\nkind = "recording"\npath = "r.jsonl"\n[[thefts]]\n'
                    f'transfer = "ab"\n[trace]\nrules = ["fifo"]\n{table}\n')  # fmt: skip
    with pytest.raises(CaseError, match=r"case\.toml:") as raised:
        tracer.trace(CaseFile.load(case), tmp_path / "out")
    assert f"case.toml:{said}" in str(raised.value)


def test_tags_are_read_back_as_they_were_found_and_tagging_again_gives_the_same_digest(rehearsal, rehearsal_copy, tmp_path):
    traced = tracer.trace(CaseFile.load(rehearsal_copy / "case.toml"), tmp_path / "out")
    found = tagged(traced.question, traced.ledger, traced.labels, traced.trace)
    assert traced.tags == found.tags == rehearsal.tags
    assert traced.base_rates == found.rates
    again = tracer.tag(tmp_path / "out")
    assert again.manifest["results_digest"] == traced.manifest["results_digest"] == rehearsal.manifest["results_digest"]


def test_where_many_addresses_were_reached_tags_are_looked_for_where_most_value_came_and_the_statement_says_so(
    rehearsal, rehearsal_copy, tmp_path, monkeypatch
):
    monkeypatch.setattr("tracer.plan.tags.MOST_TAGGED", 5)
    few = tracer.trace(CaseFile.load(rehearsal_copy / "case.toml"), tmp_path / "out")
    arrived = {node: max(at["traced"].values()) for node, at in few.flow.nodes(data=True) if at["role"] != "victim"}
    assert {tag.subject for tag in few.tags} <= set(sorted(arrived, key=arrived.get, reverse=True)[:5])
    assert few.tags == tuple(tag for tag in rehearsal.tags if tag.subject in {tag.subject for tag in few.tags})
    assert any("Tags were looked for at the 5 addresses" in sentence for sentence in few.coverage)
    assert few.manifest["results_digest"] == rehearsal.manifest["results_digest"]
    everywhere = tracer.tag(tmp_path / "out", everywhere=True)
    assert everywhere.tags == rehearsal.tags
    assert everywhere.manifest["tags_digest"] == rehearsal.manifest["tags_digest"] != few.manifest["tags_digest"]
    assert not any("Tags were looked for" in sentence for sentence in everywhere.coverage)


def test_tagging_again_takes_the_thresholds_of_now_and_nothing_else(rehearsal_copy, tmp_path):
    path = rehearsal_copy / "case.toml"
    tracer.trace(CaseFile.load(path), tmp_path / "out")
    text = path.read_text()
    path.write_text(text + "\n[thresholds.structuring]\nmin_transfers = 21\n")
    again = tracer.tag(tmp_path / "out")
    assert not [tag for tag in again.tags if tag.name == "structuring"]
    assert CaseFolder.open(tmp_path / "out").changes(thorough=True) == []
    path.write_text(text.replace("dust = 1_000_000", "dust = 2_000_000"))
    with pytest.raises(StoreError, match="more than \\[thresholds\\] has changed"):
        tracer.tag(tmp_path / "out")
    assert CaseFolder.open(tmp_path / "out").manifest == again.manifest


def test_the_record_keeps_numbers_wider_than_64_bits(tmp_path, rehearsal):
    tag = Tag("dust", rehearsal.ledger.accounts[0].address, 3, "fact", ("loose",), (Measure("m", 10**30, "u", "at least 1", True, (1, 2)),),
              (Measure("n", None, "u", None, False, (), "why"),), (1, 2))  # fmt: skip
    from tracer.store.record.database import CaseDb
    from tracer.store.record.ledger import save_ledger
    from tracer.store.record.tags import load_tags, save_tags

    with CaseDb(tmp_path / "case.db", create=True) as db:
        save_ledger(db, rehearsal.ledger)
        save_tags(db, rehearsal.ledger, [tag])
        assert load_tags(db, rehearsal.ledger) == (tag,)


def test_tags_are_on_nodes_and_edges_of_the_flow_graph_and_in_accounts(rehearsal, rehearsal_dir, tracer_cli):
    names = {}
    for tag in rehearsal.tags:
        names.setdefault(tag.subject, set()).add(tag.name)
    assert {address: set(found) for address, found in rehearsal.flow.nodes(data="tags") if found} == names
    (one,) = [tag for tag in rehearsal.tags if tag.name == "structuring" and "default" in tag.presets]
    assert all("structuring" in edge["tags"] for _, _, edge in rehearsal.flow.edges(data=True) if edge["row"] in one.rows)
    code, out, _ = tracer_cli("accounts", rehearsal_dir, "--json", "--tag", "structuring")
    assert code == 0
    assert {each["address"] for each in json.loads(out)} == {address for address, found in names.items() if "structuring" in found}
    code, out, _ = tracer_cli("transfers", rehearsal_dir, "--json", "--tag", "structuring")
    assert {each["row"] for each in json.loads(out)} >= set(one.rows)


def test_a_tag_that_does_not_exist_is_one_line(rehearsal_dir, tracer_cli):
    for command in ("accounts", "transfers"):
        code, _, err = tracer_cli(command, rehearsal_dir, "--tag", "peel")
        assert (code, err.count("\n")) == (1, 1)
        assert "no tag is called 'peel'" in err


def test_every_tag_has_a_page_with_all_that_a_court_asks(tracer_cli):
    code, out, _ = tracer_cli("list", "tags", "--json")
    assert code == 0
    assert [each["name"] for each in json.loads(out)] == list(HEURISTICS)
    for name in HEURISTICS:
        _, page, _ = tracer_cli("show", name)
        for part in (
            "Search limit: ",
            "Sources: ",
            "Look-alikes: ",
            "Validation: the error rate on real chains is not known.",
            "Thresholds (strict, default, loose):",
        ):
            assert part in page, (name, part)
        assert all(f"{key}: " in page for key in THRESHOLDS[name]["default"])


def test_tag_command_counts_addresses_by_preset(tmp_path, rehearsal_copy, tracer_cli):
    tracer.trace(CaseFile.load(rehearsal_copy / "case.toml"), tmp_path / "out")
    code, out, _ = tracer_cli("tag", tmp_path / "out", "--json")
    assert code == 0
    said = json.loads(out)
    assert said["tags"]["structuring"] == {"loose": 5, "default": 1, "strict": 1}
    assert said["error_rate"] == "error rate on this chain: unknown"
