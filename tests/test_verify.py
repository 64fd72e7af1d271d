"""The check by a rival: verify.py alone, on an export, finds every unit that is off and says where."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys

import pytest
from conftest import ROOT
from support.bare_python import bare_python

import tracer
from tracer import verify
from tracer.casefile import CaseFile
from tracer.report.export import export
from tracer.tracing import RULES

SCRIPT = ROOT / "tracer" / "verify.py"
FILES = {"case.toml", "method.csv", "thefts.csv", "transfers.csv", "accounts.csv", "rules.csv", "digests.json"}


@pytest.fixture(scope="module")
def exported(rehearsal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    export(rehearsal, folder)
    return folder


@pytest.fixture
def copy(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "export")


class Sheet:
    """A CSV file of an export, to be spoiled: `line` is as an editor counts."""

    def __init__(self, folder, file):
        self.path = folder / file
        with self.path.open(newline="") as opened:
            self.names, *self.rows = csv.reader(opened)

    def write(self):
        with self.path.open("w", newline="") as opened:
            csv.writer(opened, lineterminator="\n").writerows([self.names, *self.rows])

    def find(self, **values):
        """The first row whose columns have these values, or satisfy these questions."""
        for row in self.rows:
            cells = dict(zip(self.names, row, strict=True))
            if all(want(cells[name]) if callable(want) else cells[name] == want for name, want in values.items()):
                return row
        raise AssertionError(f"no row with {values}")

    def add(self, row, name, units):
        row[self.names.index(name)] = str(int(row[self.names.index(name)]) + units)

    def put(self, row, name, value):
        row[self.names.index(name)] = value

    def get(self, row, name):
        return row[self.names.index(name)]

    def line(self, row):
        return f"{self.path.name}:{self.rows.index(row) + 2}"


def positive(text):
    return text.isdigit() and int(text) > 0


def off_by_one(file, name, units=1, **values):
    """One unit more in the first such row: found in that line and column."""

    def spoil(folder):
        sheet = Sheet(folder, file)
        row = sheet.find(**values)
        sheet.add(row, name, units)
        sheet.write()
        said = sheet.get(row, name)
        return rf"^{sheet.line(row)}: {name} says {said}, but {int(said) - units} follows from "

    return spoil


def in_the_balances(name, units=1, **values):
    """One unit more in a transfer: found where the balance of its sender is stated."""

    def spoil(folder):
        sheet, accounts = Sheet(folder, "transfers.csv"), Sheet(folder, "accounts.csv")
        row = sheet.find(**values)
        sheet.add(row, name, units)
        sheet.write()
        owner = accounts.find(address=sheet.get(row, "sender"))
        balance = accounts.get(owner, "balance")
        return rf"^{accounts.line(owner)}: balance says {balance}, but {int(balance) - units} follows from "

    return spoil


def changed(file, name, to, should, **values):
    def spoil(folder):
        sheet = Sheet(folder, file)
        row = sheet.find(**values)
        sheet.put(row, name, to)
        sheet.write()
        return rf"^{sheet.line(row)}: {name} says {to!r}, but {should!r} follows from"

    return spoil


def in_case_file(old, new, place):
    def spoil(folder):
        text = (folder / "case.toml").read_text()
        assert old in text
        (folder / "case.toml").write_text(text.replace(old, new, 1))
        return place

    return spoil


def rows_swapped(folder):
    sheet = Sheet(folder, "transfers.csv")
    sheet.rows[700], sheet.rows[701] = sheet.rows[701], sheet.rows[700]
    sheet.write()
    return "^transfers.csv:702: row says 701, but 700 follows from"


def order_swapped_and_renumbered(folder):
    """Two thefts of one block change places, with their numbers and keys: position is what the block says, the endpoints tell."""
    sheet = Sheet(folder, "transfers.csv")
    a = sheet.rows.index(sheet.find(theft="2"))
    b = sheet.rows.index(sheet.find(theft="3"))
    assert sheet.get(sheet.rows[a], "height") == sheet.get(sheet.rows[b], "height")
    for name in ("recipient", "tx_hash"):
        i = sheet.names.index(name)
        sheet.rows[a][i], sheet.rows[b][i] = sheet.rows[b][i], sheet.rows[a][i]
    sheet.write()
    return r"^thefts.csv:3: tx_hash says '58c238d3"


def recipient_changed(folder):
    sheet, accounts = Sheet(folder, "transfers.csv"), Sheet(folder, "accounts.csv")
    row = sheet.find(cut="service")
    drained_of = accounts.find(address=sheet.get(row, "recipient"))
    sheet.put(row, "recipient", sheet.get(sheet.find(theft="1"), "recipient"))
    sheet.write()
    return rf"^{accounts.line(drained_of)}: balance says "


def recipient_mistyped(folder):
    sheet = Sheet(folder, "transfers.csv")
    row = sheet.find(cut="service")
    sheet.put(row, "recipient", sheet.get(row, "recipient")[:-1] + "7")
    sheet.write()
    return rf"^{sheet.line(row)}: recipient '\w+7' is no account of accounts.csv"


def service_removed(folder):
    """Stop and service of an exchange gone: its deposits would be followed."""
    sheet = Sheet(folder, "accounts.csv")
    row = sheet.find(service="exchange2")
    sheet.put(row, "service", "")
    sheet.put(row, "stop", "")
    sheet.write()
    return r"^rules.csv:\d+: fifo says \d+, but 0 follows from the rows: theft \d+ at '\w+', service"


def columns_swapped(file):
    def spoil(folder):
        sheet = Sheet(folder, file)
        for row in sheet.rows:
            i, j = sheet.names.index("fifo"), sheet.names.index("lifo")
            row[i], row[j] = row[j], row[i]
        row = next(row for row in sheet.rows if row[i] != row[j])
        sheet.write()
        return rf"^{sheet.line(row)}: fifo says {row[i]}, but {row[j]} follows from "

    return spoil


def line_dropped(file, place, **values):
    def spoil(folder):
        sheet = Sheet(folder, file)
        sheet.rows.remove(sheet.find(**values))
        sheet.write()
        return place

    return spoil


def line_doubled(folder):
    sheet = Sheet(folder, "rules.csv")
    sheet.rows.append(list(sheet.find(reason="service", fifo=positive)))
    sheet.write()
    return rf"^rules.csv:{len(sheet.rows) + 1}: fifo says \d+, but 0 follows from"


TAMPERINGS = {
    "amount": in_the_balances("amount", theft="4"),
    "amount of a clean payment": in_the_balances("amount", cut="", fifo="0", haircut="0", sender=bool, recipient=bool, kind="transfer"),
    "fee": in_the_balances("fee", fee=positive),
    "opening": lambda folder: opening_raised(folder),
    "balance": off_by_one("accounts.csv", "balance", -1, balance=positive),
    "opening and balance together": lambda folder: opening_raised(folder, "balance", "served"),
    "balance served": off_by_one("accounts.csv", "served", served=positive),
    **{f"traced in a row, {rule}": off_by_one("transfers.csv", rule, cut="", **{rule: positive}) for rule in RULES},
    **{f"fee of a row, {rule}": off_by_one("transfers.csv", f"{rule}_fee", **{f"{rule}_fee": positive}) for rule in ("fifo", "haircut")},
    **{f"endpoint, {rule}": off_by_one("rules.csv", rule, -1, reason="service", **{rule: positive}) for rule in RULES},
    **{f"unspent, {rule}": off_by_one("rules.csv", rule, reason="unspent", **{rule: positive}) for rule in RULES},
    "fees together": off_by_one("rules.csv", "lifo", reason="fees", lifo=positive),
    "taken": off_by_one("thefts.csv", "clean_first", -1, theft="7"),
    "received": off_by_one("accounts.csv", "dirty_first", dirty_first=positive),
    "split over the thefts": lambda folder: split_moved(folder),
    "rows swapped": rows_swapped,
    "two payments of a block swapped": order_swapped_and_renumbered,
    "position": off_by_one("transfers.csv", "row_key", row="900"),
    "recipient changed": recipient_changed,
    "recipient mistyped": recipient_mistyped,
    "service removed": service_removed,
    "stop removed": changed("accounts.csv", "stop", "", "service", service="exchange1"),
    "cut removed": changed("transfers.csv", "cut", "", "dust", cut="dust"),
    "coverage": changed("accounts.csv", "stop", "not_fetched", "", stop=""),
    "dust": in_case_file(
        "dust = 1_000_000 ", "dust = 1_000_001 ", r"^method.csv:\d+: value says '1000000', but '1000001' follows from dust"
    ),
    "until": in_case_file(
        "[stops]\n", "[stops]\nuntil = 2018-02-01\n", r"^method.csv:\d+: value says '', but '2018-02-01T00:00:00Z' follows from"
    ),
    "primary rule": in_case_file('primary = "fifo"', 'primary = "lifo"', r"^method.csv:\d+: value says 'fifo', but 'lifo' follows from"),
    "theft of the case file dropped": in_case_file(
        '[[thefts]]\ntransfer = "58c238d39e55b3128715bb19a445ff2149b7724fb41eb24e75cd3c5018be7063"\nlabel = "theft 2"\n',
        "",
        "^thefts.csv: has 11 thefts, should have 10",
    ),
    "theft of the case file unknown": in_case_file("be86e268", "be86e269", r"^case.toml: the 1. \[\[thefts\]\] names no payment"),
    "theft dropped": line_dropped("thefts.csv", "^thefts.csv: has 10 thefts, should have 11", theft="11"),
    "theft renumbered": changed("transfers.csv", "theft", "", "3", theft="3"),
    "endpoint dropped": line_dropped("rules.csv", "^rules.csv: has no line for theft ", reason="service"),
    "endpoint doubled": line_doubled,
    "rule columns swapped in transfers": columns_swapped("transfers.csv"),
    "rule columns swapped in rules": columns_swapped("rules.csv"),
    "service renamed": changed("rules.csv", "service", "exchange9", "exchange1", service="exchange1"),
    "order said to be by time": lambda folder: set_order(folder, "time", r"^transfers.csv:2: has a height, so rows should stand by block"),
    "order unknown": lambda folder: set_order(folder, "mine", r"^method.csv:\d+: order is chain, file or time, and not 'mine'"),
    "setting twice": lambda folder: appended(folder, "method.csv", "dust,1", r"^method.csv:\d+: setting 'dust' stands there twice"),
    "line of zeros": lambda folder: appended(
        folder, "rules.csv", "TSOMEBODY,unspent,,chain,,1,0,0,0,0,0", r"^rules.csv:\d+: nothing of theft 1 ended at 'TSOMEBODY', unspent"
    ),
    "time that falls": lambda folder: time_set(folder, "2018-01-25T00:00:00Z"),
    "time that is not the block's": lambda folder: time_set(folder, "2018-01-25T12:31:06Z"),
    "no theft at all": lambda folder: no_theft(folder),
    "a rule that was not run": lambda folder: rule_added(folder),
    "provisional": changed("transfers.csv", "provisional", "false", "true", provisional="true"),
}


def appended(folder, file, line, said):
    with (folder / file).open("a") as opened:
        opened.write(line + "\n")
    return said


def set_order(folder, order, said):
    sheet = Sheet(folder, "method.csv")
    sheet.put(sheet.find(setting="order"), "value", order)
    sheet.write()
    return said


def time_set(folder, moment):
    """Another time for one of the rows of a block."""
    sheet = Sheet(folder, "transfers.csv")
    row = sheet.find(height="20", theft="3")
    sheet.put(row, "time", moment)
    sheet.write()
    return rf"^{sheet.line(row)}: time {moment} is not that of its block, or goes back"


def no_theft(folder):
    (folder / "case.toml").write_text('name = "rehearsal"\nchain = "nem"\nasset = "xem"\nthefts = []\n')
    return "^case.toml: names no theft, so nothing was traced"


def rule_added(folder):
    """A column of a rule that the case did not ask for, beside those that it did."""
    case = folder / "case.toml"
    case.write_text(case.read_text().replace(', "dirty_first"]', "]"))
    return "^rules.csv:1: column 'dirty_first' is of a rule that case.toml does not name"


def opening_raised(folder, *also):
    """An opening one unit higher: the balance that follows from it is another; with the balance raised too, what was served tells."""
    sheet = Sheet(folder, "accounts.csv")
    row = sheet.find(opening=positive, balance=positive, served=positive)
    for name in ("opening", *also[:-1]):
        sheet.add(row, name, 1)
    sheet.write()
    tells = also[-1] if also else "balance"
    said = int(sheet.get(row, tells))
    return rf"^{sheet.line(row)}: {tells} says {said}, but {said + 1} follows from "


def split_moved(folder):
    """A unit of one theft's part given to another: the total of the row stays right."""
    sheet = Sheet(folder, "transfers.csv")
    row = sheet.find(haircut_by_theft=lambda text: " " in text)
    (a, x, f), (b, y, g), *rest = (part.split(":") for part in sheet.get(row, "haircut_by_theft").split())
    sheet.put(row, "haircut_by_theft", " ".join([f"{a}:{int(x) + 1}:{f}", f"{b}:{int(y) - 1}:{g}", *map(":".join, rest)]))
    sheet.write()
    return rf"^{sheet.line(row)}: haircut_by_theft says "


@pytest.mark.parametrize("spoil", TAMPERINGS.values(), ids=TAMPERINGS)
def test_one_unit_off_anywhere_is_found_and_its_place_is_named(copy, spoil):
    place = spoil(copy)
    differences = verify.check(copy).differences
    assert any(re.search(place, line) for line in differences), (place, differences[:5])


def test_a_bare_python_passes_the_rehearsal_with_this_file_alone(exported, tmp_path):
    alone = shutil.copy(SCRIPT, tmp_path / "verify.py")
    done = bare_python(alone, exported, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"\d{5,} figures compared: all are as recomputed, to the unit\. Taken as given: .*\n", done.stdout)
    assert done.stdout in (ROOT / "docs" / "verify.md").read_text()


def test_a_bare_python_ends_with_2_on_a_difference(copy):
    place = TAMPERINGS["endpoint, haircut"](copy)
    done = bare_python(SCRIPT, copy)
    assert (done.returncode, done.stderr) == (2, "")
    assert re.search(place, done.stdout, re.MULTILINE)
    assert "figures compared: 2 DIFFER. Taken as given" in done.stdout.splitlines()[-1]


def test_it_is_short_and_imports_nothing_but_the_standard_library():
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 600
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
    assert imported <= set(sys.stdlib_module_names) | {"__future__"}


def spoiled(file, line, name, value):
    def spoil(folder):
        sheet = Sheet(folder, file)
        sheet.put(sheet.rows[line - 2], name, value)
        sheet.write()

    return spoil


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoiled("transfers.csv", 9, "amount", "1e6"), "transfers.csv:9: amount = '1e6' is no whole number"),
        (spoiled("transfers.csv", 9, "amount", "-5"), "transfers.csv:9: amount = '-5' is no whole number"),
        (spoiled("transfers.csv", 9, "fee", "٣"), "transfers.csv:9: fee = '٣' is no whole number"),
        (spoiled("transfers.csv", 9, "haircut", "9" * 5000), "transfers.csv:9: haircut = '999"),
        (spoiled("transfers.csv", 3, "time", "noon"), "transfers.csv:3: time = 'noon' is no moment"),
        (spoiled("transfers.csv", 3, "height", ""), "transfers.csv:3: height = '' is no whole number"),
        (spoiled("accounts.csv", 5, "opening", "1,5"), "accounts.csv:5: opening = '1,5' is no whole number"),
        (spoiled("rules.csv", 4, "theft", "one"), "rules.csv:4: theft = 'one' is no whole number"),
        (lambda d: (d / "rules.csv").unlink(), "rules.csv: cannot be read"),
        (lambda d: (d / "rules.csv").write_bytes(b"\xff\xfe"), "rules.csv: cannot be read"),
        (lambda d: (d / "thefts.csv").write_text(""), "thefts.csv:1: column 'theft' stands there 0 times"),
        (lambda d: (d / "accounts.csv").write_text((d / "accounts.csv").read_text() + "x,y\n"), "accounts.csv:194: has 2 cells"),
        (lambda d: (d / "method.csv").write_text("setting,value\n"), "method.csv: has no line for 'dust'"),
        (lambda d: (d / "case.toml").write_text("no toml"), "case.toml: cannot be read: TOMLDecodeError"),
        (lambda d: (d / "case.toml").write_text('chain = "nem"\n[[thefts]]\ntransfer = 7\n'), "case.toml: cannot be read: AttributeError"),
        (lambda d: (d / "case.toml").write_text('chain = "nem"\nthefts = []\n[trace]\nrules = ["fofi"]\n'), "'fofi' is not a rule"),
        (lambda d: shutil.rmtree(d), "case.toml: cannot be read: FileNotFoundError"),
    ],
)
def test_a_malformed_export_is_one_line_and_exit_1(tracer_cli, copy, spoil, said):
    spoil(copy)
    done = bare_python(SCRIPT, copy)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    code, out, err = tracer_cli("verify", copy)
    assert (code, out) == (1, "")
    assert said in err


def test_the_command_says_the_same_as_the_script(tracer_cli, exported, copy):
    code, out, _ = tracer_cli("verify", exported)
    assert code == 0
    assert "all are as recomputed, to the unit. Taken as given" in out
    TAMPERINGS["taken"](copy)
    code, out, _ = tracer_cli("verify", copy, "--json")
    found = json.loads(out)
    assert code == 2
    assert not found["agrees"]
    assert found["differences"] == verify.check(copy).differences


def test_an_export_is_what_the_commands_print(tracer_cli, rehearsal_dir, exported, tmp_path):
    for command in (["transfers"], ["accounts"], ["rules", "--by-theft"]):
        _, out, _ = tracer_cli(command[0], rehearsal_dir, "--csv", *command[1:])
        assert (exported / f"{command[0]}.csv").read_text() == out
    code, out, _ = tracer_cli("export", rehearsal_dir, "-o", tmp_path / "out", "--json")
    assert code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert all((tmp_path / "out" / name).read_bytes() == (exported / name).read_bytes() for name in FILES)
    assert len(json.loads(out)["files"]) == 7


@pytest.mark.parametrize("file", sorted(FILES - {"case.toml", "method.csv", "digests.json"}))
def test_the_page_names_every_column_of_an_export(exported, file):
    page = (ROOT / "docs" / "verify.md").read_text().split(f"| `{file}` | |")[1].split("\n\n")[0]
    first_cells = "".join(line.split("|")[1] for line in page.splitlines()[2:])
    of_rules = {name for name in Sheet(exported, file).names if name.startswith(tuple(RULES))}
    assert set(re.findall(r"`(\w+)`", first_cells)) - {"_fee", "_by_theft"} == set(Sheet(exported, file).names) - of_rules


def test_every_column_of_a_rule_adds_up_to_what_was_stolen(tracer_cli, rehearsal, rehearsal_dir, exported):
    sheets = {"rules": Sheet(exported, "rules.csv"), "thefts": Sheet(exported, "thefts.csv")}
    _, out, _ = tracer_cli("rules", rehearsal_dir, "--csv")
    names, *rows = csv.reader(out.splitlines())
    for rule, stolen in rehearsal.trace.rules.items():
        for sheet in sheets.values():
            assert sum(int(sheet.get(row, rule)) for row in sheet.rows) == stolen.total
        assert sum(int(row[names.index(rule)]) for row in rows) == stolen.total


TABLE = """name = "t"
chain = "table"
asset = "coin"
decimals = 2
[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
{thefts}
[stops]
dust = 2
{until}
"""


def exported_table(tmp_path, rows, thefts, until=""):
    """A traced table, exported."""
    import tracer

    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "t.csv").write_text("time,tx_hash,sender,recipient,amount,fee,kind,memo\n" + rows)
    (tmp_path / "b.csv").write_text("address,opening\n=victim,100\n'=victim,100\nann,7\n")
    (tmp_path / "case.toml").write_text(TABLE.format(thefts=thefts, until=until))
    case = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "case")
    export(case, tmp_path / "export")
    return tmp_path / "export"


ROWS = """2024-01-01T00:00:00Z,a1,=victim,ann,60,1,transfer,=1+1
2024-01-01T00:00:00Z,0xA2,'=victim,bob,60,1,transfer,"two
lines, ""quoted"" here"
2024-01-02T00:00:00Z,a3,ann,bob,65,1,transfer,
2024-01-02T00:00:01Z,a4,bob,bob,5,2,transfer,
2024-01-03T00:00:00Z,a5,bob,,20,1,burn,
2024-01-03T00:00:00Z,a6,,ann,20,0,mint,
2024-01-04T00:00:00Z,a7,bob,ann,1,0,transfer,
2024-01-05T00:00:00Z,a8,bob,=victim,9,0,transfer,
2024-01-06T00:00:00Z,a9,=victim,carol,9,0,transfer,
"""


@pytest.mark.parametrize(
    "thefts",
    [
        '[[thefts]]\ntransfer = "A1"\n[[thefts]]\ntransfer = "a2"',
        '[[thefts]]\nwallet = "=victim"\nuntil = 2024-01-02\nmin_amount = 60\n[[thefts]]\nwallet = "\'=victim"\nto = ["bob"]',
        '[[thefts]]\nwallet = "=victim"\nfrom = 2024-01-01T01:00:00+01:00\nexclude = ["a9"]\n[[thefts]]\ntransfer = "0xa2"',
        '[[thefts]]\nwallet = "=victim"\nexclude = ["carol"]\n[[thefts]]\ntransfer = "0xa2"',
    ],
)
@pytest.mark.parametrize("until", ["", "until = 2024-01-04", "until = 2024-01-03T00:00:00Z"])
def test_tables_windows_horizons_and_hostile_names_are_recomputed_too(tmp_path, thefts, until):
    report = verify.check(exported_table(tmp_path, ROWS, thefts, until))
    assert report.differences == []
    assert report.checked > 200


ROUTED = """2024-01-01T00:00:00Z,a1,=victim,bob,60,0,transfer,
2024-01-01T00:00:00Z,a1,bob,ann,60,0,transfer,
2024-01-02T00:00:00Z,a2,ann,bob,30,0,transfer,
2024-01-02T00:00:00Z,a2,bob,carol,30,0,transfer,
"""


@pytest.mark.parametrize("asked", ["", 'victims = ["bob"]', 'victims = ["=victim", "bob"]', 'wallet = "=victim"'])
def test_who_was_drained_in_a_transaction_is_recomputed_too(tmp_path, asked):
    report = verify.check(exported_table(tmp_path, ROUTED, f'[[thefts]]\ntransfer = "a1"\n{asked}'))
    assert report.differences == []


def test_a_victim_that_is_not_the_one_who_only_loses_is_a_difference(tmp_path):
    folder = exported_table(tmp_path, ROUTED, '[[thefts]]\ntransfer = "a1"\nvictims = ["bob"]')
    case = folder / "case.toml"
    case.write_text(case.read_text().replace('victims = ["bob"]', ""))
    assert any("the thefts of case.toml" in difference for difference in verify.check(folder).differences)


def test_a_ledger_with_gaps_is_a_difference_and_names_the_row(tracer_cli, tmp_path):
    (tmp_path / "t.csv").write_text("sender,recipient,amount,height,tx_hash\nalice,bob,9,1,aa\nbob,carol,9,2,bb\n")
    (tmp_path / "b.csv").write_text("address,opening\nalice,7\n")
    (tmp_path / "case.toml").write_text(TABLE.format(thefts='[[thefts]]\ntransfer = "aa"', until=""))
    tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "case", "--allow-gaps")
    tracer_cli("export", tmp_path / "case", "-o", tmp_path / "export")
    code, out, _ = tracer_cli("verify", tmp_path / "export")
    assert code == 2
    assert "transfers.csv:2: sender 'alice' is at -2 then, should not be below zero" in out
    assert "1 DIFFER" in out


@pytest.mark.parametrize("name", ["two\nlines", "back\\slash", "tab\there", "carriage\rreturn", "\u202eevil", "'quoted'"])
def test_an_honest_export_with_strange_names_has_no_difference(tmp_path, name):
    import csv

    with (tmp_path / "t.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["height", "sender", "recipient", "amount", "tx_hash"])
        writer.writerows([[1, name, "bob", 9, "aa"], [2, "bob", name + "2", 5, "bb"], [3, name + "2", name, 2, "cc"]])
    escaped = "".join(f"\\u{ord(each):04x}" for each in name)
    (tmp_path / "case.toml").write_text(
        TABLE.format(thefts=f'[[thefts]]\nwallet = "{escaped}"', until="").replace('balances = "b.csv"\n', "")
    )
    export(tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "case"), tmp_path / "export")
    assert verify.check(tmp_path / "export").differences == []


def test_the_verdict_says_what_it_took_as_given(exported, copy):
    said = verify.check(exported).lines()[-1]
    assert "1289 rows and their order (chain; tip 484), 192 opening balances (0 of them modelled), that 192 histories are complete" in said
    assert said.endswith("that 9 addresses belong to the services or victims named in accounts.csv. Balances that a source stated: 192.")
    for file, name, where in (("accounts.csv", "served", {}), ("method.csv", "value", {"setting": "tip"})):
        sheet = Sheet(copy, file)
        for row in [sheet.find(**where)] if where else list(sheet.rows):
            sheet.put(row, name, "")
        sheet.write()
    blanked = verify.check(copy).lines()[-1]
    assert "tip not stated" in blanked
    assert blanked.endswith("Balances that a source stated: 0.")
