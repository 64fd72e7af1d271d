"""Evidence and claims: shown beside the flows, and never one of them."""

from __future__ import annotations

import csv
import io

from support.page_payload import CLAIMS, EVIDENCE, HOSTILE, TRANSFERS, claim, download_of, figures, payload, units, with_beside


def test_claims_are_drawn_dashed_beside_the_flows_and_are_none(shown):
    plain, tab = shown(payload()), shown(with_beside())
    boxes = tab.locator(".claim")
    assert boxes.count() == 2
    assert all(boxes.locator("rect").evaluate_all("all => all.map(one => one.getAttribute('stroke-dasharray'))"))
    assert all(tab.locator(".claim-line").evaluate_all("all => all.map(one => one.getAttribute('stroke-dasharray'))"))
    assert tab.locator(".route").count() == plain.locator(".route").count()
    assert figures(tab, "fifo") == figures(plain, "fifo")


def test_conflicting_claims_stand_in_one_box_with_what_was_traced(shown):
    tab = shown(with_beside())
    lines = tab.locator(".claim").first.locator("text").evaluate_all("all => all.map(one => one.firstChild.data)")
    assert lines[0] == "zaif"
    assert lines[1].startswith("400 by 2018-02-05 · traced 600")
    assert lines[2].startswith("≥ 650")
    tab.get_by_test_id("rule-select").select_option("haircut")
    assert "traced 500" in tab.locator(".claim").first.text_content()


def test_claims_and_flows_do_not_overlap(shown):
    tab = shown(with_beside())
    overlaps = tab.evaluate(
        """() => {
          const rects = [...document.querySelectorAll(".box .outline, .claim rect")].map((one) => one.getBoundingClientRect());
          const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
          return rects.flatMap((a, at) => rects.slice(at + 1).filter((b) => meet(a, b))).length;
        }"""
    )
    assert overlaps == 0


def test_evidence_and_claims_have_tables_and_are_inert_in_them(shown):
    tab = shown(with_beside())
    tab.get_by_role("tab", name="Evidence").click()
    text = tab.get_by_test_id("evidence-table").inner_text()
    for told in ("ip address", "192.0.x.x", "superseded", HOSTILE[:40], "gnp.\\u202eexe"):
        assert told in text
    tab.get_by_role("tab", name="Claims").click()
    assert "650.000000" in tab.get_by_test_id("claims-table").inner_text()
    with download_of(tab, "save-csv") as got:
        rows = list(csv.reader(io.StringIO(got["text"])))
    assert len(rows) == 4
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "No evidence here attributes an address." in tab.get_by_test_id("limits-view").inner_text()
    assert tab.locator("img").count() == 0
    assert tab.faults == []


def test_what_evidence_is_about_stands_in_its_table_in_full(shown):
    about = "it does not show a signature, a block or a height, so the row stays reported; " * 4
    tab = shown(payload(evidence=[{**each, "subject": about, "source": about} for each in EVIDENCE], claims=CLAIMS))
    for name, table in (("Evidence", "evidence-table"), ("Claims", "claims-table")):
        tab.get_by_role("tab", name=name).click()
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1).length"
        assert tab.get_by_test_id(table).locator("td").evaluate_all(cut) == 0
        assert tab.get_by_test_id("table-view").evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    tab.get_by_role("tab", name="Evidence").click()
    assert tab.get_by_test_id("evidence-table").inner_text().count(about.strip()) == 2 * len(EVIDENCE)


def test_no_line_to_a_claim_runs_through_the_box_of_another(shown):
    many = [claim(f"place {n}", units(n + 1)) for n in range(10)]
    tab = shown(payload(transfers=TRANSFERS[:2], endpoints=[], claims=many))
    assert len(set(tab.locator(".claim").evaluate_all("all => all.map(one => one.transform.baseVal[0].matrix.e)"))) == 2
    through = tab.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".claim")].map((one) => [one.transform.baseVal[0].matrix, one.querySelector("rect")]);
          const inside = ({ x, y }) => boxes.some(([{ e, f }, { width, height }]) =>
            x > e + 1 && x < e + width.baseVal.value - 1 && y > f + 1 && y < f + height.baseVal.value - 1);
          const points = (line) => Array.from({ length: 400 }, (_, at) => line.getPointAtLength((line.getTotalLength() * at) / 399));
          return [...document.querySelectorAll(".claim-line")].filter((line) => points(line).some(inside)).length;
        }"""
    )
    assert through == 0
    assert tab.locator(".claim-line").count() == 10


def test_a_click_on_a_claim_opens_the_table_of_claims(shown):
    tab = shown(with_beside(), width=2000)
    tab.locator(".claim").first.click()
    assert tab.get_by_test_id("claims-table").is_visible()


def test_a_page_without_evidence_claims_or_marks_has_no_tab_for_them(shown):
    tabs = shown(payload()).get_by_test_id("tabs").inner_text()
    assert not any(name in tabs for name in ("Evidence", "Claims", "Marks"))


STATEMENTS = [
    {
        "deposit": "ab" * 32, "deposited": units(600), "traced": {"fifo": units(600), "haircut": units(500)}, "amount": "590.5",
        "asset": "btc", "network": "bitcoin", "paid_to": HOSTILE, "withdrawal": "cd" * 32, "time": 1517000000, "says": "by the customer",
        "source": "letter of Zaif", "grade": "B2", "why": "",
    }
]  # fmt: skip


def test_what_a_service_states_of_a_deposit_is_a_row_of_a_table(shown):
    tab = shown(payload(statements=STATEMENTS))
    tab.get_by_role("tab", name="Statements").click()
    text = tab.get_by_test_id("statements-table").inner_text()
    for told in ("600", "590.5 btc", "bitcoin", HOSTILE[:40], "letter of Zaif", "B2"):
        assert told in text
    tab.get_by_test_id("rule-select").select_option("haircut")
    assert "500" in tab.get_by_test_id("statements-table").inner_text()


def test_a_case_without_statements_has_no_such_table(shown):
    assert shown(payload()).get_by_role("tab", name="Statements").count() == 0
