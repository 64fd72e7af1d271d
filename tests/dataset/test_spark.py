"""Spark: the slice is that of one process, to the digest; a run that is killed goes on; DuckDB says the same a third way. And the data
set that Spark writes has the rows of the one that one process writes."""

from __future__ import annotations

import random
import shutil
from importlib.util import find_spec

import numpy as np
import pytest
from conftest import missing

import tracer
from tracer.casefile import CaseFile
from tracer.cli.main import tracer as tracer_command
from tracer.dataset.cone_on_spark import WHOLE
from tracer.dataset.conversion_to_data_set import convert
from tracer.dataset.conversion_to_data_set_on_spark import convert_on_spark
from tracer.dataset.data_set_on_spark import SETTINGS, SparkDataSet, on_spark, spark_session
from tracer.dataset.data_set_reader import DataSet
from tracer.dataset.layout import described
from tracer.errors import CaseError, InputError
from tracer.plan.how_sources_are_read import read_sources
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import save_ledger
from tracer.store.record.results_digest import ledger_digest
from tracer.tracing.cone_over_columns import Limits

pytest.importorskip("duckdb", reason="NOT RUN, no DuckDB: pip install '.[scale]'")

CASE = 'name = "c"\nchain = "table"\nasset = "coin"\ndecimals = 0\n[[sources]]\n'
TABLE = 'kind = "table"\npath = "rows.csv"\nwhole = "all"\n'
COLUMNS = 'kind = "columns"\npath = "ledger"\n'
PACK = "title: t\ncreator: c\nsource: s\ncurrency: COIN\ncategory: exchange\ntags:\n  - address: shop\n    label: Shop\n"
PEOPLE = """height,sender,recipient,amount,fee,tx_hash,time
1,ann,bob,100,0,aaaaaaaa,1000
2,bob,cat,60,1,bbbbbbbb,1060
3,gus,cat,5,0,cccccccc,1120
4,cat,shop,40,0,dddddddd,1180
5,cat,dan,2,0,eeeeeeee,1240
6,dan,eve,20,0,ffffffff,1300
7,shop,fay,30,0,00000001,1360
8,cat,gus,30,0,00000002,1420
9,gus,ivy,10,0,00000003,1480
"""
"""What ann lost goes over bob, cat and gus to ivy; to shop, where it ends; and as dust to dan, who pays eve of his own."""

ASKED = '[[thefts]]\ntransfer = "aaaaaaaa"\n[stops]\ndust = 3\n[labels]\nfiles = ["labels.yaml"]\n'


@pytest.fixture(scope="module")
def spark():
    """Spark with two cores of this machine."""
    if find_spec("pyspark") is None:
        missing("spark", "pip install '.[scale]'")
    if shutil.which("java") is None:
        missing("spark", "no Java: apt install default-jre-headless")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # it is over before better machine code would pay
        patch.setitem(SETTINGS, "spark.sql.shuffle.partitions", "4")  # a task each, of few rows
        with spark_session("local[2]") as session:
            yield session


def written(folder, table, asked):
    """The table as a data set, and the case that asks it."""
    folder.mkdir()
    (folder / "rows.csv").write_text(table)
    (folder / "labels.yaml").write_text(PACK)
    convert(CaseFile.parse(CASE + TABLE + asked, folder / "case.toml"), folder / "ledger")
    (folder / "case.toml").write_text(CASE + COLUMNS + asked)
    return CaseFile.load(folder / "case.toml")


def random_table(rows, accounts, seed):
    """Payments among many, a few of whom are in most of them; and a hash of one of them, after a fifth."""
    chance = random.Random(seed)
    names = ["shop", *(f"a{n:06d}" for n in range(1, accounts))]
    lines, theft = ["height,sender,recipient,amount,fee,tx_hash,time"], ""
    for row in range(rows):
        sender, recipient = (names[int(accounts * chance.random() ** 3)] for _ in range(2))
        if row == rows // 5:
            sender, recipient, theft = names[-1], names[max(1, accounts // 100)], f"{row:08x}"
        lines.append(f"{1 + row},{sender},{recipient},{chance.randrange(1, 100)},0,{row:08x},{1000 + row}")
    return "\n".join(lines) + "\n", f'[[thefts]]\ntransfer = "{theft}"\n[stops]\ndust = 5\n[labels]\nfiles = ["labels.yaml"]\n'


def reach(question):
    """What one process is asked: the data set, the theft's row, and what ends the trail there."""
    data = DataSet(question.folder / "ledger", "ledger", "coin")
    return data, [0], Limits([data.addresses.number("shop")], {data.addresses.number("ann"): 0}, data.rows)


def test_the_slice_on_spark_is_that_of_one_process_to_the_digest(spark, tmp_path):
    question = written(tmp_path / "case", PEOPLE, ASKED)
    rounds = []
    here = tracer.trace(question, tmp_path / "here")
    there = tracer.trace(question, tmp_path / "there", opened=on_spark(spark, rounds.append))
    assert there.manifest["results_digest"] == here.manifest["results_digest"]
    assert [each.accounts for each in rounds] == [1, 1, 1, 0]  # cat, gus, ivy
    assert not (tmp_path / "case" / ".ledger.cone").exists()


def test_a_hundred_thousand_rows_give_the_same_slice_on_spark(spark, tmp_path):
    question = written(tmp_path / "case", *random_table(100_000, 20_000, 7))
    here, there = read_sources(question), read_sources(question, opened=on_spark(spark, lambda _: None))
    assert 10_000 < len(there) < here.cut_from == there.cut_from == 100_000
    assert digest_of(there, tmp_path / "there.db") == digest_of(here, tmp_path / "here.db")


def digest_of(ledger, path):
    """The digest of a ledger as a record keeps it."""
    with CaseDb(path, create=True) as db:
        save_ledger(db, ledger)
        return ledger_digest(db)


def test_a_case_that_reads_no_data_set_is_not_looked_through_on_spark(tmp_path):
    (tmp_path / "rows.csv").write_text(PEOPLE)
    question = CaseFile.parse(CASE + TABLE + ASKED, tmp_path / "case.toml")
    with pytest.raises(CaseError, match="Spark looks through a data set: make one with tracer columns"):
        read_sources(question, opened=DataSet)


def test_a_run_that_was_killed_goes_on_after_the_last_whole_round(spark, tmp_path):
    question = written(tmp_path / "case", PEOPLE, ASKED)
    data, thefts, limits = reach(question)

    def cone(report):
        found = SparkDataSet(question.folder / "ledger", "ledger", "coin", spark, tmp_path / "work", report)
        return found.reachable(thefts, limits, 3).tolist()

    def killed(each):
        if each.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cone(killed)
    next((tmp_path / "work").glob("*/rounds/00002")).joinpath(WHOLE).unlink()  # half written when it was killed
    later = []
    assert cone(later.append) == data.reachable(thefts, limits, 3).tolist()
    assert [each.number for each in later] == [2, 3, 4]


def test_a_theft_that_is_paid_straight_to_a_service_reaches_nobody_else(spark, tmp_path):
    question = written(tmp_path / "case", PEOPLE, ASKED)
    data, _, _ = reach(question)
    found = SparkDataSet(question.folder / "ledger", "ledger", "coin", spark, tmp_path / "work", lambda _: None)
    limits = Limits([data.addresses.number("shop")], {}, 9)
    assert found.reachable([3], limits, 3).tolist() == data.reachable([3], limits, 3).tolist()


@pytest.mark.parametrize("seed", range(2))
def test_duckdb_spark_and_one_process_reach_the_same_accounts(spark, tmp_path, seed):
    table, asked = random_table(400, 60, seed)
    question = written(tmp_path / "case", table, asked)
    data, _, _ = reach(question)
    theft, drained = 80, data.addresses.number("a000059")
    limits = Limits([data.addresses.number("shop")], {drained: theft}, 380)
    found = SparkDataSet(question.folder / "ledger", "ledger", "coin", spark, tmp_path / "work", lambda _: None)
    by_spark = np.flatnonzero(found.reachable([theft], limits, 5)).tolist()
    assert by_spark == np.flatnonzero(data.reachable([theft], limits, 5)).tolist()
    assert by_spark == by_duckdb(question.folder / "ledger", theft, limits, 5)


def by_duckdb(folder, theft, limits, dust):
    """The cone as a recursive query that keeps the earliest row of each account."""
    import duckdb

    (service,), ((drained, since),) = limits.services, limits.drained.items()
    moves = f"""SELECT row, sender, recipient, amount < {dust} AS dust FROM read_parquet('{folder}/rows/*.parquet')
        WHERE row >= {theft} AND row < {limits.rows} AND sender <> recipient AND amount > 0
        AND recipient <> {service} AND (recipient <> {drained} OR row < {since})"""
    reached = f"""WITH RECURSIVE moves AS MATERIALIZED ({moves}),
        reached(account, since) USING KEY (account) AS (
            SELECT recipient, row FROM read_parquet('{folder}/rows/*.parquet') WHERE row = {theft}
            UNION
            SELECT m.recipient, min(m.row) FROM reached r JOIN moves m ON m.sender = r.account AND m.row > r.since AND NOT m.dust
            LEFT JOIN recurring.reached k ON k.account = m.recipient WHERE k.since IS NULL OR m.row < k.since GROUP BY m.recipient)
        SELECT account FROM reached UNION
        SELECT m.recipient FROM reached r JOIN moves m ON m.sender = r.account AND m.row > r.since AND m.dust ORDER BY 1"""
    return [account for (account,) in duckdb.sql(reached).fetchall()]


TRANSFERS = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number"
GOLD, TIN = "0x" + "a0" * 20, "0x" + "b0" * 20
ANN, BOB, CAT = ("0x" + digit * 40 for digit in "123")
LATER = [(TIN, BOB, ANN, 7, 3, 9), (GOLD, BOB, CAT, 10**30, 4, 9)]
EARLIER = [(GOLD, ANN, BOB, 10**31, 5, 8), (GOLD, CAT, ANN, 1, 1, 9)]
"""Of gold and tin, as ethereum-etl writes them: token, from, to, value, place in the block, block."""
SAID = 'name = "c"\nchain = "table"\nasset = "gold"\ndecimals = 0\nthefts = []\n[[sources]]\nkind = "table"\n'


def etl(path, transfers):
    path.parent.mkdir(exist_ok=True)
    lines = (f"{token},{one},{other},{value},0x{block:032x}{log:032x},{log},{block}" for token, one, other, value, log, block in transfers)
    path.write_text("\n".join([TRANSFERS, *lines]) + "\n")


def content(folder):
    """The rows and the accounts of a data set, and what it says of its assets."""
    parquet = pytest.importorskip("pyarrow.parquet")
    files = {name: sorted((folder / name).iterdir()) for name in ("rows", "accounts")}
    rows = {name: [row for path in paths for row in parquet.read_table(path).to_pylist()] for name, paths in files.items()}
    return rows, described(folder).held("gold")._replace(notes=())


def test_spark_writes_the_rows_that_one_process_writes_of_tables_in_a_dialect(spark, tmp_path, monkeypatch):
    monkeypatch.setattr("tracer.dataset.conversion_to_data_set_on_spark.ROWS_OF_A_FILE", 2)
    etl(tmp_path / "all.csv", EARLIER + LATER)
    etl(tmp_path / "export" / "a.csv", LATER)
    etl(tmp_path / "export" / "b.csv", EARLIER)
    token = f'token = "{GOLD}"\n'
    convert(CaseFile.parse(SAID + token + 'path = "all.csv"', tmp_path / "case.toml"), tmp_path / "here")
    exported = CaseFile.parse(SAID + token + 'path = "export/a.csv"', tmp_path / "case.toml")
    done = convert_on_spark(exported, tmp_path / "there", spark, [tmp_path / "export" / "b.csv"])
    assert (done.rows, done.accounts) == (3, 3)
    assert content(tmp_path / "there") == content(tmp_path / "here")
    assert not (tmp_path / ".there.partial").exists()


PLACED = "height,position,sender,recipient,amount\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(PLACED + "1,0,ann,bob,ten\n", r"rows\.csv:2: amount 'ten'", id="no amount"),
        pytest.param("height,sender,recipient,amount\n1,ann,bob,9\n", "states no height and position of each row", id="no place"),
        pytest.param(PLACED + "1,0,ann,bob,9\n1,0,bob,cat,9\n", "2 rows have position 0 of height 1", id="one place"),
    ],
)
def test_what_spark_cannot_write_is_named(spark, tmp_path, rows, said):
    (tmp_path / "rows.csv").write_text(rows)
    question = CaseFile.parse(SAID + 'path = "rows.csv"', tmp_path / "case.toml")
    with pytest.raises(InputError, match=said):
        convert_on_spark(question, tmp_path / "there", spark)
    assert not (tmp_path / "there").exists()


def test_several_tables_of_several_tokens_need_one_chosen(tmp_path):
    etl(tmp_path / "a.csv", EARLIER)
    etl(tmp_path / "b.csv", [LATER[0]])
    question = CaseFile.parse(SAID + 'path = "a.csv"', tmp_path / "case.toml")
    with pytest.raises(InputError, match="another table may have another token: choose one with --token"):
        convert_on_spark(question, tmp_path / "there", None, [tmp_path / "b.csv"])


def test_the_command_takes_a_folder_of_tables_on_spark_only(tmp_path):
    (tmp_path / "export").mkdir()
    with pytest.raises(InputError, match="is a folder of tables, which Spark converts"):
        tracer_command(["columns", str(tmp_path / "export"), "-o", str(tmp_path / "there")], standalone_mode=False)


def test_without_java_a_line_says_what_to_install(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(InputError, match="Java 17 or newer, and there is none: install default-jre-headless"), spark_session(None):
        pass
