"""TagPacks and the label book."""

from __future__ import annotations

import pytest

from tracer.errors import AddressError, InputError
from tracer.labels import LabelBook, read_tagpack

HEADER = "title: Exchanges\ncreator: me\ncurrency: XEM\nsource: https://example.org\nconfidence: forensic\n"


@pytest.fixture
def pack(tmp_path):
    def read(text, currency="xem", address=str):
        path = tmp_path / "pack.yaml"
        path.write_text(text)
        return read_tagpack(path, currency, address)

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
        ("- {address: A, label: x}\n- {address: A, label: x}", "pack.yaml:8: tags A a second time"),
        ("- {address: A, label: x, currency: BTC}", "currency 'BTC' is not 'xem'"),
        ("- {address: A, label: x, confidence: sure}", "confidence 'sure' is none of"),
        ("- {address: A, tx_hash: b, label: x}", "either an address or a tx_hash"),
        ("- &a {address: A, label: x}\n- *a", "alias"),
        ("- {address: A, label: x, label: y}", "the key 'label' stands twice"),
        ("- [1, 2]", "is no mapping"),
        ("- {address: A, label: 'x", "mend the YAML"),
    ],
)
def test_a_wrong_tag_is_named_with_its_line(pack, tags, said):
    with pytest.raises(InputError, match=said):
        pack(HEADER + "tags:\n" + tags + "\n")


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
    assert found.services(["exchange", "shop"]) == {"A": "zaif", "B": "Shop"}


@pytest.mark.parametrize("name", ["A", "zaif", "Zaif hot"])
def test_a_service_the_trail_goes_through_is_no_stop(pack, name):
    found = book(pack, "- {address: A, label: Zaif hot, actor: zaif, category: exchange}\n")
    assert found.services(["exchange"], through=[name]) == {}
