"""A category at which the trail should stop, and that no label has."""

from __future__ import annotations

import pytest

import tracer
from tracer.casefile import CaseFile

CASE = """name = "x"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
[[thefts]]
transfer = "t1"
[labels]
files = ["labels.yaml"]
"""
LABELS = """title: t
creator: us
source: https://example.org
currency: COIN
tags:
  - {address: mixer, label: Mixer, category: mixing_service}
  - {address: shop, label: Shop, category: exchange}
"""


@pytest.mark.parametrize(
    ("categories", "said"),
    [
        ('["exchanges"]', "exchanges"),
        ('["exchange", "mixer"]', "mixer"),
        ('["exchange"]', None),
        (None, None),
    ],
)
def test_a_category_that_no_label_has_is_said(tmp_path, categories, said):
    (tmp_path / "t.csv").write_text("height,tx_hash,sender,recipient,amount\n1,t1,ann,bob,9\n2,t2,bob,mixer,5\n3,t3,bob,shop,4\n")
    (tmp_path / "labels.yaml").write_text(LABELS)
    (tmp_path / "case.toml").write_text(CASE + (f"[stops]\ncategories = {categories}\n" if categories else ""))
    case = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "case")
    sentence = f'No label has the category "{said}", so the trail stops nowhere because of it; the labels have exchange, mixing_service.'
    assert [each for each in case.flow.about.coverage if "No label has" in each] == ([sentence] if said else [])
