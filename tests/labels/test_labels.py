"""TagPacks and the label book."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, missing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tracer.errors import AddressError, InputError
from tracer.labels import LabelBook, Wanted, read_tagpack, tagpack, written
from tracer.labels.tagpack import CONFIDENCE, TAG
from tracer.model import Label
from tracer.plan.service_stops import labelled_services

HEADER = "title: Exchanges\ncreator: me\ncurrency: XEM\nsource: https://example.org\nconfidence: forensic\n"


def wanted(currency="xem", network="nem", address=str):
    return Wanted(network, currency, address)


@pytest.fixture
def pack(tmp_path):
    def read(text, **asked):
        path = tmp_path / "pack.yaml"
        path.write_text(text)
        return read_tagpack(path, wanted(**asked)).labels

    return read


def test_a_tag_inherits_what_the_header_says(pack):
    (label,) = pack(HEADER + "lastmod: 2018-02-01\ntags:\n- address: A\n  label: Zaif\n  category: exchange\n")
    assert (label.address, label.label, label.category) == ("A", "Zaif", "exchange")
    assert (label.source, label.confidence, label.level, label.lastmod) == ("https://example.org", "forensic", 50, "2018-02-01")
    assert label.pack == "Exchanges"


def test_a_tag_without_confidence_has_the_lowest_one(pack):
    (label,) = pack(HEADER.replace("confidence: forensic\n", "") + "tags:\n- {address: A, label: Zaif}\n")
    assert (label.confidence, label.level) == ("unknown", 5)


def test_tags_of_transactions_are_no_labels_of_addresses(pack):
    assert pack(HEADER + f"tags:\n- {{tx_hash: {'a' * 64}, label: theft}}\n") == []


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ("- {address: A}", "pack.yaml:7: a tag lacks label"),
        ("- {address: A, label: x, colour: red}", "pack.yaml:7: unknown key 'colour'"),
        ("- {address: A, label: x, confidence: sure}", "confidence 'sure' is none of"),
        ("- {address: A, tx_hash: b, label: x}", "either an address or a tx_hash"),
        ("- &a {address: A, label: x}\n- *a", "alias"),
        ("- {address: A, label: x, label: y}", "the key 'label' stands twice"),
        ("- [1, 2]", "is no mapping"),
        ("- {address: A, label: 'x", "correct the YAML"),
    ],
)
def test_a_wrong_tag_is_named_with_its_line(pack, tags, said):
    with pytest.raises(InputError, match=said):
        pack(HEADER + "tags:\n" + tags + "\n")


def test_tags_of_other_networks_are_left_out_and_counted(tmp_path):
    tags = "- {address: A, label: x, currency: BTC}\n- {address: B, label: y}\n- {address: C, label: z, currency: TRX}\n"
    (tmp_path / "pack.yaml").write_text(HEADER + "tags:\n" + tags + "- {address: D, label: z, currency: BTC}\n")
    found = read_tagpack(tmp_path / "pack.yaml", wanted())
    assert [label.address for label in found.labels] == ["B"]
    assert found.left_out == {"of bitcoin": 2, "of tron": 1}


def test_a_tag_that_is_given_twice_is_one_label(tmp_path):
    (tmp_path / "pack.yaml").write_text(HEADER + "label: x\ntags:\n- {address: A}\n- {address: B}\n- {address: 'A '}\n")
    found = read_tagpack(tmp_path / "pack.yaml", wanted(address=str.strip))
    assert [label.address for label in found.labels] == ["A", "B"]
    assert found.left_out == {"given twice": 1}


@pytest.mark.parametrize(
    ("tag", "taken"),
    [
        ("currency: ETH", True),
        ("currency: ETH, network: ETH", True),
        ("currency: USDT", True),
        ("currency: USDT, network: ethereum", True),
        ("currency: USDT, network: TRX", False),
        ("currency: TRX", False),
        ("currency: ETH, network: arbitrum", False),
    ],
)
def test_a_token_takes_the_labels_of_the_network_it_is_on(pack, tag, taken):
    text = HEADER.replace("currency: XEM\n", "") + f"tags:\n- {{address: A, label: x, {tag}}}\n"
    assert len(pack(text, currency="usdt", network="ethereum")) == taken


def test_labels_of_a_network_are_refused_where_the_case_does_not_say_its_own(pack):
    with pytest.raises(InputError, match=r'pack.yaml:7: the tag is of ethereum, .* write network = "ethereum"'):
        pack(HEADER + "tags:\n- {address: A, label: x, currency: ETH}\n", currency="usdt", network=None)


def test_a_large_pack_asks_the_schema_once_for_each_word_of_a_vocabulary(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(tagpack, "_check", lambda path, part, *rest: asked.append(part))
    tags = "".join(f"- {{address: A{n}, label: L{n}, category: exchange, lastmod: 2021-01-0{n % 3 + 1}}}\n" for n in range(500))
    (tmp_path / "pack.yaml").write_text(HEADER + "tags:\n" + tags)
    assert len(read_tagpack(tmp_path / "pack.yaml", wanted()).labels) == 500
    assert asked == ["header", "stated", "stated", "stated"]


def test_an_alias_bomb_is_refused_at_once(pack):
    bomb = "a: &a [x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(24))
    with pytest.raises(InputError, match="alias"):
        pack(bomb)


def test_a_pack_without_title_is_refused(pack):
    with pytest.raises(InputError, match="lacks title"):
        pack("creator: me\ntags: []\n")


def test_a_wrong_address_is_named_with_its_line(pack):
    def refuse(text):
        raise AddressError(f"{text!r} is no address")

    with pytest.raises(InputError, match=r"pack.yaml:7: 'A' is no address"):
        pack(HEADER + "tags:\n- {address: A, label: x}\n", address=refuse)


def book(pack, tags, **options):
    return LabelBook(pack(HEADER + "tags:\n" + tags), **options)


def test_conflicting_labels_are_both_kept_and_the_surer_one_names_the_address(pack):
    found = book(pack, "- {address: A, label: Zaif, confidence: heuristic}\n- {address: A, label: Bittrex, confidence: authority_data}\n")
    assert found.name("A") == "Bittrex"
    assert [label.label for label in found.of("A")] == ["Bittrex", "Zaif"]


def test_a_label_below_the_least_confidence_does_not_count(pack):
    found = book(pack, "- {address: A, label: Zaif, confidence: heuristic}\n", min_confidence=20)
    assert found.name("A") is None
    assert len(found.labels) == 1


def test_a_service_is_an_address_labelled_with_a_stop_category_by_category_or_concept(pack):
    found = book(
        pack,
        "- {address: A, label: Zaif hot, actor: zaif, category: exchange}\n"
        "- {address: B, label: Shop, concepts: [shop]}\n- {address: C, label: C}\n",
    )
    assert labelled_services(found, ["exchange", "shop"]) == {"A": "zaif", "B": "Shop"}


@pytest.mark.parametrize("name", ["A", "zaif", "Zaif hot"])
def test_a_service_the_trail_goes_through_is_no_stop(pack, name):
    found = book(pack, "- {address: A, label: Zaif hot, actor: zaif, category: exchange}\n")
    assert labelled_services(found, ["exchange"], through=[name]) == {}


PACKS = ROOT / "fixtures" / "tagpacks"


@pytest.mark.parametrize("path", sorted(PACKS.glob("valid_*.yaml")), ids=lambda path: path.stem)
def test_a_valid_pack_is_read(path):
    assert isinstance(read_tagpack(path, wanted()).labels, list)


@pytest.mark.parametrize("path", sorted(PACKS.glob("invalid_*.yaml")), ids=lambda path: path.stem)
def test_an_invalid_pack_is_refused_in_one_line_with_file_and_line(path):
    with pytest.raises(InputError) as refused:
        read_tagpack(path, wanted())
    assert re.match(rf"{re.escape(str(path))}:\d+: ", str(refused.value))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("name", "currency", "network", "labels"),
    [
        ("example.tagpack.yaml", "eth", "ethereum", 3),
        ("example_nem.tagpack.yaml", "xem", "nem", 2),
        ("validation_cases/unsupported_currency_ok.yaml", "xem", "nem", 1),
        ("validation_cases/missing_source.yaml", "eth", "ethereum", None),
    ],
)
def test_the_examples_of_the_format_behave_as_they_are_named(name, currency, network, labels):
    folder = os.environ.get("TRACER_TAGPACKS")
    if not folder:
        missing("tagpacks", "TRACER_TAGPACKS=FOLDER names the one with example.tagpack.yaml and validation_cases")
    if labels is None:
        with pytest.raises(InputError, match="lacks source"):
            read_tagpack(Path(folder) / name, wanted(currency, network))
    else:
        assert len(read_tagpack(Path(folder) / name, wanted(currency, network)).labels) == labels


def test_the_schema_has_the_levels_of_confidence_that_we_have():
    schema = json.loads((ROOT / "tracer" / "labels" / "tagpack.schema.json").read_text())
    assert schema["$defs"]["confidence"]["enum"] == list(CONFIDENCE)
    assert set(schema["$defs"]["fields"]["properties"]) == TAG
    Draft202012Validator.check_schema(schema)


def test_the_schema_alone_tells_a_valid_pack_from_one_with_an_unknown_key():
    schema = json.loads((ROOT / "tracer" / "labels" / "tagpack.schema.json").read_text())
    pack = {"title": "t", "creator": "c", "currency": "XEM", "tags": [{"address": "a", "label": "l", "source": "s"}]}
    assert Draft202012Validator(schema).is_valid(pack)
    pack["tags"][0]["colour"] = "red"
    assert not Draft202012Validator(schema).is_valid(pack)


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ("- address: A\n  label: " + "x" * 1_000_000, "pack.yaml:8: label has 1,000,000 characters"),
        (
            "- address: A\n  label: x\n  category: exchnge",
            "pack.yaml:9: category 'exchnge' is none of the vocabulary: did you mean exchange",
        ),
        ("- address: A\n  label: 42", "pack.yaml:8: label '42' is no text"),
        ('- address: A\n  label: "\\uD800"', "pack.yaml:8: half a character"),
        ("- address: A\n  label: 'x\x00'", r"pack.yaml:8: the character U\+0000 is not allowed"),
        ("- address: A\n  label: ''", "pack.yaml:8: label is empty"),
    ],
)
def test_text_that_cannot_be_is_refused_where_it_stands(pack, tags, said):
    with pytest.raises(InputError, match=said) as refused:
        pack(HEADER + "tags:\n" + tags + "\n")
    assert len(str(refused.value)) < 400


def test_what_a_tag_says_besides_is_kept(pack):
    (label,) = pack(HEADER + "network: XEM\nabuse: service_hack\ntags:\n- {address: A, label: x, context: '{\"a\": 1}', tag_type: event}\n")
    assert (label.network, label.abuse, label.context, label.tag_type) == ("XEM", "service_hack", '{"a": 1}', "event")


words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=40)
PRINTED = st.builds(
    Label,
    address=words,
    label=words,
    category=st.sampled_from([None, "exchange"]),
    concepts=st.sampled_from([(), ("exchange", "hot_wallet")]),
    source=words,
    confidence=st.just("forensic"),
    level=st.just(50),
    lastmod=st.sampled_from([None, "2018-01-26"]),
    actor=st.none() | words,
    pack=st.just("Labels"),
    context=st.none() | words,
    abuse=st.sampled_from([None, "service_hack"]),
    tag_type=st.sampled_from([None, "event"]),
    network=st.sampled_from([None, "XEM"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PRINTED, max_size=5, unique_by=lambda each: (each.address, each.network, each.label, each.source)))
def test_labels_written_as_a_pack_are_read_back_as_they_were(tmp_path, labels):
    text = written(labels, "XEM", "Labels", "me")
    assert text.isascii()
    assert not any(character < " " and character != "\n" for character in text)
    (tmp_path / "out.yaml").write_text(text)
    assert read_tagpack(tmp_path / "out.yaml", wanted(network=None)).labels == labels


def test_a_label_that_stands_in_two_packs_is_written_once(pack):
    labels = pack(HEADER + "tags:\n- {address: A, label: x}\n")
    again = [label._replace(pack="another") for label in labels]
    assert written(labels + again, "XEM", "both", "me").count("address: A") == 1


def test_labels_that_name_another_one_or_another_category_disagree(pack):
    found = book(
        pack,
        "- {address: A, label: Zaif}\n- {address: A, label: Bittrex}\n"
        "- {address: B, label: hot, actor: zaif}\n- {address: B, label: cold, actor: Zaif}\n"
        "- {address: C, label: shop, category: shop}\n- {address: C, label: shop, category: exchange, source: other}\n",
    )
    assert list(found.conflicts) == ["A", "C"]


def test_a_conflict_with_a_label_below_the_least_confidence_is_still_one(pack):
    found = book(pack, "- {address: A, label: Zaif}\n- {address: A, label: Bittrex, confidence: unknown}\n", min_confidence=20)
    assert [label.label for label in found.of("A")] == ["Zaif"]
    assert list(found.conflicts) == ["A"]


def test_a_label_is_younger_if_it_is_dated_after_the_last_transfer_of_its_address(pack):
    found = book(
        pack,
        "- {address: A, label: before, lastmod: 2018-01-25}\n- {address: A, label: same, lastmod: 2018-01-26}\n"
        "- {address: A, label: after, lastmod: 2018-01-27}\n- {address: A, label: undated}\n- {address: B, label: x, lastmod: 2020-01-01}",
    )
    noon = 1516968000  # 2018-01-26
    assert [label.label for label in found.younger({"A": noon})] == ["after"]
