"""The picture: which flows are drawn and where, and what is left out."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from support.page_payload import FEES, TRANSFERS, UNFOLDED, address_of, box, download_of, endpoint, fan_of, in_menu, payload, units

from tracer.model.provenance import digests_in


def test_only_flows_with_stolen_value_are_drawn(shown):
    tab = shown(payload(), hash_state=UNFOLDED)
    assert tab.locator(".route").count() == 6
    assert box(tab, address_of("dave")[:6]).count() == 0


def test_parallel_transfers_are_one_flow_with_their_count(shown):
    labels = shown(payload()).locator(".flow-label").all_text_contents()
    assert "row 0 · 1k · 12:00 ×2" in labels


def test_thefts_are_coloured_apart(shown):
    colours = (
        shown(payload())
        .locator(".route")
        .evaluate_all("routes => routes.map(group => [group.route.flow.theft, group.querySelector('path').getAttribute('stroke')])")
    )
    of_thefts = {colour for theft, colour in colours if theft}
    assert len(of_thefts) == 1
    assert of_thefts.isdisjoint(colour for theft, colour in colours if not theft)


def test_unspent_value_is_written_on_its_box(shown):
    assert "holds 150 of 300" in box(shown(payload()), address_of("carol")[:6]).text_content()


def test_the_victim_is_at_the_left_and_services_are_at_the_right(shown):
    tab = shown(payload())
    names = [address_of("victim")[:6], address_of("anna")[:6], address_of("bob")[:6], "zaif", "binance"]
    victim, anna, bob, zaif, binance = (box(tab, name).first.bounding_box()["x"] for name in names)
    assert victim < anna < bob < zaif == binance


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700)])
def test_labels_and_boxes_do_not_overlap_in_the_default_view(shown, size):
    tab = shown(payload(transfers=TRANSFERS + [("bob", f"mule{n}", 3, None, 3, 3) for n in range(30)]), *size)
    overlaps = tab.evaluate(
        """() => {
          const visible = [...document.querySelectorAll(".flow-label")].filter((one) => one.getAttribute("visibility") !== "hidden");
          const rects = [...visible, ...document.querySelectorAll(".box .outline")].map((one) => one.getBoundingClientRect());
          const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 4 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
          return rects.flatMap((a, at) => rects.slice(at + 1).filter((b) => meet(a, b))).length;
        }"""
    )
    assert overlaps == 0


def test_hidden_flows_are_counted(shown):
    trace = payload(transfers=fan_of(500), stolen={"fifo": units(500), "haircut": units(500)})
    trace["endpoints"] = [endpoint(node, "unspent", dict.fromkeys(FEES, units(1))) for node in range(2, 502)]
    tab = shown(trace)
    note = tab.get_by_test_id("hidden-note").inner_text().replace(",", "")
    counts = r"(\d+) of 502 addresses · (\d+) of 501 flows shown not shown: addresses where (\d+)\.000000 xem ended"
    addresses, flows, hidden = re.match(counts, note).groups()
    boxes = tab.locator(".box").count()
    assert int(addresses) == boxes
    assert int(flows) == tab.locator(".route").count() == boxes - 1
    assert int(hidden) == 502 - boxes
    assert f"+{502 - boxes} more · {502 - boxes}" in tab.locator(".stub").text_content()


def test_a_stub_shows_more_when_clicked(shown):
    tab = shown(payload(transfers=fan_of(500), endpoints=[]))
    before = tab.locator(".box").count()
    tab.locator(".stub").click()
    assert tab.locator(".box").count() == before + 8


def test_the_top_slider_sets_how_many_addresses_are_drawn(shown):
    tab = shown(payload(transfers=fan_of(500), endpoints=[]))
    in_menu(tab, "top-n").fill("5")
    assert tab.locator(".box").count() == 60


def test_nothing_hidden_is_said_too(shown):
    note = shown(payload(), hash_state=UNFOLDED).get_by_test_id("hidden-note").inner_text()
    assert "7 of 7 addresses · 6 of 6 flows shown, nothing is left out" in note


def test_the_pointer_over_an_address_shows_exact_amounts(shown):
    tab = shown(payload())
    box(tab, address_of("carol")[:6]).hover()
    assert "received 300.000000\nended here 150.000000" in tab.get_by_test_id("tip").inner_text()


def test_a_far_end_is_drawn_and_a_click_draws_the_way(shown):
    chain = ["victim", "anna"] + [f"hop{number:02d}" for number in range(20)]
    transfers = [(sender, recipient, 10, None, 10, 10) for sender, recipient in pairwise(chain)]
    trace = payload(transfers=transfers, stolen={"fifo": units(10), "haircut": units(10)})
    trace["endpoints"] = [endpoint(21, "unspent", dict.fromkeys(FEES, units(10)))]
    tab = shown(trace, hash_state=UNFOLDED)
    assert "not shown: addresses where 0.000000 xem ended" in tab.get_by_test_id("hidden-note").inner_text()
    dashed = tab.locator(".flow-label", has_text="hops")
    assert dashed.count() == 1
    tab.evaluate("chosenInPicture([...document.querySelectorAll('.route')].find((one) => one.route.far))")
    assert tab.locator(".box").count() == 22


def test_flows_of_two_accounts_into_one_service_do_not_lie_on_each_other(shown):
    transfers = [("victim", "anna", 5, None, 5, 5), ("victim", "bob", 5, None, 5, 5), ("anna", "carol", 1, None, 1, 1)]
    transfers += [("anna", "binance", 4, None, 4, 4), ("bob", "binance", 5, None, 5, 5)]
    tab = shown(payload(transfers=transfers, endpoints=[]))
    lines = tab.locator(".route path:first-child").evaluate_all(
        "paths => paths.filter((path) => isService(path.parentNode.route.flow.recipient)).map((path) => {"
        " const end = path.getPointAtLength(path.getTotalLength() * 0.6); return [end.y, Number(path.getAttribute('stroke-width'))]; })"
    )
    (one, thick), (other, thin) = lines
    assert abs(one - other) >= (thick + thin) / 2


def test_the_svg_is_a_picture_that_says_what_it_hides(shown):
    tab = shown(payload())
    with download_of(tab, "save-svg") as file:
        assert file["text"].startswith("<svg")
        assert "A thousand xem" in file["text"]
        assert "7 of 7 addresses" in file["text"]
        assert "viewBox" in file["text"]
    assert tab.faults == []


def test_the_svg_states_of_which_results_it_is(shown):
    tab = shown(payload())
    with download_of(tab, "save-svg") as file:
        assert digests_in(file["text"].encode()) == ["ab" * 32]


def test_what_came_back_to_the_victim_is_drawn_as_an_end(shown):
    tab = shown(payload(transfers=[*TRANSFERS, ("bob", "victim", 10, None, 10, 10)]))
    assert box(tab, "back to").count() == 1


def test_a_drained_exchange_is_where_the_picture_starts(shown):
    trace = payload()
    trace["nodes"]["service"][0] = "coincheck"
    tab = shown(trace, hash_state=UNFOLDED)
    assert "out 1k" in box(tab, "coincheck").text_content()
    assert tab.locator(".route").count() == 6


GESTURE = """async () => {
  const [surface, root] = [".root", "[data-testid=flow] svg"].map((one) => document.querySelector(one)).reverse();
  const now = () => ({ surface: surface.style.transform, picture: root.getAttribute("transform"), before });
  const before = root.getAttribute("transform");
  zoomAt(300, 300, 1.2);
  await new Promise(requestAnimationFrame);
  const moving = now();
  while (surface.style.transform) await new Promise(requestAnimationFrame);
  return [moving, now()];
}"""


def test_while_a_wheel_turns_the_drawn_picture_is_scaled_and_once_it_rests_it_is_drawn_anew(shown):
    moving, rested = shown(payload()).evaluate(GESTURE)
    assert "scale(1.2)" in moving["surface"]
    assert moving["picture"] == moving["before"]
    assert rested["surface"] == ""
    assert rested["picture"] != moving["before"]


def test_more_flows_than_can_be_followed_are_counted_and_every_account_keeps_one(shown):
    names = [f"mule{number}" for number in range(40)]
    transfers = [("victim", "anna", 9000, None, 9000, 9000), *(("anna", name, 200, None, 200, 200) for name in names)]
    transfers += [(one, other, 1, None, 1, 1) for at, one in enumerate(names) for other in names[at + 1 :]]
    tab = shown(payload(transfers=transfers, endpoints=[]), hash_state='#{"top":300,"folds":false}')
    assert tab.locator(".route").count() == 600
    reached = tab.evaluate("new Set(currentPicture().routes.map(({ to }) => to.id)).size")
    assert reached == tab.locator(".box").count() - 1
    assert "600 of 821 flows shown" in tab.get_by_test_id("hidden-note").inner_text()


GESTURE_OVER_A_CROWD = """async () => {
  const seen = () => getComputedStyle(document.querySelector("[data-testid=canvas]")).visibility;
  const painted = () => {
    const { width, height } = document.querySelector("[data-testid=canvas]");
    const { data } = document.querySelector("[data-testid=canvas]").getContext("2d").getImageData(0, 0, width, height);
    return data.some((one) => one > 0);
  };
  const found = [seen()];
  zoomAt(300, 300, 0.5);
  await new Promise(requestAnimationFrame);
  found.push(seen(), painted());
  while (document.querySelector(".moving")) await new Promise(requestAnimationFrame);
  return [...found, seen()];
}"""


def test_a_crowded_picture_lies_on_a_canvas_while_it_moves_and_is_itself_again_when_it_rests(shown):
    names = [f"mule{number}" for number in range(20)]
    transfers = [("victim", "anna", 9000, None, 9000, 9000), *(("anna", name, 200, None, 200, 200) for name in names)]
    transfers += [(one, other, 1, None, 1, 1) for at, one in enumerate(names) for other in names[at + 1 :]]
    tab = shown(payload(transfers=transfers, endpoints=[]), hash_state='#{"top":300,"folds":false}')
    assert tab.evaluate(GESTURE_OVER_A_CROWD) == ["hidden", "visible", True, "hidden"]
    tab.locator(".route").first.focus()
    assert tab.evaluate("document.activeElement.dataset.id").startswith("flow ")
