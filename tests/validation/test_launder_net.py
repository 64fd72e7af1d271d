"""LaunderNetEvm41: a small one on the screen; the real one where it is at hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, missing

from tracer.errors import InputError
from tracer.validation import validate
from tracer.validation.launder_net import thousandths

HEAD = "Timestamp,Block,Tx_hash,From,From_label,To,To_label,Value_in_USD\n"
FLOWS = [
    ("before", "source", "5.0"),  # in before the theft: clean
    ("source", "bob", "100.25"),
    ("bob", "deposit1", "60.5"),
    ("erin", "bob", "40.0"),  # clean, from outside
    ("bob", "deposit2", "39.75"),
    ("deposit1", "deposit3", "60.5"),  # a terminal absorbs: not followed
]


@pytest.fixture
def small(tmp_path):
    """A theft of 100.25 dollars and three deposits, one of which only another deposit pays."""
    place = tmp_path / "launder_net_evm41" / "cluster_1"
    place.mkdir(parents=True)
    lines = [f"2023-06-02 21:49:{n:02d},{100 + n},0x{n:064x},{s},,{r},,{usd}\n" for n, (s, r, usd) in enumerate(FLOWS)]
    (place / "flow_records.csv").write_text(HEAD + "".join(lines))
    (place / "source_addresses.csv").write_text("source")
    (place / "terminal_addresses.csv").write_text("deposit1\ndeposit2\ndeposit3\n")
    return tmp_path


def test_deposits_found_and_the_loot_there_are_counted_in_cents(small):
    cluster = validate(small)["launder_net_evm41"]["clusters"]["cluster_1"]
    assert {key: cluster[key] for key in ("flows", "thefts", "source_addresses", "terminal_addresses", "touched")} == {
        "flows": 6, "thefts": 1, "source_addresses": 1, "terminal_addresses": 3, "touched": 2,
    }  # fmt: skip
    assert cluster["rules"]["fifo"] == {"found": 2, "recall": "0.667", "stolen": "10025", "value": "10025", "share_of_loot": "1.000"}
    assert cluster["rules"]["clean_first"] == {
        "found": 1, "recall": "0.333", "stolen": "10025", "value": "6050", "share_of_loot": "0.603",
    }  # fmt: skip


def test_a_data_set_is_found_by_its_own_folder_too(small):
    assert validate(small / "launder_net_evm41") == validate(small)


def test_a_folder_without_data_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no labelled data"):
        validate(tmp_path)


def test_a_folder_without_flows_is_refused(small):
    (small / "launder_net_evm41" / "cluster_1" / "flow_records.csv").unlink()
    with pytest.raises(InputError, match=r"flow_records.csv: there is no such file"):
        validate(small)


@pytest.fixture
def published(small, tmp_path):
    """The same as it is published: names with spaces, capitals in addresses, a second cluster that nobody named."""

    def cluster(number):
        place = tmp_path / "LaunderNet" / f"cluster {number}"
        place.mkdir(parents=True)
        for name in ("flow_records.csv", "source_addresses.csv", "terminal_addresses.csv"):
            text = (small / "launder_net_evm41" / "cluster_1" / name).read_text()
            (place / name.replace("_", " ")).write_text(text.upper() if name.startswith("terminal") else text)
        return place

    return cluster


def test_the_published_names_are_read_and_clusters_stay_apart(published):
    published(1)
    found = validate(published(2).parent)["launder_net_evm41"]
    assert [(name, of["theft"], bool(of["peers"])) for name, of in found["clusters"].items()] == [
        ("cluster_1", "Atomic Wallet", True),
        ("cluster_2", None, False),
    ]
    assert found["clusters"]["cluster_2"]["rules"]["fifo"]["recall"] == "0.667"
    assert found["ranges"]["fifo"] == {"recall": ["0.667", "0.667"], "share_of_loot": ["1.000", "1.000"]}
    assert all("deposit_address" in of for of in found["clusters"].values())


def test_a_cluster_that_cannot_be_measured_is_named(tracer_cli, published):
    first, second = published(1), published(2)
    (second / "terminal addresses.csv").write_text("")
    code, out, _ = tracer_cli("validate", first.parent)
    assert code == 0
    assert f"Left out: {second}: its terminal addresses name nobody" in out


def test_a_folder_of_which_nothing_can_be_measured_is_an_error(tracer_cli, published):
    place = published(2)
    (place / "source addresses.csv").write_text("nobody")
    code, out, err = tracer_cli("validate", place.parent)
    assert (code, out) == (1, "")
    assert "cluster 2: no flow leaves a source address" in err


def test_a_second_copy_of_a_data_set_is_named(small, published):
    published(1)
    assert validate(small)["launder_net_evm41"]["left_out"] == [f"{small / 'launder_net_evm41'}: another copy; LaunderNet was measured"]


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 3, "0.000"), (2, 3, "0.667"), (1, 2000, "0.001"), (3, 3, "1.000"), (10**30, 3 * 10**30, "0.333")]
)
def test_shares_are_rounded_half_up_from_integers(part, whole, text):
    assert thousandths(part, whole) == text


def test_the_command_says_the_same_as_json(tracer_cli, small):
    code, out, _ = tracer_cli("validate", small, "--json")
    assert code == 0
    assert json.loads(out) == validate(small)
    code, out, _ = tracer_cli("validate", small)
    assert code == 0
    assert "Atomic Wallet (cluster_1): 6 flows, 1 of them thefts; 3 terminal addresses" in out


def test_the_page_has_the_figures_that_the_command_prints(tracer_cli):
    folder = os.environ.get("TRACER_LABELLED")
    if not folder:
        missing("labelled", "TRACER_LABELLED=FOLDER names the one with launder_net_evm41")
    _, printed, _ = tracer_cli("validate", Path(folder) / "launder_net_evm41")
    assert printed
    page = (ROOT / "docs" / "validation.md").read_text()
    assert re.search(r"<!-- launder_net_evm41 -->\n```\n(.*?)\n```", page, re.DOTALL)[1] == printed.rstrip()
