"""The page of a case whose amounts pass 64 bits shows them to the last wei."""

from __future__ import annotations

from support.ether_case import AT_CAROL, ether
from support.page_payload import box

from tracer.pipeline.bounds import bounded


def test_a_case_of_812_ether_shows_every_wei_and_its_bounds_on_the_page(shown, tmp_path):
    case = bounded(ether(tmp_path), 1000, lambda *_: None)
    tab = shown((case.folder / "case.html").read_text(encoding="utf-8"))
    assert "812.500000000000000001" in tab.locator("body").inner_text()
    box(tab, "Zaif").first.click()
    assert "312.49999999999997899" in tab.get_by_test_id("details").inner_text()
    box(tab, "carol").first.click()
    details = tab.get_by_test_id("details").inner_text()
    assert details.count(f"{AT_CAROL // 10**18}.{AT_CAROL % 10**18:018d}") >= 3, "ended here, least and most"
    assert tab.faults == []
