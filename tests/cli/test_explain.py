"""`tracer explain`: everything about one address; and how a person may name one."""

from __future__ import annotations

import json

import pytest

from tracer.model import holding_of

X1 = "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL"
X1_COLD = "TDPGN7TEL3AQDBW54MZMV26SRVIV37MWVM5L3PUX"
VICTIM = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"


def explained(tracer_cli, folder, name):
    code, out, _ = tracer_cli("explain", folder, name, "--json")
    assert code == 0
    return json.loads(out)


@pytest.mark.parametrize("name", [X1, "TB7W", "tb7wr5", "TB7WR5-NFMZL2-GWX6ZZ-XOBV6B-FOV5RP-SRPXCN-MLGL", "payment processor"])
def test_an_address_is_named_in_full_by_its_beginning_or_by_its_one_name(tracer_cli, rehearsal_dir, name):
    found = explained(tracer_cli, rehearsal_dir, name)
    assert (found["address"] == X1) == (name != "payment processor")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TB", "TB begins 49 addresses: "),
        ("exchange1", "exchange1 has 2 addresses: "),
        ("", "is no address, label or service"),
        ("nobody", "nobody is no address, label or service"),
    ],
)
def test_a_name_of_several_or_of_none_is_one_line(tracer_cli, rehearsal_dir, name, said):
    code, out, err = tracer_cli("explain", rehearsal_dir, name)
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_service_is_explained_with_its_label_and_what_ended_there(tracer_cli, rehearsal_dir):
    found = explained(tracer_cli, rehearsal_dir, X1)
    assert (found["role"], found["stop"], found["coverage"], found["label"]) == ("service", "service", "full", "exchange1")
    assert [(label["source"], label["confidence"], label["used"]) for label in found["labels"]] == [
        ("fixtures/cases/rehearsal/truth/accounts.csv", "ownership", True)
    ]
    assert found["traced"]["fifo"] == {
        "stolen_here": "0",
        "received": "20874067850000",
        "sent": "0",
        "ended": "20874067850000",
        "fees": "0",
    }
    assert found["endpoints"][0]["fifo"] == "20874067850000"
    assert (found["endpoints"][0]["least"], found["tags"]) == (None, [])


def test_tags_are_told_with_what_held_and_what_did_not(tracer_cli, rehearsal, rehearsal_dir):
    (tag,) = [tag for tag in rehearsal.tags if tag.name == "structuring" and "default" in tag.presets]
    found = explained(tracer_cli, rehearsal_dir, tag.subject)
    (held,) = [each for each in found["tags"] if each["name"] == "structuring"]
    assert (held["measures"][0]["value"], held["measures"][0]["threshold"]) == ("20", "at least 5")
    assert all(measure["holds"] for measure in held["measures"])
    assert "peel_chain" in {each["name"] for each in found["tags_not_held"]}
    _, out, _ = tracer_cli("explain", rehearsal_dir, tag.subject)
    assert "payments of one amount in the stretch: 20 transfers (at least 5); 99,999 xem each" in out
    assert "peel_chain: does not hold (default): peels in a row: 0 steps (at least 3)" in out
    _, out, _ = tracer_cli("explain", rehearsal_dir, X1_COLD)
    assert "Tags: none is looked for here, since no stolen value could have come" in out


def test_the_arriving_transfers_carry_what_was_received(tracer_cli, rehearsal_dir):
    found = explained(tracer_cli, rehearsal_dir, X1)
    for rule, sums in found["traced"].items():
        assert sum(int(each["traced"][rule]) for each in found["arriving"]) == int(sums["received"])
    assert {"tx_hash", "height", "time", "counterparty", "counterparty_label", "amount", "memo", "cut"} <= found["arriving"][0].keys()
    assert {each["cut"] for each in found["arriving"]} == {"service"}


def test_origins_are_of_three_rules_and_say_why_the_others_have_none(tracer_cli, rehearsal_dir):
    found = explained(tracer_cli, rehearsal_dir, X1)
    assert set(found["origins"]) == {"fifo", "lifo", "haircut"}
    assert "convention" in found["origins_left_out"]
    for rule, origins in found["origins"].items():
        assert sum(int(origin["ended"]) for origin in origins) == int(found["traced"][rule]["ended"])
        for origin in origins:
            assert sum(int(deposit["amount"]) for deposit in origin["deposits"]) == int(origin["arrived"]) == int(origin["ended"])


def test_the_victim_is_explained_by_what_was_stolen_there(tracer_cli, rehearsal_dir):
    found = explained(tracer_cli, rehearsal_dir, VICTIM)
    assert found["role"] == "victim"
    assert found["traced"]["fifo"]["stolen_here"] == "526300010000000"
    assert [each["theft"] for each in found["leaving"]][:2] == ["theft 1", "theft 2"]


def test_an_address_outside_the_flow_graph_is_explained_too(tracer_cli, rehearsal, rehearsal_dir):
    assert X1_COLD not in rehearsal.flow
    found = explained(tracer_cli, rehearsal_dir, "exchange1, cold wallet")
    assert (found["address"], found["touched"], found["endpoints"], found["arriving"]) == (X1_COLD, None, [], [])
    _, out, _ = tracer_cli("explain", rehearsal_dir, X1_COLD)
    assert "Not touched" in out
    assert "No rule traces stolen value to it." in out


def test_an_address_only_touched_has_a_row_and_no_amount(tracer_cli, rehearsal, rehearsal_dir):
    marked = next(a for a in rehearsal.trace.touched if a in rehearsal.flow and not any(rehearsal.flow.nodes[a]["traced"].values()))
    found = explained(tracer_cli, rehearsal_dir, marked)
    assert found["touched"]["row"] == rehearsal.trace.touched[marked]
    assert {amount for sums in found["traced"].values() for amount in sums.values()} == {"0"}
    _, out, _ = tracer_cli("explain", rehearsal_dir, marked)
    assert "a mark, never an amount" in out
    assert "No rule traces stolen value to it." in out


def test_the_table_shows_the_largest_transfers_and_counts_the_rest(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("explain", rehearsal_dir, X1, "--top", 3)
    assert "36 more: --top" in out
    assert "3 of 318 shown" in out
    for told in ("exchange1; a labelled service", "Arriving with stolen value", "Origins: the thefts it came from", "Touched since"):
        assert told in out


def test_hostile_labels_are_shown_inert(tracer_cli, rehearsal_copy, tmp_path):
    labels = rehearsal_copy / "labels.yaml"
    labels.write_text(labels.read_text().replace("label: exchange1\n", 'label: "\\e[2J\\u202E<script>"\n'))
    tracer_cli("trace", rehearsal_copy / "case.toml", "-o", tmp_path / "out")
    code, out, _ = tracer_cli("explain", tmp_path / "out", X1)
    assert code == 0
    assert not {"\x1b", "\u202e"} & set(out)


def test_more_paths_avoid_the_weakest_transfers_of_those_before(tracer_cli, rehearsal_dir):
    code, out, _ = tracer_cli("path", rehearsal_dir, VICTIM, "exchange1", "--most", 4, "--json")
    assert code == 0
    found = json.loads(out)
    paths = [found, *found["others"]]
    strengths = [int(path["bottleneck"]) for path in paths]
    assert len(paths) == 4
    assert strengths == sorted(strengths, reverse=True)
    weakest = [next(hop["row"] for hop in path["hops"] if hop["stolen"] == path["bottleneck"]) for path in paths]
    for number, path in enumerate(paths):
        assert not {hop["row"] for hop in path["hops"]} & set(weakest[:number])
    _, out, _ = tracer_cli("path", rehearsal_dir, VICTIM, "exchange1", "--most", 2)
    assert "Path 2" in out


def test_an_address_is_told_in_every_asset_and_in_both_answers(tracer_cli, swaps):
    """Whoever swapped and what ended at them; amounts as the record of both answers has them."""
    ends = [end for end in swaps.answers.endpoints["substituted"] if end.asset]
    address = next(each.owner for each in swaps.answers.exchanges.conversions if each.owner in {end.address for end in ends})
    found = explained(tracer_cli, swaps.folder, address)["answers"]
    told = {(end["asset"], end["reason"]): int(end["haircut"]) for end in found["endpoints"]["substituted"]}
    own = [end for end in swaps.answers.endpoints["substituted"] if end.address == address]
    assert sorted(told.values()) == sorted(end.amounts["haircut"] for end in own)
    held = [swaps.whole.balances[swaps.whole.index[holding_of(address, asset)]] for asset in range(4)]
    assert list(map(int, found["balances"].values())) == held
    exchanged = [each.tx_hash for each in swaps.answers.exchanges.conversions if each.owner == address]
    assert [each["tx_hash"] for each in found["exchanges"] if each["part"] == "owner"][: len(exchanged)] == exchanged


def test_a_pool_is_told_what_was_exchanged_there_and_what_speaks_against_it(tracer_cli, swaps):
    doubted = next(each for each in swaps.answers.exchanges.conversions if "young_pool" in each.doubts)
    code, out, _ = tracer_cli("explain", swaps.folder, doubted.pool)
    assert code == 0
    assert f"in {doubted.tx_hash}; not substituted: " in out
    assert "the pool is younger than the theft" in out
