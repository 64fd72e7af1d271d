"""Lists of labels as CSV and JSON."""

from __future__ import annotations

import json

import pytest

from tracer.errors import AddressError, InputError
from tracer.labels import Wanted, read_labels, written


@pytest.fixture
def read(tmp_path):
    def found(text, name="labels.csv", network="ethereum", address=str):
        (tmp_path / name).write_text(text)
        return read_labels([tmp_path / name], Wanted(network, "eth", address))

    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "address,name,category,source,date\nanna,Corner Exchange,Hot Wallet,a letter,2021-05-04\n"),
        ("b.csv", "Address;Name Tag;Label;URL;Updated At\nanna;Corner Exchange;hot_wallet;a letter;2021-05-04\n"),
        ("c.tsv", "\ufeffwallet\tentity\ttype\tsource\tlastmod\nanna\tCorner Exchange\thot wallet\ta letter\t2021/05/04\n"),
        (
            "d.json",
            '[{"address": "anna", "name": "Corner Exchange", "labels": ["Hot Wallet"], "source": "a letter", "date": "2021-05-04"}]',
        ),
        ("e.json", '{"anna": {"name": "Corner Exchange", "labels": ["hot_wallet"], "url": "a letter", "date": "2021-05-04"}}'),
        (
            "f.json",
            '{"labels": [{"addr": "anna", "label": "Corner Exchange", "type": "hot wallet", "ref": "a letter", "time": "2021-05-04"}]}',
        ),
    ],
)
def test_a_list_is_told_by_the_names_of_its_fields(read, name, text):
    ((label,), left_out) = read(text, name)
    assert (label.address, label.label, label.category) == ("anna", "Corner Exchange", "hot_wallet")
    assert (label.source, label.lastmod, label.pack) == ("a letter", "2021-05-04", name)
    assert not left_out


def test_a_list_without_sources_is_its_own_source_and_its_confidence_is_unknown(read):
    ((label,), _) = read("address,name\nanna,Corner Exchange\n")
    assert (label.source, label.confidence, label.level, label.lastmod) == ("labels.csv", "unknown", 5, None)


def test_an_address_of_json_may_stand_with_a_name_alone(read):
    assert read('{"anna": "Corner Exchange"}', "labels.json").labels[0].label == "Corner Exchange"


def test_rows_of_other_networks_and_rows_without_a_name_are_left_out_and_counted(read):
    found = read("address,name,chain\nanna,Shop,1\nbert,Shop,56\ncarl,,1\nanna,Shop,1\n")
    assert [label.address for label in found.labels] == ["anna"]
    assert found.left_out == {"of bsc": 1, "without an address or a name": 1, "given twice": 1}


def _refuse(text):
    raise AddressError(f"{text!r} is no address")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labels.csv", "who,colour\nx,y\n", r"labels.csv:1: no column says address or name: .* address,name,category,source"),
        ("labels.csv", "address,name,date\nanna,Shop,2021-01-02\nbert,Shop,03/04/2021\n", r"labels.csv:3: time '03/04/2021' is no day"),
        ("labels.csv", "address,name\nanna,a,b\n", r"labels.csv:2: more cells than the header"),
        ("labels.csv", 'address,name\nanna,"a\n', r"labels.csv:2: no CSV"),
        ("labels.json", '{"anna": "a", "anna": "b"}', r"labels.json: no JSON, or a name stands twice"),
        ("labels.json", "[1, 2]", r"labels.json: no list of labels"),
        ("labels.json", "{", r"labels.json: no JSON"),
        ("labels.csv", f"address,name\nanna,{'x' * 2000}\n", r"labels.csv:2: name has 2,000 characters"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(read, name, text, said):
    with pytest.raises(InputError, match=said) as refused:
        read(text, name)
    assert "\n" not in str(refused.value)


def test_a_wrong_address_is_named_with_its_line(read):
    with pytest.raises(InputError, match=r"labels.csv:3: 'anna' is no address"):
        read("address,name\n\nanna,Shop\n", address=_refuse)


def test_a_list_written_as_a_pack_can_be_read_whatever_its_categories_are_called(read, tmp_path):
    found = read("address,name,type,author\nanna,Corner,cex;exchange,Eve\n")
    (tmp_path / "out.yaml").write_text(written(found.labels, "ETH", "out", "me"))
    ((label,), _) = read_labels([tmp_path / "out.yaml"], Wanted("ethereum", "eth", str))
    assert (label.label, label.category, label.concepts) == ("Corner", None, ("exchange",))
    assert json.loads(label.context)["categories"] == ["cex"]
