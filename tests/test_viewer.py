"""The page in a real browser: what it shows, hides, escapes, and that it needs no network.

The payload under test is built from eight transfers among people; nothing is recorded.
"""

import csv
import io
import re
from contextlib import contextmanager
from itertools import pairwise

import pytest
from markupsafe import escape

from tracer.render.html import page

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"
BIDI = "gnp.\u202eexe"
XEM = 1_000_000
NOON = 1_516_968_000  # 2018-01-26 12:00:00 UTC

COLUMNS = ("sender", "recipient", "amount", "memo", "fifo", "haircut")  # amounts in xem; stolen under fifo and under haircut
TRANSFERS = [
    ("victim", "anna", 600, None, 600, 600),
    ("victim", "anna", 400, None, 400, 400),
    ("anna", "bob", 700, "for the boat", 700, 650),
    ("anna", "carol", 300, '=HYPERLINK("http://x")', 300, 250),
    ("bob", "zaif1", 500, "deposit 8812", 500, 420),
    ("bob", "zaif2", 100, None, 100, 80),
    ("carol", "binance", 200, None, 150, 180),
    ("carol", "dave", 5, None, 0, 0),
]
SERVICES = {"zaif1": "zaif", "zaif2": "zaif", "binance": "binance"}
ENDPOINTS = {  # where each rule says the thousand is; the fee takes what is missing to 1000
    "zaif1": ("service", 500, 420),
    "zaif2": ("service", 100, 80),
    "binance": ("service", 150, 180),
    "anna": ("unspent", 0, 100),
    "bob": ("unspent", 99, 149),
    "carol": ("unspent", 150, 69),
}
PAID = {"fifo": {"bob": 1}, "haircut": {"bob": 1, "carol": 1}}
FEES = {rule: sum(paid.values()) for rule, paid in PAID.items()}


EXCHANGE = {
    "label": "Zaif",
    "category": "exchange",
    "source": "their own page",
    "confidence": "service_data",
    "lastmod": "2018-02-01",
    "younger": False,
}
RUMOUR = {"label": "a mixer", "category": None, "source": "a forum", "confidence": "web_crawl", "lastmod": None, "younger": False}
LABELS = {"zaif1": [EXCHANGE, RUMOUR]}


TAG = {
    "node": 0,
    "row": None,
    "name": "fan_out",
    "status": "pattern",
    "presets": ["loose", "default"],
    "measures": ["recipients: 9"],
    "against": ["a shop"],
    "checked": 3,
}


BOUNDED = {"service": "zaif", "least": "500000000", "most": "650000000"}


def units(xem):
    return str(int(xem * XEM))


def address_of(name):
    return "T" + name.upper().ljust(39, "X")


def hash_of(row):
    return f"{row:02x}" * 32


SPAN = {"marker": "ts:warning", "by": address_of("police"), "tx_hash": hash_of(9), "first": 10, "last": 20, "ended": "moved_on"}


def endpoint(node, reason, amounts, service=None):
    return {"node": node, "reason": reason, "service": service, "basis": "chain", "amounts": amounts, "least": None, "most": None}


def payload(labels=None, transfers=TRANSFERS, **changes):
    names = list(dict.fromkeys(name for transfer in transfers for name in transfer[:2]))
    index = {name: at for at, name in enumerate(names)}
    count = len(transfers)
    column = {name: [transfer[at] for transfer in transfers] for at, name in enumerate(COLUMNS)}
    roles = {"victim": "victim", "anna": "recipient", **dict.fromkeys(SERVICES, "service")}
    thefts = [row for row, sender in enumerate(column["sender"]) if sender == "victim"]
    theft_of = {row: at for at, row in enumerate(thefts)}
    made = {
        "title": "A thousand xem",
        "case": "thousand",
        "tracer": "0.1.0",
        "asset": {"chain": "nem", "symbol": "xem", "decimals": 6},
        "rules": ["fifo", "haircut"],
        "primary": "fifo",
        "reason": "declared before tracing",
        "stolen": {"fifo": units(1000), "haircut": units(1000)},
        "fees": {rule: units(fee) for rule, fee in FEES.items()},
        "thefts": [
            {
                "label": f"theft {at + 1}",
                "tx_hash": hash_of(row),
                "amount": units(column["amount"][row]),
                "edge": row,
                "stolen": {"fifo": units(column["fifo"][row]), "haircut": units(column["haircut"][row])},
            }
            for at, row in enumerate(thefts)
        ],
        "endpoints": [
            endpoint(index[name], reason, {"fifo": units(fifo), "haircut": units(haircut)}, SERVICES.get(name))
            for name, (reason, fifo, haircut) in ENDPOINTS.items()
            if name in names
        ],
        "services": [],
        "coverage": ["8 accounts read in full"],
        "limits": ["This does not say who controls an address."],
        "gaps": [],
        "checked": "8 balances stated by the source are reached to the unit",
        "evidence": [],
        "caveats": ["No evidence here attributes an address."],
        "claims": [],
        "valuation": None,
        "tags": [],
        "error_rate": "error rate on this chain: unknown",
        "nodes": {
            "address": [address_of(name) for name in names],
            "label": [(labels or {}).get(name) for name in names],
            "role": [roles.get(name, "account") for name in names],
            "service": [SERVICES.get(name) for name in names],
            "touched_only": [int(name == "dave") for name in names],
            "balance": [None] * len(names),
            "labels": [LABELS.get(name, []) for name in names],
            "conflict": [0] * len(names),
            "marked": [[] for _ in names],
            "fees": {rule: [units(paid.get(name, 0)) for name in names] for rule, paid in PAID.items()},
        },
        "edges": {
            "row": list(range(count)),
            "height": list(range(100, 100 + count)),
            "position": [64] * count,
            "time": [NOON + 600 * row for row in range(count)],
            "tx_hash": [hash_of(row) for row in range(count)],
            "sender": [index[name] for name in column["sender"]],
            "recipient": [index[name] for name in column["recipient"]],
            "amount": [units(amount) for amount in column["amount"]],
            "fee": ["50000"] * count,
            "kind": ["transfer"] * count,
            "memo": column["memo"],
            "memo_kind": [memo and "plain" for memo in column["memo"]],
            "basis": ["chain"] * count,
            "provisional": [0] * count,
            "theft": [theft_of.get(row, -1) for row in range(count)],
            "cut": ["service" if name in SERVICES else None for name in column["recipient"]],
            "stolen": {rule: [units(amount) for amount in column[rule]] for rule in ("fifo", "haircut")},
        },
    }
    return made | changes


def fan_of(count):
    """Anna pays `count` accounts one xem each, after a theft that covers it."""
    theft = ("victim", "anna", count, None, count, count)
    return [theft] + [("anna", f"mule{number:06d}", 1, None, 1, 1) for number in range(count)]


@pytest.fixture
def shown(browser, tmp_path):
    """Opens a payload (or a ready page) from a file, and gives the tab once it is drawn."""
    contexts = []

    def opened(trace, width=1440, height=900, hash_state="", ready=True):
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        tab = context.new_page()
        tab.faults, tab.requested = [], []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on("console", lambda message: tab.faults.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: (tab.faults.append("dialog: " + dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: tab.requested.append(request.url))
        path = tmp_path / f"case{len(contexts)}.html"
        path.write_text(trace if isinstance(trace, str) else page(trace), encoding="utf-8")
        tab.goto(path.as_uri() + hash_state)
        tab.wait_for_selector("html[data-ready=true], html[data-failed=true]")
        assert tab.locator("html[data-ready=true]").count() == ready, tab.get_by_test_id("failure").inner_text()
        return tab

    yield opened
    for context in contexts:
        context.close()


def figures(tab, rule):
    """The endpoint table's row of a rule: place -> units."""
    cells = tab.locator(f"[data-testid=endpoint-table] tr[data-rule={rule}] td")
    return dict(cells.evaluate_all("cells => cells.map(cell => [cell.dataset.place, cell.dataset.amount])"))


def box(tab, text):
    return tab.locator(".box", has_text=text)


def choose_flow(tab, row):
    """Clicks in the middle of a flow's line; its bounding box may be covered by others."""
    at = tab.evaluate(
        """row => {
          const group = [...document.querySelectorAll(".route")].find((one) => one.route.flow.row === row);
          const path = group.lastElementChild;
          const spot = path.getPointAtLength(path.getTotalLength() * 0.12).matrixTransform(path.getScreenCTM());
          return { x: spot.x, y: spot.y };
        }""",
        row,
    )
    tab.mouse.click(at["x"], at["y"])


@contextmanager
def download_of(tab, name):
    got = {}
    with tab.expect_download() as waiting:
        tab.get_by_test_id(name).click()
    with open(waiting.value.path(), encoding="utf-8-sig", newline="") as file:
        got["text"] = file.read()
    got["name"] = waiting.value.suggested_filename
    yield got


@pytest.mark.parametrize("rule", ["fifo", "haircut"])
def test_the_endpoint_table_adds_up_to_what_was_stolen(shown, rule):
    tab = shown(payload())
    row = {place: int(amount) for place, amount in figures(tab, rule).items()}
    assert row.pop("stolen") == sum(row.values()) == 1000 * XEM
    assert "adds up to the unit" in tab.get_by_test_id("adds-up").inner_text()


def test_a_table_that_does_not_add_up_says_so(shown):
    tab = shown(payload(fees={"fifo": "1000001", "haircut": units(2)}))
    assert tab.get_by_test_id("adds-up").inner_text() == "does NOT add up under fifo"


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700)])
def test_the_sum_stays_in_sight_with_five_rules_and_twelve_services(shown, size):
    rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]
    amount = dict.fromkeys(rules, "526300010000000")
    transfers = TRANSFERS + [("bob", f"exchange{n}", 1, None, 1, 1) for n in range(12)]
    trace = payload(transfers=transfers, rules=rules, stolen=amount, fees=amount)
    for by_rule in (trace["edges"]["stolen"], trace["nodes"]["fees"], *(theft["stolen"] for theft in trace["thefts"])):
        by_rule |= dict.fromkeys(rules, by_rule["fifo"])
    trace["endpoints"] = [endpoint(n, "service", amount, f"exchange{n}") for n in range(12)]
    tab = shown(trace, *size)
    last = tab.locator("[data-testid=endpoint-table] tr[data-rule=fifo] td").last.bounding_box()
    assert last["x"] + last["width"] <= size[0]
    assert "other services" in tab.get_by_test_id("endpoint-table").inner_text()


def test_addresses_of_one_service_are_one_figure_in_the_endpoint_table(shown):
    row = figures(shown(payload()), "fifo")
    assert row["zaif"] == units(600)
    assert row["binance"] == units(150)


def test_the_headline_states_the_stolen_total_and_the_primary_rule(shown):
    text = shown(payload()).get_by_test_id("headline").inner_text()
    assert "1,000.000000 xem stolen" in text
    assert "in 2 thefts" in text
    assert "fifo (primary)" in text


def test_without_a_primary_rule_none_is_called_primary(shown):
    tab = shown(payload(primary=None, reason=""))
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "rule shown: fifo (no primary rule is declared)" in tab.get_by_test_id("headline").inner_text()
    assert tab.locator(".badge").count() == 0
    assert "(primary)" not in tab.get_by_test_id("rule-select").inner_text()
    assert "primary" not in tab.get_by_test_id("limits-view").inner_text()


def rows_of(tab, part="tbody tr.row"):
    """The table in sight, cell by cell."""
    lines = tab.locator(f"[data-testid=table-view] {part}")
    return lines.evaluate_all("rows => rows.map(row => [...row.children].map(cell => cell.textContent))")


def open_endpoints(tab):
    tab.get_by_role("tab", name="Endpoints").click()
    return rows_of(tab, "thead tr")[0]


def test_endpoints_by_rules_have_the_primary_rule_first(shown):
    tab = shown(payload(primary="haircut", reason="the parties agreed on it"))
    assert open_endpoints(tab)[4:] == ["basis", "haircut (primary)", "fifo"]
    note = tab.get_by_test_id("rules-note").inner_text()
    assert "haircut: the parties agreed on it" in note
    assert "sensitivity" in note


def test_the_endpoints_and_the_fees_below_them_add_up_to_what_was_stolen(shown):
    tab = shown(payload())
    open_endpoints(tab)
    columns = "[data-testid=table-view] {} td.amount, [data-testid=table-view] {} td .amount"

    def amounts(part):
        return [int(each) for each in tab.locator(columns.format(part, part)).evaluate_all("all => all.map(one => one.dataset.amount)")]

    held, (fifo_fees, haircut_fees, fifo, haircut) = amounts("tbody"), amounts("tfoot")
    assert sum(held[0::2]) + fifo_fees == fifo == 1000 * XEM
    assert sum(held[1::2]) + haircut_fees == haircut == 1000 * XEM
    assert [line[0] for line in rows_of(tab, "tfoot tr")] == ["fees", "stolen = endpoints + fees"]


def test_bounds_have_columns_where_they_were_computed_and_sort_with_the_unknown_last(shown):
    trace = payload()
    assert "least" not in open_endpoints(shown(trace))
    for end, (least, most) in zip(trace["endpoints"], [("0", units(600)), (units(7), units(900))], strict=False):
        end |= {"least": least, "most": most}
    trace["endpoints"][2] |= {"least": None, "most": None}
    tab = shown(trace)
    assert open_endpoints(tab)[-2:] == ["least", "most"]
    assert [row[-2:] for row in rows_of(tab)][:3] == [["0.000000", "600.000000"], ["7.000000", "900.000000"], ["", ""]]
    tab.get_by_role("button", name="most").click()
    assert [row[-1] for row in rows_of(tab)][:3] == ["900.000000", "600.000000", ""]


def test_without_a_primary_rule_the_page_says_what_will_refuse(shown):
    tab = shown(payload(primary=None, reason=""))
    assert "reports and freeze lists will refuse" in tab.get_by_test_id("headline").inner_text()
    assert open_endpoints(tab)[5:] == ["fifo", "haircut"]
    assert "No primary rule is declared" in tab.get_by_test_id("rules-note").inner_text()


def test_the_reason_of_the_primary_rule_is_text(shown):
    tab = shown(payload(reason=HOSTILE))
    open_endpoints(tab)
    assert HOSTILE in tab.get_by_test_id("rules-note").inner_text()
    assert (tab.title(), tab.faults) == ("A thousand xem", [])


def test_other_tables_have_no_totals(shown):
    tab = shown(payload())
    open_endpoints(tab)
    tab.get_by_role("tab", name="Thefts").click()
    assert rows_of(tab, "tfoot tr") == []
    assert tab.get_by_test_id("rules-note").is_hidden()


def test_gaps_stand_above_the_figures_and_nothing_is_said_to_add_up(shown):
    tab = shown(payload(gaps=["account anna is 5 short", "account bob is 7 short"]))
    banner = tab.get_by_test_id("gaps")
    assert banner.inner_text() == "THE LEDGER DOES NOT ADD UP: every figure rests on 2 gaps that were allowed"
    assert banner.bounding_box()["y"] < tab.get_by_test_id("endpoint-table").bounding_box()["y"]
    banner.locator("summary").click()
    assert "account bob is 7 short" in banner.inner_text()
    assert tab.get_by_test_id("adds-up").inner_text() == "endpoints + fees = stolen (arithmetic only)"
    assert tab.get_by_test_id("adds-up").get_attribute("class") == "arithmetic"


def test_without_gaps_there_is_no_banner(shown):
    assert shown(payload()).get_by_test_id("gaps").is_hidden()


def test_what_could_be_checked_stands_next_to_the_sum(shown):
    assert shown(payload()).get_by_test_id("checked").inner_text() == "8 balances stated by the source are reached to the unit"


def test_the_headline_counts_the_endpoints_that_rest_on_less_than_the_chain(shown):
    trace = payload()
    for end, basis in zip(trace["endpoints"], ["modelled", "reported", "reported"], strict=False):
        end["basis"] = basis
    text = "rests on modelled openings: 1 of 6 endpoints; rests on reported rows: 2 of 6 endpoints"
    assert shown(trace).get_by_test_id("basis").inner_text() == text


def test_endpoints_read_from_the_chain_need_no_such_word(shown):
    assert shown(payload()).get_by_test_id("basis").is_hidden()


ROUNDED = [
    ("29999999.90", "30.0M"),
    ("20874067", "20.87M"),
    ("199.875", "199.9"),
    ("999960", "1.00M"),
    ("30000000", "30M"),
    ("150", "150"),
    ("0.00049", "0.00049"),
    ("0", "0"),
]


@pytest.mark.parametrize(("exact", "short"), ROUNDED)
def test_short_amounts_are_rounded_and_not_cut(shown, exact, short):
    whole, _, fraction = exact.partition(".")
    amount = int(whole + fraction.ljust(6, "0"))
    assert shown(payload()).evaluate(f"compactAmount({amount}n)") == short


def test_sums_beyond_what_a_float_can_hold_are_exact(shown):
    huge = 9_007_199_254_740_993  # 2**53 + 1
    transfers = [("victim", "anna", 1, None, 1, 1)] * 3
    trace = payload(transfers=transfers)
    trace["asset"]["decimals"] = 18
    for rule in trace["rules"]:
        trace["edges"]["stolen"][rule] = [str(huge)] * 3
        trace["stolen"][rule] = str(3 * huge)
    tab = shown(trace)
    box(tab, address_of("anna")[:6]).click()
    received = tab.get_by_test_id("details").locator("tr.chosen td.amount").first
    assert received.get_attribute("data-amount") == str(3 * huge)


def test_switching_the_rule_changes_every_figure(shown):
    tab = shown(payload())
    box(tab, "zaif").first.click()
    before = [tab.get_by_test_id(name).text_content() for name in ("headline", "flow", "details")]
    tab.get_by_test_id("rule-select").select_option("haircut")
    after = [tab.get_by_test_id(name).text_content() for name in ("headline", "flow", "details")]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert "the primary rule is fifo" in after[0]
    assert "650" in after[1]


def test_only_flows_with_stolen_value_are_drawn(shown):
    tab = shown(payload())
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


def test_a_label_with_a_script_tag_stays_text(shown):
    trace = payload(labels={"bob": HOSTILE}, title=HOSTILE, limits=[HOSTILE], case=HOSTILE)
    trace["edges"]["memo"][2] = HOSTILE
    trace["nodes"]["service"] = [service and HOSTILE for service in trace["nodes"]["service"]]
    trace["endpoints"][0]["service"] = HOSTILE
    source = page(trace)
    assert str(escape(HOSTILE)) in source
    assert source.count("<script") == 2
    tab = shown(source)
    box(tab, "</script>").last.click()
    box(tab, "</script>").first.hover()
    tab.get_by_test_id("search").fill("onerror")
    for name in ("Endpoints", "Transfers", "Coverage & limits"):
        tab.get_by_role("tab", name=name).click()
    assert tab.locator("img").count() == 0
    assert tab.title() == HOSTILE
    assert HOSTILE in tab.get_by_test_id("limits-view").inner_text()
    assert tab.faults == []


def test_characters_that_reorder_text_are_spelled_out(shown):
    tab = shown(payload(labels={"bob": BIDI}))
    assert box(tab, "gnp.\\u202eexe").count() == 1
    assert "\u202e" not in tab.get_by_test_id("flow").text_content()


def test_nothing_is_fetched_from_the_network(shown):
    tab = shown(payload())
    box(tab, "binance").click()
    for name in ("Endpoints", "Transfers", "Thefts", "Coverage & limits"):
        tab.get_by_role("tab", name=name).click()
    assert [url for url in tab.requested if not url.startswith("file:")] == []
    assert len(tab.requested) == 1
    assert tab.faults == []


def test_the_policy_refuses_a_script_that_is_not_ours(shown):
    tab = shown(page(payload()).replace("</body>", "<script>document.title = 'taken'</script></body>"))
    assert tab.title() == "A thousand xem"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (address_of("carol")[:9], "address"),
        ("BINANCE", "binance"),
        ("the boat", "memo"),
        (hash_of(6)[:20], "transaction"),
        ("mallory", "mallory"),
    ],
)
def test_search_finds_an_address_a_memo_and_a_hash(shown, words, kind):
    tab = shown(payload(labels={"dave": "mallory"}))
    tab.keyboard.press("/")
    tab.keyboard.type(words)
    assert tab.get_by_test_id("search-results").locator(".kind").first.inner_text() == kind
    tab.keyboard.press("Enter")
    assert tab.get_by_test_id("details").is_visible()


NOT_REACHED = "not among the addresses that stolen value reached"
NOT_MOVED = "not among the transactions that moved stolen value"


@pytest.mark.parametrize(
    ("words", "said"),
    [("nobody", "nothing found"), (address_of("eve"), NOT_REACHED), ("TEVEXX-" + "X" * 20, NOT_REACHED), ("ab" * 32, NOT_MOVED)],
)
def test_a_search_for_nothing_known_says_what_that_means(shown, words, said):
    tab = shown(payload())
    tab.get_by_test_id("search").fill(words)
    assert tab.get_by_test_id("search-results").inner_text() == said


def test_an_address_is_found_as_people_write_it_in_groups(shown):
    tab = shown(payload())
    tab.get_by_test_id("search").fill("TCAROL-XXXX-XXXX")
    assert address_of("carol") in tab.get_by_test_id("search-results").inner_text()


def test_hits_with_one_memo_are_told_apart_by_amount_and_time(shown):
    transfers = [*TRANSFERS, ("bob", "zaif1", 7, "deposit 8812", 0, 0)]
    tab = shown(payload(transfers=transfers))
    tab.get_by_test_id("search").fill("8812")
    assert tab.get_by_test_id("search-results").locator(".more").all_inner_texts() == [
        "500.000000 xem · 2018-01-26 12:40:00 UTC",
        "7.000000 xem · 2018-01-26 13:20:00 UTC",
    ]


def test_a_transfer_without_stolen_value_is_found_in_the_table(shown):
    tab = shown(payload())
    tab.get_by_test_id("search").fill(hash_of(7))
    tab.keyboard.press("Enter")
    assert tab.get_by_test_id("transfer-table").locator("tr.row").count() == 1


def test_hidden_flows_are_counted(shown):
    trace = payload(transfers=fan_of(500), stolen={"fifo": units(500), "haircut": units(500)})
    trace["endpoints"] = [endpoint(node, "unspent", dict.fromkeys(FEES, units(1))) for node in range(2, 502)]
    tab = shown(trace)
    note = tab.get_by_test_id("hidden-note").inner_text().replace(",", "")
    counts = r"(\d+) of 502 addresses · (\d+) of 501 flows shown hiding where (\d+)\.000000 xem ended"
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
    tab.get_by_test_id("top-n").fill("5")
    assert tab.locator(".box").count() == 60


def test_nothing_hidden_is_said_too(shown):
    assert "8 of 8 addresses" not in shown(payload()).get_by_test_id("hidden-note").inner_text()
    assert "7 of 7 addresses · 6 of 6 flows shown, hiding nothing" in shown(payload()).get_by_test_id("hidden-note").inner_text()


def test_an_address_shows_its_path_and_its_transfers_in_full(shown):
    tab = shown(payload())
    box(tab, "zaif").first.click()
    text = tab.get_by_test_id("details").inner_text()
    assert address_of("zaif1") in text
    assert hash_of(4) in text
    assert "deposit 8812" in text
    assert "2018-01-26 12:40:00 UTC" in text
    assert "height 104" in text
    path = tab.get_by_test_id("details").locator(".path li")
    assert [line.split("\n")[-1] for line in path.all_inner_texts()] == [
        "600.000000 · 2018-01-26 12:00:00 UTC",
        "700.000000 · 2018-01-26 12:20:00 UTC",
        "500.000000 · 2018-01-26 12:40:00 UTC",
    ]


def sums_at(tab, rule):
    """The account of the chosen address under a rule: what -> units."""
    cells = tab.get_by_test_id("details").locator(f"tr[data-rule={rule}] td[data-sum]")
    found = cells.evaluate_all("cells => cells.map(cell => [cell.dataset.sum, cell.dataset.amount])")
    return {name: int(amount) for name, amount in found}


@pytest.mark.parametrize("rule", ["fifo", "haircut"])
@pytest.mark.parametrize("name", ["victim", "anna", "bob", "carol", "zaif"])
def test_what_an_address_received_is_what_it_sent_held_and_paid_as_fees(shown, name, rule):
    tab = shown(payload())
    box(tab, "zaif" if name == "zaif" else address_of(name)[:6]).first.click()
    sums = sums_at(tab, rule)
    assert sums.pop("taken", 0) + sums.pop("received") == sum(sums.values()) > 0
    assert "closes to the unit" in tab.get_by_test_id("closes").inner_text()


def test_an_account_that_does_not_close_says_so(shown):
    trace = payload()
    trace["nodes"]["fees"]["haircut"] = ["0"] * len(trace["nodes"]["address"])
    tab = shown(trace)
    box(tab, address_of("bob")[:6]).click()
    assert "does NOT close under haircut" in tab.get_by_test_id("closes").inner_text()


def test_an_address_shows_every_label_and_on_whose_word(shown):
    tab = shown(payload())
    box(tab, "zaif").first.click()
    assert tab.get_by_test_id("labels-of").locator("li").all_inner_texts() == [
        "Zaif · exchange\nsource: their own page · confidence: service_data · as of 2018-02-01",
        "a mixer\nsource: a forum · confidence: web_crawl · as of no date",
    ]


def test_an_address_shows_its_tags_with_numbers_look_alikes_and_no_error_rate_known(shown):
    trace = payload()
    hostile = "at <img src=x onerror=alert(1)>: 1 account"
    bob = trace["nodes"]["address"].index(address_of("bob"))
    trace["tags"] = [{**TAG, "node": bob, "measures": [hostile]}]
    tab = shown(trace)
    box(tab, address_of("bob")[:6]).click()
    told = tab.get_by_test_id("tags-of").inner_text()
    assert told == f"fan out · pattern · loose, default\n{hostile}\nbut: a shop\nlook-alikes checked: 3, 1 fits"
    assert "error rate on this chain: unknown" in tab.get_by_test_id("details").inner_text()


def test_an_address_says_on_what_basis_value_ended_there(shown):
    trace = payload()
    trace["endpoints"][0]["basis"] = "modelled"
    tab = shown(trace)
    box(tab, "zaif").first.click()
    assert "service zaif 500 under fifo · rests on an opening balance" in tab.get_by_test_id("end").inner_text()


def test_opening_the_details_leaves_the_whole_picture_in_sight(shown):
    tab = shown(payload())
    box(tab, "binance").click()
    edge = tab.get_by_test_id("details").bounding_box()["x"]
    for name in (address_of("victim")[:6], "zaif", "binance"):
        at = box(tab, name).first.bounding_box()
        assert at["x"] >= 0
        assert at["x"] + at["width"] <= edge


def test_a_service_says_how_many_flows_into_it_are_not_drawn(shown):
    many = fan_of(60) + [(f"mule{number:06d}", "binance", 1, None, 1, 1) for number in range(60)]
    tab = shown(payload(transfers=many, endpoints=[endpoint(62, "service", dict.fromkeys(FEES, units(60)), "binance")]))
    stub = tab.locator(".stub", has_text="more in")
    assert stub.count() == 1
    hidden = int(re.search(r"\+(\d+) more in", stub.text_content())[1])
    box(tab, "binance").click()
    details = tab.get_by_test_id("details")
    assert f"{hidden} of the 60 flows into it are not drawn" in details.inner_text()
    details.get_by_role("button", name="draw them").click()
    assert tab.locator(".stub", has_text="more in").count() == 0


def test_the_pointer_over_an_address_shows_exact_amounts(shown):
    tab = shown(payload())
    box(tab, address_of("carol")[:6]).hover()
    assert "received 300.000000\nended here 150.000000" in tab.get_by_test_id("tip").inner_text()


def test_the_strongest_path_never_goes_back_in_time(shown):
    transfers = [
        ("victim", "anna", 10, None, 10, 10),
        ("bob", "dave", 9, None, 9, 9),  # before anything reached bob
        ("anna", "bob", 10, None, 10, 10),
        ("bob", "dave", 2, None, 2, 2),
    ]
    tab = shown(payload(transfers=transfers, endpoints=[]))
    box(tab, address_of("dave")[:6]).click()
    assert "2.000000 · 2018-01-26 12:30:00 UTC" in tab.get_by_test_id("details").locator(".path li").last.inner_text()


def test_a_flow_shows_its_transfers(shown):
    tab = shown(payload())
    choose_flow(tab, 0)
    text = tab.get_by_test_id("details").inner_text()
    assert "Flow from row 0" in text
    assert hash_of(0) in text
    assert hash_of(1) in text


def test_a_far_end_is_drawn_and_a_click_draws_the_way(shown):
    chain = ["victim", "anna"] + [f"hop{number:02d}" for number in range(20)]
    transfers = [(sender, recipient, 10, None, 10, 10) for sender, recipient in pairwise(chain)]
    trace = payload(transfers=transfers, stolen={"fifo": units(10), "haircut": units(10)})
    trace["endpoints"] = [endpoint(21, "unspent", dict.fromkeys(FEES, units(10)))]
    tab = shown(trace)
    assert "hiding where 0.000000 xem ended" in tab.get_by_test_id("hidden-note").inner_text()
    dashed = tab.locator(".flow-label", has_text="hops")
    assert dashed.count() == 1
    tab.evaluate("chosenInPicture([...document.querySelectorAll('.route')].find((one) => one.route.far))")
    assert tab.locator(".box").count() == 22


def test_a_time_window_counts_what_it_hides_and_adds_nothing_up(shown):
    many = fan_of(500)
    tab = shown(payload(transfers=many, endpoints=[]))
    tab.evaluate("time => changeWindow(time, null)", NOON + 600)
    note = tab.get_by_test_id("hidden-note").inner_text()
    assert re.search(r"of 501 addresses · \d+ of 500 flows shown, hiding \d+ flows of this window$", note)
    assert "xem" not in note


def test_the_time_window_filters_and_clears(shown):
    tab = shown(payload())
    area = tab.get_by_test_id("timeline").locator("svg").bounding_box()
    tab.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + 20)
    tab.mouse.down()
    tab.mouse.move(area["x"] + area["width"] - 2, area["y"] + 20)
    tab.mouse.up()
    assert 0 < tab.locator(".route").count() < 6
    tab.get_by_test_id("window-clear").click()
    assert tab.locator(".route").count() == 6


def test_the_tabs_stay_where_they_are(shown):
    tab = shown(payload())
    places = set()
    for name in ("Flow", "Endpoints", "Transfers", "Thefts", "Coverage & limits"):
        tab.get_by_role("tab", name=name).click()
        places.add(tuple((one.bounding_box()["x"], one.bounding_box()["y"]) for one in tab.get_by_role("tab").all()))
    assert len(places) == 1


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


def test_each_theft_is_marked_on_the_timeline(shown):
    assert shown(payload()).locator(".theft-mark").count() == 2


def test_the_transfer_table_sorts_and_filters(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Transfers").click()
    rows = tab.get_by_test_id("transfer-table").locator("tr.row")
    assert rows.count() == 7
    tab.get_by_role("columnheader", name="amount").get_by_role("button").click()
    assert "700.000000" in rows.first.inner_text()
    tab.get_by_test_id("stolen-only").uncheck()
    assert rows.count() == 8
    tab.get_by_test_id("service-filter").select_option("zaif")
    assert rows.count() == 2
    tab.get_by_test_id("table-search").fill("8812")
    assert rows.count() == 1


def test_the_csv_neutralises_formulas(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Transfers").click()
    with download_of(tab, "save-csv") as file:
        rows = list(csv.DictReader(io.StringIO(file["text"])))
    assert file["name"] == "thousand_fifo_transfers.csv"
    assert rows[3]["memo"] == '\'=HYPERLINK("http://x")'
    assert rows[3]["transaction"] == hash_of(3)
    assert rows[3]["to"] == address_of("carol")
    assert rows[3]["amount (xem)"] == "300.000000"


def columns_of_csv(shown, name, **changes):
    tab = shown(payload(**changes))
    tab.get_by_role("tab", name=name).click()
    with download_of(tab, "save-csv") as file:
        return next(csv.reader(io.StringIO(file["text"])))


def test_the_csv_names_the_unit_and_each_column_once(shown):
    assert columns_of_csv(shown, "Endpoints") == ["reason", "service", "address", "basis", "fifo (xem)", "haircut (xem)"]


def test_the_csv_of_the_transfers_names_the_row_of_the_ledger(shown):
    columns = columns_of_csv(shown, "Transfers")
    assert columns[0] == "row"
    assert len(set(columns)) == len(columns)
    assert {"amount (xem)", "stolen, fifo (xem)", "fee (xem)"} <= set(columns)


def test_thefts_on_which_all_rules_agree_have_one_column(shown):
    assert "newly stolen, every rule (xem)" in columns_of_csv(shown, "Thefts")


def test_thefts_on_which_the_rules_differ_have_a_column_each(shown):
    thefts = payload()["thefts"]
    thefts[1]["stolen"]["haircut"] = units(300)
    assert {"newly stolen, fifo (xem)", "newly stolen, haircut (xem)"} <= set(columns_of_csv(shown, "Thefts", thefts=thefts))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_every_dangerous_beginning_of_a_cell_gets_an_apostrophe(shown, text):
    cell = shown(payload()).evaluate("text => csvCell(text)", text)
    assert next(csv.reader(io.StringIO(cell, newline="")))[0] == "'" + text


def test_the_svg_is_a_picture_that_says_what_it_hides(shown):
    tab = shown(payload())
    with download_of(tab, "save-svg") as file:
        assert file["text"].startswith("<svg")
        assert "A thousand xem" in file["text"]
        assert "7 of 7 addresses" in file["text"]
        assert "viewBox" in file["text"]
    assert tab.faults == []


def test_a_link_restores_the_view(shown):
    tab = shown(payload())
    tab.get_by_test_id("rule-select").select_option("haircut")
    box(tab, "binance").click()
    state = tab.evaluate("location.hash")
    again = shown(payload(), hash_state=state)
    assert again.get_by_test_id("rule-select").input_value() == "haircut"
    assert address_of("binance") in again.get_by_test_id("details").inner_text()


SENSELESS = '#{"rule":"alchemy","node":99,"top":-1,"pinned":[7777],"tab":"x","flow":[1],"from":"now"}'


@pytest.mark.parametrize("state", ["#%7B", "#nonsense", "#null", SENSELESS])
def test_a_broken_link_shows_the_default_view(shown, state):
    tab = shown(payload(), hash_state=state)
    assert tab.get_by_test_id("rule-select").input_value() == "fifo"
    assert tab.locator(".route").count() == 6
    assert tab.faults == []


def test_escape_clears_the_selection(shown):
    tab = shown(payload())
    box(tab, "binance").click()
    assert tab.get_by_test_id("details").is_visible()
    tab.keyboard.press("Escape")
    assert tab.get_by_test_id("details").is_hidden()


def test_a_box_can_be_chosen_from_the_keyboard(shown):
    tab = shown(payload())
    box(tab, "binance").focus()
    tab.keyboard.press("Enter")
    assert address_of("binance") in tab.get_by_test_id("details").inner_text()


def test_every_button_and_field_has_a_name(shown):
    nameless = shown(payload()).evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=button]")]
          .filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.closest("label"))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_coverage_and_limits_are_printed(shown):
    tab = shown(payload())
    tab.get_by_role("tab", name="Coverage & limits").click()
    text = tab.get_by_test_id("limits-view").inner_text()
    assert "8 accounts read in full" in text
    assert "This does not say who controls an address." in text
    assert "What this does not prove" in text


def test_the_bounds_of_a_service_are_printed(shown):
    tab = shown(payload(services=[BOUNDED]))
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "zaif: from 500.000000 to 650.000000" in tab.get_by_test_id("limits-view").inner_text()


@pytest.mark.parametrize("broken", ["AAAA", "%%%", ""])
def test_a_payload_that_cannot_be_unpacked_gives_a_message(shown, broken):
    source = re.sub(r'(id="payload">)[^<]*', lambda match: match[1] + broken, page(payload()))
    tab = shown(source, ready=False)
    assert "cannot show its trace" in tab.get_by_test_id("failure").inner_text()


def test_a_payload_that_lacks_a_part_is_named_and_nothing_is_shown(shown):
    trace = payload()
    del trace["nodes"]["balance"]
    tab = shown(trace, ready=False)
    assert "its payload has no nodes.balance" in tab.get_by_test_id("failure").inner_text()


def places(part, way=()):
    """The way to every key of a payload, keys and numbers; of a list the first entry stands for all."""
    for key, value in part.items():
        yield [*way, key]
        first = value[0] if isinstance(value, list) and value else value
        for each in first if isinstance(first, list) else [first]:
            if isinstance(each, dict):
                at = [0] * (isinstance(value, list) + isinstance(first, list))
                yield from places(each, (*way, key, *at))


def test_no_key_of_a_payload_may_be_missing(shown):
    """Every key that Python writes, rules included, is taken away in turn."""
    trace = payload(
        transfers=[TRANSFERS[4], *TRANSFERS], evidence=EVIDENCE, claims=CLAIMS, valuation=VALUATION, tags=[TAG], services=[BOUNDED]
    )
    trace["nodes"]["labels"][0], trace["nodes"]["marked"][0] = [EXCHANGE], [SPAN]
    tolerated = shown(trace).evaluate(
        """([trace, ways]) => ways.filter((way) => {
          const spoiled = structuredClone(trace);
          const last = way.pop();
          delete way.reduce((part, key) => part[key], spoiled)[last];
          try {
            complete(spoiled);
            return true;
          } catch {
            return false;
          } finally {
            way.push(last);
          }
        })""",
        [trace, list(places(trace))],
    )
    assert tolerated == []


def test_a_column_that_is_too_short_is_refused(shown):
    trace = payload()
    trace["edges"]["stolen"]["haircut"].pop()
    tab = shown(trace, ready=False)
    assert "7 entries in edges.stolen.haircut, and 8 beside them" in tab.get_by_test_id("failure").inner_text()


def test_what_came_back_to_the_victim_is_drawn_as_an_end(shown):
    tab = shown(payload(transfers=[*TRANSFERS, ("bob", "victim", 10, None, 10, 10)]))
    assert box(tab, "back to").count() == 1


def test_a_robbed_exchange_is_where_the_picture_starts(shown):
    trace = payload()
    trace["nodes"]["service"][0] = "coincheck"
    tab = shown(trace)
    assert "out 1k" in box(tab, "coincheck").text_content()
    assert tab.locator(".route").count() == 6


def test_a_hundred_thousand_transfers_are_drawn_and_scrolled(shown):
    tab = shown(payload(transfers=fan_of(100_000), endpoints=[]))
    assert tab.locator(".box").count() <= 300
    tab.get_by_role("tab", name="Transfers").click()
    assert tab.get_by_test_id("row-count").inner_text().startswith("100,001 rows")
    assert tab.get_by_test_id("transfer-table").locator("tr.row").count() < 120
    last = address_of("mule099999")
    tab.get_by_test_id("table-view").evaluate("box => (box.scrollTop = box.scrollHeight)")
    tab.wait_for_selector(f"tr.row [title={last}]")


def test_the_same_payload_gives_the_same_page():
    assert page(payload()) == page(payload())


def test_the_page_names_no_other_place():
    source = page(payload())
    assert re.findall(r"https?://[^\s\"'<)]+", source) == ["http://www.w3.org/2000/svg"]


EVIDENCE = [
    {
        "kind": "ip_address",
        "value": "192.0.x.x",
        "time": NOON - 86400,
        "grade": "F6",
        "status": "explained",
        "subject": "a login",
        "source": "a log",
    },
    {"kind": "statement", "value": HOSTILE, "time": NOON, "grade": "B2", "status": "stands", "subject": BIDI, "source": "a letter"},
    {
        "kind": "statement",
        "value": "523",
        "time": NOON + 60,
        "grade": "B4",
        "status": "superseded",
        "subject": "a first figure",
        "source": "press",
    },
]


def claim(to, least=None, most=None, traced=None, until=NOON + 864000, **more):
    stated = {
        "from": "theft recipients",
        "to": to,
        "least": least,
        "most": most,
        "since": None,
        "until": until,
        "says": "",
        "source": "press",
    }
    return {**stated, "traced": traced, "why": "not compared: not read" if traced is None else "all was followed", **more}


CLAIMS = [
    claim("zaif", units(400), units(400), {"fifo": units(600), "haircut": units(500)}),
    claim("zaif", units(650), None, {"fifo": units(600), "haircut": units(500)}),
    claim(HOSTILE, says="every 40 minutes"),
]
VALUATION = {
    "currency": "JPY",
    "rule": "the last price at or before the moment",
    "total": "110900.5",
    "prices": [{"time": NOON, "price": "110.9005", "source": "press"}],
    "thefts": ["66540.3"] * 2,
    "endpoints": [{"fifo": "1.5", "haircut": None}] * len(ENDPOINTS),
}


def with_beside(**more):
    return payload(evidence=EVIDENCE, claims=CLAIMS, **more)


def test_evidence_has_a_lane_of_the_timeline_and_says_how_it_stands(shown):
    marks = shown(with_beside()).locator("[data-testid=timeline] .evidence-mark")
    assert marks.evaluate_all("all => all.map(one => one.dataset.status)") == ["explained", "stands", "superseded"]
    assert "192.0.x.x" in marks.first.locator("title").text_content()
    assert "F6" in marks.first.locator("title").text_content()


def test_thefts_evidence_and_claims_stand_on_one_axis_of_time(shown):
    tab = shown(with_beside())
    places = tab.evaluate(f"[placeOfTime({NOON - 86400}), placeOfTime({NOON}), placeOfTime({NOON + 864000})]")
    assert places == sorted(places)
    assert (places[0], places[2]) == (0, 1)
    assert tab.locator("[data-testid=timeline] .claim-bar").count() == 3
    assert tab.locator("[data-testid=timeline] .theft-mark").count() == 2


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


def test_a_balance_that_nobody_read_is_unknown_and_not_nought(shown):
    tab = shown(payload())
    box(tab, address_of("bob")[:6]).click()
    assert "unknown: its history was not read" in tab.get_by_test_id("details").inner_text()


def test_a_click_on_a_claim_opens_the_table_of_claims(shown):
    tab = shown(with_beside())
    tab.locator(".claim").first.click()
    assert tab.get_by_test_id("claims-table").is_visible()


def test_a_page_without_evidence_claims_or_marks_has_no_tab_for_them(shown):
    tabs = shown(payload()).get_by_test_id("tabs").inner_text()
    assert not any(name in tabs for name in ("Evidence", "Claims", "Marks"))


def test_marks_labels_that_disagree_and_young_labels_are_said_at_the_address(shown):
    trace = payload(labels={"zaif1": "Zaif"})
    zaif = trace["nodes"]["address"].index(address_of("zaif1"))
    trace["nodes"]["marked"] = [[SPAN] if node == zaif else [] for node in range(len(trace["nodes"]["address"]))]
    trace["nodes"]["conflict"] = [int(node == zaif) for node in range(len(trace["nodes"]["address"]))]
    trace["nodes"]["labels"][zaif] = [{**EXCHANGE, "younger": True}, RUMOUR]
    tab = shown(trace)
    box(tab, "zaif").first.click()
    details = tab.get_by_test_id("details")
    assert "from block 10 to block 20, moved on" in details.get_by_test_id("marked").inner_text()
    assert details.get_by_test_id("conflict").inner_text() == "The labels disagree; all are kept."
    assert "younger than the last transfer here" in details.get_by_test_id("labels-of").inner_text()
    tab.get_by_role("tab", name="Marks").click()
    assert "ts:warning" in tab.get_by_test_id("marks-table").inner_text()


def test_what_was_stolen_has_its_worth_with_rule_and_prices(shown):
    tab = shown(payload(valuation=VALUATION))
    assert tab.get_by_test_id("worth").inner_text() == "worth 110,900.5 JPY when stolen"
    tab.get_by_role("tab", name="Thefts").click()
    assert "66,540.3" in tab.get_by_test_id("thefts-table").inner_text()
    tab.get_by_role("tab", name="Coverage & limits").click()
    assert "110.9005 JPY. press" in tab.get_by_test_id("limits-view").inner_text()


def test_the_dates_of_the_timeline_do_not_run_into_each_other(shown):
    tab = shown(with_beside(), width=1000)
    overlaps = tab.evaluate(
        """() => {
          const texts = [...document.querySelectorAll("[data-testid=timeline] svg text")].map((one) => one.getBoundingClientRect());
          return texts.slice(1).filter((one, at) => one.left < texts[at].right).length;
        }"""
    )
    assert overlaps == 0
