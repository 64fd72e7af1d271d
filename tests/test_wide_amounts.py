"""Amounts that 64 bits do not hold, ether in wei among them: one case from the file to the verdict of `verify.py`, exact everywhere."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest
from conftest import require_arcadedb
from support.ether_case import AT_CAROL, AT_ZAIF, STOLEN, case_file, ether, traced

from tracer import verify
from tracer.casefolder import CaseFolder
from tracer.errors import QueryError
from tracer.report.export import export
from tracer.tracing import RULES


@pytest.fixture(scope="module")
def ether_dir(tmp_path_factory):
    """The theft of 812.5 ether, traced once."""
    return ether(tmp_path_factory.mktemp("ether")).folder


@pytest.fixture
def bounded(tracer_cli, ether_dir):
    code, _, said = tracer_cli("bounds", ether_dir)
    assert code == 0, said
    return ether_dir


def graph_of(folder):
    require_arcadedb()
    return CaseFolder.open(folder).graph()


def test_a_case_of_812_ether_has_bounds_in_its_rules(tracer_cli, bounded):
    found = {each["address"]: each for each in json.loads(tracer_cli("rules", bounded, "--json")[1])["endpoints"]}
    assert found["zaif"]["fifo"] == str(AT_ZAIF)
    assert found["carol"]["least"] == found["carol"]["most"] == str(AT_CAROL)
    assert all(int(each["least"]) <= int(each[rule]) <= int(each["most"]) for each in found.values() for rule in RULES)


def test_a_case_of_812_ether_is_as_exact_in_what_leaves_it(tracer_cli, ether_dir, tmp_path):
    _, out, _ = tracer_cli("evidence", ether_dir, "--json")
    (claim,) = json.loads(out)["claims"]
    assert claim["least"] == str(AT_ZAIF)
    assert claim["traced"]["fifo"] == str(AT_ZAIF)
    assert "60937906.2500000000000750005" in tracer_cli("prices", ether_dir, "--json")[1]
    code, _, said = tracer_cli("freeze", ether_dir, "-o", tmp_path / "letters")
    assert code == 0, said
    (letter,) = (tmp_path / "letters").glob("*.csv")
    assert sum(int(row["fifo"]) for row in csv.DictReader(io.StringIO(letter.read_text()))) == AT_ZAIF


def test_the_book_says_every_wei_of_a_property(ether_dir):
    with graph_of(ether_dir) as graph:
        assert graph.about.scale > 0
        (theft,) = graph.query("thefts")
        assert (theft["amount"], theft["stolen"], "rounded_down_to" in theft) == (STOLEN, STOLEN, False)
        assert [row["stolen"] for row in graph.query("endpoints")] == [AT_CAROL, AT_ZAIF, 2]


def test_the_book_adds_up_every_wei(tracer_cli, ether_dir):
    with graph_of(ether_dir) as graph:
        (found,) = graph.query("endpoints_by_service")
        (paid,) = graph.query("contacts", address="dave", other="zaif")[:1]
    assert ({found[rule] for rule in RULES}, paid["amount"]) == ({AT_ZAIF}, 312499999999999978990)
    _, out, said = tracer_cli("query", ether_dir, "endpoints_by_service", "--json")
    assert (json.loads(out)[0]["fifo"], "rounded_down_to" in out, said) == (str(AT_ZAIF), False, "")


def test_the_book_computes_to_the_last_wei(tracer_cli, ether_dir):
    with graph_of(ether_dir) as graph:
        found = next(row for row in graph.query("balance_sheet") if row["rule"] == "fifo")
    assert (found["stolen"], found["service"], found["difference"]) == (STOLEN, AT_ZAIF, 0)
    assert "rounded_down_to" not in found
    code, out, said = tracer_cli("query", ether_dir, "balance_sheet", "--json")
    assert (code, said, {row["service"] for row in json.loads(out)}) == (0, "", {str(AT_ZAIF)})


def test_free_cypher_has_every_wei_of_a_property_and_of_a_sum(tracer_cli, ether_dir):
    asked = "MATCH (h:Theft {case: $case}) RETURN h.amount AS amount, sum(h.amount) AS together, h.label"
    with graph_of(ether_dir) as graph:
        (row,) = graph.cypher(asked)
        (whole,) = graph.cypher("MATCH (h:Theft {case: $case}) RETURN h AS theft")
    assert row == {"amount": STOLEN, "together": STOLEN, "h.label": row["h.label"]}
    assert (whole["theft"]["amount"], "amount_exact" in whole["theft"]) == (STOLEN, False)
    _, out, _ = tracer_cli("query", ether_dir, "--cypher", asked, "--csv")
    assert out.splitlines()[:2] == ["amount,together,h.label", f"{STOLEN},{STOLEN},{row['h.label']}"]


def test_free_cypher_that_computes_with_scaled_amounts_says_their_unit(ether_dir):
    with graph_of(ether_dir) as graph:
        unit = 10**graph.about.scale
        (row,) = graph.cypher("MATCH (h:Theft {case: $case}) RETURN h.amount / 2 AS half")
    assert row == {"half": STOLEN // unit // 2, "amounts_in_units_of": unit}


COMPARED = (
    "MATCH ()-[t:TRANSFER {case: $case}]->() WHERE t.amount > 5 RETURN count(t) AS n",
    "MATCH ()-[t:TRANSFER {case: $case}]->() WHERE 5 <= t.fifo / 2 AND t.fee = 0 RETURN count(t) AS n",
    "MATCH ()-[t:TRANSFER {case: $case}]->()-[u:TRANSFER]->() WHERE t.amount = u.amount RETURN count(t) AS n",
    "MATCH ()-[t:TRANSFER {case: $case, amount: 5}]->() RETURN count(t) AS n",
    "MATCH (a)-[t:TRANSFER {case: $case}]->() WITH a, sum(t.amount) AS much WHERE much > 5 RETURN count(a) AS n",
    "MATCH ()-[t:TRANSFER {case: $case}]->() RETURN CASE WHEN (t.amount + 1) > 5 THEN 'large' ELSE 'small' END AS size",
    "MATCH ()-[t:TRANSFER {case: $case}]->() WHERE t.amount IN [5, 6] RETURN count(t) AS n",
    "MATCH p = ()-[:TRANSFER*1..2]->() WHERE all(x IN [t IN relationships(p) | t.amount] WHERE x > 5) RETURN count(p) AS n",
)


@pytest.mark.parametrize("cypher", COMPARED)
def test_free_cypher_that_compares_scaled_amounts_is_refused_by_name(ether_dir, cypher):
    with graph_of(ether_dir) as graph, pytest.raises(QueryError, match=r"are kept in units of 10\^\d+ smallest units.* cannot be compared"):
        graph.cypher(cypher)


def test_free_cypher_that_compares_something_else_or_the_exact_text_is_answered(ether_dir):
    with graph_of(ether_dir) as graph:
        asked = "MATCH (h:Theft {case: $case}) WHERE h.number = 1 AND size(h.amount_exact) > 18 RETURN h.amount AS amount ORDER BY h.amount"
        assert graph.cypher(asked) == [{"amount": STOLEN}]
        assert graph.cypher("MATCH p = (h:Theft {case: $case})-[:PAID]->() RETURN length(p) AS hops, h.number AS n")[0]["hops"] == 1


def test_a_union_of_amounts_is_exact_or_refused(ether_dir):
    theft = "MATCH (h:Theft {case: $case}) RETURN h.amount AS amount, h.label AS what"
    ends = "MATCH (e:Endpoint {case: $case}) RETURN sum(e.fifo) AS amount, 'all' AS what"
    with graph_of(ether_dir) as graph:
        (one, other) = graph.cypher(f"{theft} UNION ALL {ends}")
        assert (one["amount"], one.keys()) == (STOLEN, {"amount", "what"})
        assert other["amount"] == sum(end.amounts["fifo"] for end in CaseFolder.open(ether_dir).outcome.endpoints)
        with pytest.raises(QueryError, match="a union is exact only where all its parts return the same amounts"):
            graph.cypher(f"{theft} UNION MATCH (h:Theft {{case: $case}}) RETURN h.number AS amount, h.label AS what")


def test_a_percentage_is_compared_to_the_last_digit(tmp_path):
    """Bob passes on 80 % of what Alice paid him, rounded down; Carol a unit less than that."""
    paid = 812500000000000000199
    part = paid // 100 * 80
    for name, passed in (("bob", part), ("carol", part - 1)):
        rows = f"time,tx_hash,sender,recipient,amount,fee\n1600000000,aa,alice,{name},{paid},0\n1600000001,bb,{name},dave,{passed},0\n"
        case = traced(case_file(tmp_path / name, rows, {"alice": paid, name: 0, "dave": 0}, ["aa"], name=name), tmp_path / f"{name}.out")
        with graph_of(case.folder) as graph:
            assert graph.about.scale > 0
            found = graph.query("peel_steps", percent=80)
            assert [row["passed"] for row in found] == ([part] if name == "bob" else [])


def test_what_is_less_than_a_scaled_unit_is_not_taken_for_nothing(ether_dir):
    with graph_of(ether_dir) as graph:
        least = {least: len(graph.query("endpoints", least=least)) for least in (2, 3, AT_CAROL, AT_CAROL + 1)}
        assert least == {2: 3, 3: 2, AT_CAROL: 1, AT_CAROL + 1: 0}
        assert {row["stolen"] for row in graph.query("sleepers", days=0)} == {AT_CAROL, 2}


def test_call_data_of_a_megabyte_does_not_hide_33_ether(tracer_cli, tmp_path):
    """A transaction of ethereum-etl: its input is longer than a cell of Python's csv may be."""
    head = "hash,block_number,transaction_index,from_address,to_address,value,input,block_timestamp"
    rows = [
        f"0x01,100,0,alice,bob,33066915805160912602,0x{'00' * 600_000},1600000000",
        "0x02,101,0,bob,carol,33000000000000000000,0x,1600000010",
    ]
    (tmp_path / "rows.csv").write_text("\n".join([head, *rows]) + "\n")
    (tmp_path / "case.toml").write_text(
        'name = "data"\nchain = "table"\nasset = "eth"\ndecimals = 18\n'
        '[[sources]]\nkind = "table"\npath = "rows.csv"\npreset = "ethereum_etl_transactions"\n[[thefts]]\ntransfer = "0x01"\n'
    )
    case = traced(tmp_path / "case.toml", tmp_path / "out")
    assert {end.address: end.amounts["fifo"] for end in case.trace.endpoints} == {"carol": 33000000000000000000, "bob": 66915805160912602}


def test_ether_in_a_data_set_is_traced_in_wei(tracer_cli, tmp_path):
    pytest.importorskip("duckdb", reason="NOT RUN, no DuckDB: pip install '.[scale]'")
    head = 'name = "data"\nchain = "table"\nasset = "eth"\ndecimals = 18\n'
    theft = '[[thefts]]\ntransfer = "0x01"\n'
    (tmp_path / "rows.csv").write_text(
        "height,tx_hash,sender,recipient,amount\n100,0x01,alice,bob,33066915805160912602\n101,0x02,bob,carol,33000000000000000000\n"
    )
    code, out, _ = tracer_cli("columns", tmp_path / "rows.csv", "--asset", "eth", "--decimals", "18", "-o", tmp_path / "ledger")
    assert (code, out.splitlines()) == (0, ["2 rows, 3 accounts, 0 rejections", str(tmp_path / "ledger")])
    (tmp_path / "case.toml").write_text(head + '[[sources]]\nkind = "columns"\npath = "ledger"\n' + theft)
    case = traced(tmp_path / "case.toml", tmp_path / "out")
    assert {end.address: end.amounts["fifo"] for end in case.trace.endpoints} == {"carol": 33000000000000000000, "bob": 66915805160912602}


def test_the_number_of_a_token_is_no_amount(tracer_cli, tmp_path):
    number = 64855325985663894930836489220226401318767699022689309206020046035013068781522
    head = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number"
    (tmp_path / "rows.csv").write_text(f"{head}\n0xdd,alice,bob,{number},0x01,1,100\n0xdd,bob,carol,{number},0x02,2,101\n")
    (tmp_path / "case.toml").write_text(
        'name = "nft"\nchain = "table"\nasset = "nft"\ndecimals = 0\n'
        '[[sources]]\nkind = "table"\npath = "rows.csv"\npreset = "ethereum_etl_token_transfers"\n[[thefts]]\ntransfer = "0x01"\n'
    )
    code, _, said = tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")
    assert (code, said.count("\n")) == (1, 1)
    assert (
        f"amount {number}, and amounts are exact below 2^127 smallest units: is the column an amount, and not the number of a token?"
        in said
    )


def scattered(chance, bits):
    """Rows, openings and thefts: what two thefts took of victims who held almost 2^bits together goes from hand to hand, with fees."""
    people = ["thief", "carol", "dave", "erin", "frank", "zaif"]
    held = {"alice": (1 << bits - 1) - chance.randrange(99), "bob": (1 << bits - 1) - chance.randrange(1 << bits // 2)}
    held |= {name: chance.choice((0, 3, chance.randrange(1 << bits - 8))) for name in people}
    opened, rows = dict(held), ["height,time,tx_hash,sender,recipient,amount,fee"]
    for n in range(40):
        sender = {0: "alice", 7: "bob"}.get(n) or chance.choice([name for name in people if name != "zaif" and held[name]] or ["zaif"])
        recipient = "thief" if n in (0, 7) else chance.choice([name for name in people if name != sender])
        amount = held[sender] if n in (0, 7) else chance.choice((1, held[sender], held[sender] // 2, held[sender] // 3 + 1))
        amount = max(1, min(amount, held[sender]))
        fee = min(held[sender] - amount, chance.choice((0, 1, 21_000, 1 << bits // 2)))
        held[sender] -= amount + fee
        held[recipient] += amount
        rows.append(f"{n + 1},{1_600_000_000 + n},{n:02x},{sender},{recipient},{amount},{fee}")
    return "\n".join(rows) + "\n", opened, ["00", "07"]


@pytest.mark.parametrize(("seed", "bits"), [(1, 64), (2, 87), (3, 110), (4, 126), (5, 126), (6, 126)])
def test_a_sum_is_the_same_from_the_trace_to_every_place_it_is_told(seed, bits, tmp_path):
    case = traced(case_file(tmp_path / "in", *scattered(random.Random(seed), bits), name=f"wide{seed}"), tmp_path / "out")
    export(case, tmp_path / "export")
    assert verify.check(tmp_path / "export").differences == []
    frame, trace = case.to_pandas(), case.trace
    for rule, stolen in trace.rules.items():
        ended = {(end.address, end.reason): end.amounts[rule] for end in trace.endpoints}
        assert sum(ended.values()) + sum(stolen.fees_by_row.values()) == stolen.total
        assert sum(frame[rule]) == sum(stolen.by_row.values())
        assert {type(units) for units in frame[rule]} == {int}
        assert case.flow.about.outcome.fees[rule] == sum(stolen.fees_by_row.values())
    with graph_of(tmp_path / "out") as graph:
        for rule in trace.rules:
            told = {(row["address"], row["reason"]): row["stolen"] for row in graph.query("endpoints", rule=rule)}
            assert told == {(end.address, end.reason): end.amounts[rule] for end in trace.endpoints}
            assert sum(row["stolen"] for row in graph.query("thefts", rule=rule)) == trace.rules[rule].total


def test_fees_that_each_fit_64_bits_and_together_do_not_are_added_up(tmp_path):
    fee = (1 << 61) - 1
    rows = ["height,tx_hash,sender,recipient,amount,fee,kind"]
    for n in range(0, 18, 3):
        rows += [
            f"{n + 1},{n:02x},,alice,{fee + 1},0,mint",
            f"{n + 2},{n + 1:02x},alice,bob,{fee + 1},0,",
            f"{n + 3},{n + 2:02x},bob,carol,1,{fee},",
        ]
    path = case_file(tmp_path / "in", "\n".join(rows) + "\n", {}, [f"{n + 1:02x}" for n in range(0, 18, 3)], name="fees")
    case = traced(path, tmp_path / "out")
    assert 6 * fee >= 1 << 63
    assert CaseFolder.open(tmp_path / "out").outcome.fees == dict.fromkeys(RULES, 6 * fee)
    assert [type(each.amount) for each in case.trace.rules["fifo"].fees] == [int] * 6
