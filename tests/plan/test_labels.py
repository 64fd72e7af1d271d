"""The labels of a case: which are taken, what is left out, and what is said of them."""

from __future__ import annotations

import shutil

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import InputError
from tracer.ingest.source_digests import digests
from tracer.plan.labels import labels_of

ROBBED, THIEF, SHOP, STRANGER = ("0x" + digit * 40 for digit in "123e")
THEFT = "0x" + "01" * 32

CASE = f"""
name = "till"
chain = "table"
asset = "usdt"
decimals = 2
network = "ethereum"
[[sources]]
kind = "table"
path = "t.csv"
[[thefts]]
transfer = "{THEFT}"
[trace]
rules = ["fifo"]
[stops]
categories = ["exchange"]
[labels]
"""

TRANSFERS = f"""height,time,tx_hash,sender,recipient,amount
100,2021-01-01T00:00:00Z,{THEFT},{ROBBED},{THIEF},100
101,2021-01-01T01:00:00Z,0x{"02" * 32},{THIEF},{SHOP},60
"""

HEADER = "title: Shops\ncreator: me\nsource: a letter\ncategory: exchange\ntags:\n"


@pytest.fixture
def case(tmp_path):
    """A case of the two transfers with the given label files."""

    def of(text=CASE, **files):
        (tmp_path / "t.csv").write_text(TRANSFERS)
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        (tmp_path / "case.toml").write_text(text)
        return CaseFile.load(tmp_path / "case.toml")

    return of


def said_of(question, tmp_path):
    """What the coverage statement says, when traced and when opened again, which is the same."""
    traced = tracer.trace(question, tmp_path / "out").flow.about.coverage
    assert CaseFolder.open(tmp_path / "out").flow.about.coverage == traced
    return "\n".join(traced)


def services(question, tmp_path):
    return {e.address: e.service for e in tracer.trace(question, tmp_path / "out").trace.endpoints if e.reason == "service"}


def test_a_token_on_ethereum_stops_at_a_service_labelled_on_ethereum(case, tmp_path):
    question = case(
        CASE + 'files = ["a.yaml"]\n',
        a_dot_yaml=HEADER + f'- {{address: "{SHOP.upper().replace("0X", "0x")}", label: Shop, currency: ETH}}\n',
    )
    assert services(question, tmp_path) == {SHOP: "Shop"}


def test_what_is_left_out_of_the_packs_is_counted_by_reason(case, tmp_path):
    shop = f'- {{address: "{SHOP}", label: Shop, currency: ETH}}\n'
    question = case(CASE + 'files = ["a.yaml"]\n', a_dot_yaml=HEADER + "- {address: bc1, label: x, currency: BTC}\n" + shop + shop)
    assert "2 tags were left out of the label files: 1 given twice, 1 of bitcoin." in said_of(question, tmp_path)


def test_a_folder_stands_for_all_packs_and_lists_in_it(case, tmp_path):
    one = HEADER + f'- {{address: "{SHOP}", label: Shop, currency: ETH}}\n'
    question = case(
        CASE + 'files = ["packs"]\n',
        packs__a_dot_yaml=one,
        packs__b_dot_csv=f"address,name\n{THIEF},Thief\n",
        packs__README_dot_md="no labels",
        **{"packs__x.actorpack.yaml": "title: actors\n"},
    )
    assert [label.label for label in labels_of(question)] == ["Shop", "Thief"]
    assert [source.name for source in digests(question)] == ["t.csv", "packs/a.yaml", "packs/b.csv"]


def test_a_folder_without_labels_is_refused(case, tmp_path):
    with pytest.raises(InputError, match="'packs' cannot be read"):
        tracer.trace(case(CASE + 'files = ["packs"]\n', packs__README_dot_md="no labels"), tmp_path / "out")


def test_a_misspelt_network_is_refused_with_the_nearest(case):
    with pytest.raises(InputError, match=r"case.toml:6: network = 'etherium' is unknown: did you mean ethereum\?"):
        labels_of(case(CASE.replace('"ethereum"', '"etherium"') + 'files = ["a.csv"]\n', a_dot_csv="address,name\n"))


def test_only_labels_that_disagree_on_an_address_of_the_case_are_conflicts(case, tmp_path):
    rows = "".join(f"0x{n:040x},scam {n}\n0x{n:040x},phishing {n}\n" for n in range(3))
    question = case(CASE + 'files = ["a.csv"]\n', a_dot_csv=f"address,name\n{SHOP},Shop\n{rows}")
    said = said_of(question, tmp_path)
    assert "disagree" not in said
    assert "3 labelled addresses do not occur in the ledger" in said


def test_labels_without_a_day_are_counted(case, tmp_path):
    question = case(CASE + 'files = ["a.csv"]\n', a_dot_csv=f"address,name,date\n{SHOP},Shop,\n{THIEF},Thief,2021-01-01\n{STRANGER},x,\n")
    assert "Of the 2 labels on the ledger's addresses, 1 has no date" in said_of(question, tmp_path)


def test_a_stop_category_that_no_label_has_is_said_with_the_nearest_of_many(case, tmp_path):
    text = CASE.replace('categories = ["exchange"]', 'categories = ["scams"]') + 'files = ["a.csv"]\n'
    many = "".join(f"0x{n:040x},x,kind{n:02}\n" for n in range(20))
    question = case(text, a_dot_csv=f"address,name,category\n{SHOP},Shop,scam\n{many}")
    said = said_of(question, tmp_path)
    assert 'No label has the category "scams"' in said
    assert "labels have scam, kind00, " in said
    assert "kind11, 21 in all." in said


def test_a_stop_category_is_missed_too_where_all_labels_were_left_out(case, tmp_path):
    question = case(CASE + 'files = ["a.csv"]\n', a_dot_csv=f"address,name,category,chain\n{SHOP},Shop,exchange,bitcoin\n")
    assert 'No label has the category "exchange"' in said_of(question, tmp_path)


def test_labels_of_the_case_are_listed_and_those_of_strangers_when_asked_for(case, tmp_path, tracer_cli):
    question = case(CASE + 'files = ["a.csv"]\n', a_dot_csv=f"address,name\n{SHOP},Shop\n{STRANGER},Stranger\n")
    tracer.trace(question, tmp_path / "out")
    _, out, _ = tracer_cli("labels", tmp_path / "out")
    assert "Stranger" not in out
    assert "1 label of addresses of the case, 0 addresses whose labels disagree; 1 of others: --all shows them" in out
    _, out, _ = tracer_cli("labels", tmp_path / "out", "--all")
    assert "Stranger" in out
    shutil.rmtree(tmp_path / "out")
