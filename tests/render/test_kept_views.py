"""A view that was kept is the same on another page of the case, and in a picture made without a window."""

from __future__ import annotations

import json
import struct

import pytest
from support.page_payload import TRANSFERS, payload

from tracer.errors import InputError, StoreError
from tracer.render.chromium import pictured
from tracer.render.html import page
from tracer.render.kept_views import kept_view

OTHER_NUMBERS = [("dave", "carol", 1, None, 0, 0), *TRANSFERS]
KEEP = """() => {
  const node = (name) => trace.nodes.address.findIndex((address) => address.startsWith(name));
  const [anna, bob, carol] = ["TANNA", "TBOB", "TCAROL"].map(node);
  change({ rule: "haircut", hidden: [carol], node: bob, moved: { [anna]: [20, 10] }, picked: [2], opened: [[anna, bob]] });
  part("view-name").value = "without carol";
  keepView();
  return notesAsJson();
}"""
SEEN = """() => {
  const address = (node) => trace.nodes.address[node].slice(0, 6);
  const { rule, hidden, node, moved, opened } = view;
  return [rule, hidden.map(address), address(node), Object.keys(moved).map(address), opened[0].map(address)];
}"""


@pytest.fixture
def annotations(shown, tmp_path):
    """What the page saves when a view is kept."""
    path = tmp_path / "annotations.json"
    path.write_text(shown(payload()).evaluate(KEEP))
    return path


def test_a_kept_view_is_the_same_where_accounts_have_other_numbers(shown, annotations):
    state = kept_view(annotations, "without carol")
    seen = shown(payload(transfers=OTHER_NUMBERS), hash_state=f"#sheet:{state}").evaluate(SEEN)
    assert seen == ["haircut", ["TCAROL"], "TBOBXX", ["TANNAX"], ["TANNAX", "TBOBXX"]]


def test_a_kept_view_has_the_transfers_that_were_picked(shown, annotations):
    tab = shown(payload(), hash_state=f"#sheet:{kept_view(annotations, 'without carol')}")
    assert tab.evaluate("view.picked.map((edge) => trace.edges.memo[edge])") == ["for the boat"]


def test_a_picture_is_made_of_a_kept_view(annotations):
    first, kept = (pictured(page(payload()), "png", view) for view in ("", kept_view(annotations, "without carol")))
    assert kept != first
    assert struct.unpack(">II", kept[16:24])[0] > 1000


def test_no_picture_is_made_of_a_view_whose_accounts_the_page_does_not_have(annotations):
    state = kept_view(annotations, "without carol")
    without = [row for row in TRANSFERS if "carol" not in row]
    with pytest.raises(StoreError, match=r"^1 addresses or transfers of the view are not on this page"):
        pictured(page(payload(transfers=without)), "png", state)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", '"format" is not'),
        (json.dumps({"format": "tracer annotations 1", "views": [{"name": "x", "state": "a b"}]}), "what is no view"),
        (json.dumps({"format": "tracer annotations 1", "views": [{"name": "x", "state": "a"}]}), "no views are called 'y': there are x"),
    ],
)
def test_a_file_without_that_view_is_refused_by_name(tmp_path, text, why):
    path = tmp_path / "notes.json"
    path.write_text(text)
    with pytest.raises(InputError, match=why):
        kept_view(path, "y")
