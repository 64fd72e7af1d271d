"""A payload of eight transfers among people, nothing recorded; and how tests read the page made of it."""

from __future__ import annotations

from contextlib import contextmanager

from tracer.render.schema import ShownFreezable

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>"
BIDI = "gnp.\u202eexe"
XEM = 1_000_000
UNFOLDED = '#{"folds":false}'
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
    "base_rate": "3 of 1,212 unrelated accounts have this shape (default preset)",
    "measured": 0,
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
        "reason": "what came first left first",
        "declared": [],
        "stolen": {"fifo": units(1000), "haircut": units(1000)},
        "fees": {rule: units(fee) for rule, fee in FEES.items()},
        "thefts": [
            {
                "label": f"theft {at + 1}",
                "tx_hash": hash_of(row),
                "amount": units(column["amount"][row]),
                "basis": "chain",
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
        "customers": [],
        "coverage": ["8 accounts read in full"],
        "limits": ["This does not say who controls an address."],
        "rests": [],
        "results_digest": "ab" * 32,
        "gaps": [],
        "checked": "8 balances stated by the source are reached to the unit",
        "evidence": [],
        "caveats": ["No evidence here attributes an address."],
        "claims": [],
        "statements": [],
        "valuation": None,
        "tags": [],
        "beside_left_out": 0,
        "what_ifs": [],
        "not_run": [],
        "freezable": {name: [] for name in ShownFreezable.__annotations__},
        "error_rate": "error rate on this chain: unknown",
        "measured": ["in 42 cases, 210 of 27,767 unrelated accounts have the shape (default preset)"],
        "nodes": {
            "address": [address_of(name) for name in names],
            "label": [(labels or {}).get(name) for name in names],
            "role": [roles.get(name, "account") for name in names],
            "service": [SERVICES.get(name) for name in names],
            "touched_only": [int(name == "dave") for name in names],
            "beside": [0] * len(names),
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
            "memo_text": [int(memo is not None) for memo in column["memo"]],
            "basis": ["chain"] * count,
            "verified": [1] * count,
            "tie": [None] * count,
            "provisional": [0] * count,
            "beside": [0] * count,
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


UNTRACED = [("aunt", "bob", 90, None, 0, 0), ("bob", "shop", 40, None, 0, 0), ("gift", "bob", 7, None, 0, 0)]


def with_neighbours(**changes):
    trace = payload(transfers=[*TRANSFERS, *UNTRACED], **changes)
    count = len(TRANSFERS)
    trace["edges"]["beside"] = [int(row >= count) for row in range(count + len(UNTRACED))]
    new = [address_of(name) for name in ("aunt", "shop", "gift")]
    trace["nodes"]["beside"] = [int(address in new) for address in trace["nodes"]["address"]]
    return trace


def run_without_zaif():
    """Without zaif's labels bob's deposits end at two accounts: nothing is at a service but binance's."""
    ends = payload()["endpoints"]
    changed = [{**end, "reason": "unspent", "service": None} if end["service"] == "zaif" else end for end in ends]
    zaif = [payload()["nodes"]["address"].index(address_of(name)) for name in ("zaif1", "zaif2")]
    return {
        "says": "no labels of a forum (2)",
        "stolen": payload()["stolen"],
        "fees": payload()["fees"],
        "taken": [theft["stolen"] for theft in payload()["thefts"]],
        "endpoints": changed,
        "edges": [4, 5, 7],
        "cut": [None, None, None],
        "carried": {"fifo": [units(500), units(100), units(5)], "haircut": [units(420), units(80), "0"]},
        "nodes": zaif,
        "role": ["account", "account"],
        "service": [None, None],
        "touched_only": [0, 0],
        "paid": {"fifo": ["0", "0"], "haircut": ["0", "0"]},
    }


def figures(tab, rule):
    """The endpoint table's row of a rule: place -> units."""
    cells = tab.locator(f"[data-testid=endpoint-table] tr[data-rule={rule}] td")
    return dict(cells.evaluate_all("cells => cells.map(cell => [cell.dataset.place, cell.dataset.amount])"))


def box(tab, text):
    return tab.locator(".box", has_text=text)


def rows_of(tab, part="tbody tr.row"):
    """The table in sight, cell by cell."""
    lines = tab.locator(f"[data-testid=table-view] {part}")
    return lines.evaluate_all("rows => rows.map(row => [...row.children].map(cell => cell.textContent))")


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


def in_menu(tab, name):
    """A control, after opening the menu it stands in."""
    control = tab.get_by_test_id(name)
    menu = control.locator("xpath=ancestor::details[contains(@class, 'menu')]")
    if menu.count() and menu.get_attribute("open") is None:
        menu.locator("summary").click()
    return control


@contextmanager
def download_of(tab, name):
    got = {}
    with tab.expect_download() as waiting:
        in_menu(tab, name).click()
    with open(waiting.value.path(), encoding="utf-8-sig", newline="") as file:
        got["text"] = file.read()
    got["name"] = waiting.value.suggested_filename
    yield got
