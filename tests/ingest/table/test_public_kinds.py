"""Files of the kinds that people bring, after public bug reports: from the file to where the money is, or to the question.

The inputs are made here. The set of a third party is read where TRACER_PUBLIC_CASES names its folder.
"""

from __future__ import annotations

import pytest
from support.explorer_files import PEOPLE, USDT, WETH, Payment, as_csv, etherscan, etherscan_internal, etherscan_tokens, tronscan, txlist
from support.public_cases import public_folder

VICTIM, WALLET, XENIA, YURI = PEOPLE[:4]
COIN = 10**18
THEFT = "0x" + 32 * "01"


def paid(number, sender, recipient, amount, failed=False, token=None, block=None):
    """A payment, of 21,000 gas at 21 gwei."""
    block = block or 100 + number
    tx_hash = "0x" + 32 * f"{number:02x}"
    return Payment(block, 0, 0, 1_600_000_000 + 12 * block, tx_hash, sender, recipient, amount, 21_000, 21 * 10**9, failed, token)


FEE = 441 * 10**12
ROBBERY = [
    paid(1, VICTIM, WALLET, 50 * COIN),
    paid(2, WALLET, XENIA, 20 * COIN),
    paid(3, WALLET, XENIA, 25 * COIN, failed=True),
    paid(4, WALLET, YURI, 29 * COIN),
]
"""The wallet keeps one coin less three fees; the failed payment of 25 moved nothing."""


@pytest.fixture
def followed(tmp_path, tracer_cli):
    """Traces a case of one file: where the money is under fifo, or what is said instead."""

    def call(content, source="", asset="eth", decimals=18, theft=THEFT, name="export.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        head = f'name = "x"\nchain = "table"\nasset = "{asset}"\ndecimals = {decimals}\n[[sources]]\nkind = "table"\npath = "{name}"\n'
        (tmp_path / "case.toml").write_text(f'{head}{source}\n[[thefts]]\ntransfer = "{theft}"\n[trace]\nrules = ["fifo"]\n')
        return ends(tracer_cli, tmp_path / "case.toml", tmp_path / "out")

    return call


def ends(tracer_cli, case, out):
    """Exit code, and each endpoint's amount with the fees; or the one line that was said."""
    import json

    code, _, said = tracer_cli("trace", case, "-o", out, "--yes")
    if code:
        return code, said.splitlines()[-1]
    found = json.loads(tracer_cli("rules", out, "--json")[1])
    return code, {each["address"]: int(each["fifo"]) for each in found["endpoints"]} | {"fees": int(found["fees"]["fifo"])}


# Success and two columns of amounts (01, 42)


def test_a_failed_payment_of_an_explorers_file_moves_nothing_and_pays_its_fee(followed):
    where = {WALLET: COIN - 3 * FEE, XENIA: 20 * COIN, YURI: 29 * COIN, "fees": 3 * FEE}
    assert followed(as_csv([etherscan(p, WALLET) for p in ROBBERY])) == (0, where)
    assert followed(as_csv([txlist(p) for p in ROBBERY])) == (0, where)


@pytest.mark.parametrize(("one", "other"), [("IN", "OUT"), ("OUT", "IN")])
def test_one_direction_alone_is_a_question_that_names_the_other(followed, one, other):
    columns = f'columns = {{amount = "Value_{one}(ETH)"}}\n'
    code, said = followed(as_csv([etherscan(p, WALLET) for p in ROBBERY]), columns)
    assert code == 1
    assert f"Value_{other}(ETH)" in said
    assert 'amount_in = "Value_IN(ETH)" and amount_out = "Value_OUT(ETH)"' in said


def test_the_columns_of_an_explorers_api_may_be_named_and_its_failures_are_still_known(followed):
    columns = 'columns = {tx_hash = "hash", height = "blockNumber", sender = "from", recipient = "to", amount = "value"}\n'
    _, where = followed(as_csv([txlist(p) for p in ROBBERY]), columns)
    assert where[XENIA] == 20 * COIN


def test_a_failed_internal_payment_is_told_by_the_opposite_sense(followed):
    _, where = followed(as_csv([etherscan_internal(p) for p in ROBBERY]))
    assert (where[XENIA], where["fees"]) == (20 * COIN, 0)


def test_payments_inside_a_transaction_stand_in_a_second_file_of_one_case(tmp_path, tracer_cli):
    outer, router = ROBBERY[0], PEOPLE[7]
    files = {
        "normal.csv": [etherscan(outer._replace(recipient=router), WALLET), etherscan(ROBBERY[1], WALLET)],
        "internal.csv": [etherscan_internal(outer._replace(sender=router))],
    }
    sources = ""
    for name, rows in files.items():
        (tmp_path / name).write_bytes(as_csv(rows))
        sources += f'[[sources]]\nkind = "table"\npath = "{name}"\n'
    head = 'name = "x"\nchain = "table"\nasset = "eth"\ndecimals = 18\n'
    (tmp_path / "case.toml").write_text(f'{head}{sources}[[thefts]]\ntransfer = "{THEFT}"\n[trace]\nrules = ["fifo"]\n')
    where = {WALLET: 30 * COIN - FEE, XENIA: 20 * COIN, "fees": FEE}
    assert ends(tracer_cli, tmp_path / "case.toml", tmp_path / "out") == (0, where)


# Tokens and amounts (03, 06, 07, 08, 17, 29, 51)

TOKENS = [
    paid(1, VICTIM, WALLET, 1_500_250_000, token=USDT),
    paid(2, VICTIM, WALLET, 3 * COIN, token=WETH),
    paid(3, WALLET, YURI, 1_503_250_000, token=USDT),
]


def test_several_tokens_are_a_question_and_one_of_them_is_traced_with_its_thousands(followed):
    content = as_csv([etherscan_tokens(p) for p in TOKENS])
    assert b"1,500.25" in content
    code, said = followed(content, asset="usdt", decimals=6)
    assert (code, "is another token than" in said, f'token = "{USDT}"' in said) == (1, True, True)
    assert followed(content, f'token = "{USDT}"\n', "usdt", 6) == (0, {YURI: 1_500_250_000, "fees": 0})


OURS = "height,tx_hash,sender,recipient,amount,fee\n"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("9.63e+20", "a float has already rounded it"),
        ("5E-05", "a float has already rounded it"),
        ("5000000000000000000.0", "was written by a float, which rounds above 2^53"),
        (str(2**255 + 1), "exact below 2^127 smallest units: is the column an amount, and not the number of a token?"),
        ("1.5 ETH", "is no whole number"),
        ("$60", "is no whole number"),
        ("(5)", "is no whole number"),
        ("-5", "no payment is less than 0"),
        ("+5", "is no whole number"),
        ("", "is empty: write 0 where nothing moved"),
    ],
)
def test_an_amount_that_is_not_exactly_stated_is_refused(followed, amount, said):
    code, found = followed(f"{OURS}1,{THEFT},ann,bob,{amount},0\n")
    assert (code, said in found) == (1, True), found


def test_the_unit_of_coins_does_not_multiply_amounts_in_smallest_units(followed):
    content = f"{OURS.strip()},decimals\n1,{THEFT},ann,bob,5000000000000000000,0,18\n"
    assert followed(content) == (0, {"bob": 5 * COIN, "fees": 0})
    code, said = followed(content, 'unit = "coin"\n')
    assert (code, 'unit = "coin" would multiply those: leave unit out' in said) == (1, True)


# Times, forms and order (12, 14, 25, 34)


def test_a_time_without_offset_is_utc_where_the_header_says_so(followed):
    content = as_csv([tronscan(p._replace(amount=10**6, token=USDT)) for p in ROBBERY[:2]])
    assert followed(content, asset="usdt", decimals=6) == (0, {XENIA: 10**6, "fees": 0})


EUROS = "height;tx_hash;sender;recipient;amount\n1;t1;ann;bob;1.000,50\n2;t2;bob;cat;999,50\n"


def test_semicolons_and_decimal_commas_are_read_once_they_are_declared(followed):
    code, said = followed(EUROS, 'unit = "coin"\n', "eur", 2, "t1")
    assert (code, 'write decimal_mark = ","' in said) == (1, True)
    assert followed(EUROS, 'unit = "coin"\ndecimal_mark = ","\n', "eur", 2, "t1") == (0, {"bob": 100, "cat": 99_950, "fees": 0})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["", "sep=,\r\n"])
def test_what_a_spreadsheet_writes_before_and_around_a_table_does_no_harm(followed, encoding, first):
    content = f"{first}height,tx_hash,sender,recipient,amount\r\n1,t1,ann,bob,100\r\n2,t2,bob,cat,60\r\n"
    assert followed(content.encode(encoding), theft="t1") == (0, {"bob": 40, "cat": 60, "fees": 0})


def test_latin_1_is_refused_with_its_line_and_a_mend(followed):
    code, said = followed("height,tx_hash,sender,recipient,amount\n1,t1,alicé,bob,1\n".encode("latin-1"), theft="t1")
    assert (code, said.endswith("export.csv:2: no UTF-8 text: save the table as CSV in UTF-8")) == (1, True)


def test_a_file_that_stands_newest_first_is_followed_in_the_order_of_the_chain(followed):
    chain = [paid(1, VICTIM, WALLET, 100, block=9), paid(2, WALLET, XENIA, 98, block=9), paid(3, XENIA, YURI, 95, block=9)]
    rows = [etherscan_tokens(p._replace(token=USDT)) for p in [*chain, paid(4, YURI, PEOPLE[5], 90, block=10)]]
    assert followed(as_csv(rows[::-1]), asset="usdt", decimals=6) == (
        0, {WALLET: 2, XENIA: 3, YURI: 5, PEOPLE[5]: 90, "fees": 0},
    )  # fmt: skip


def test_places_that_begin_anew_in_each_transaction_are_refused_naming_both_lines(followed):
    head = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n"
    code, said = followed(f"{head}{USDT},{VICTIM},{WALLET},9,{THEFT},0,100\n{USDT},{WALLET},{YURI},5,0x02,0,100\n", asset="usdt")
    assert (code, "export.csv:3: position '0' of height 100 is already taken by line 2" in said) == (1, True)


# The set of a third party

EXPECTED = {
    "01_etherscan_normal/in_only": ["Value_OUT(ETH)", "amount_in", "amount_out"],
    "01_etherscan_normal/out_only": ["Value_IN(ETH)", "amount_in", "amount_out"],
    "03_etherscan_erc20/tokens": ["is another token than", "token = "],
    "03_etherscan_erc20/tokens_nosep": ["is another token than", "token = "],
    "03_etherscan_erc20/token_key": {"0x4e4e": 1_500_250_000, "fees": 0},
    "03_etherscan_erc20/token_preset": {"0x4e4e": 1_500_250_000, "fees": 0},
    "03_etherscan_erc20/token_preset2": {"0x4e4e": 1_500_250_000, "fees": 0},
    "06_erc721_as_amount/case": ["the number of a token?"],
    "07_bigquery_float/case": ["a float has already rounded it"],
    "08_sci_fee/case": ["a float has already rounded it"],
    "12_tronscan_utc/case": {"TCCCCC": 1_500_500_000, "fees": 0},
    "12_tronscan_utc/notime": {"TCCCCC": 1_500_500_000, "fees": 0},
    "12_tronscan_utc/preset": {"TCCCCC": 1_500_500_000, "fees": 0},
    "14_semicolon_utf16/comma": ['decimal_mark = ","'],
    "14_semicolon_utf16/semi": ['decimal_mark = ","'],
    "14_semicolon_utf16/latin1": [":2: no UTF-8 text"],
    "14_semicolon_utf16/sep": {"bob": 100, "carol": 99_950, "fees": 0},
    "14_semicolon_utf16/u16": {"bob": 100, "carol": 99_950, "fees": 0},
    "16_etl_no_receipts/case": {"0x2020": 16 * 10**17, "0x4e4e": 4 * 10**17, "fees": 0},
    "17_float_columns/items": ["was written by a float, which rounds above 2^53"],
    "17_float_columns/coin": ['unit = "coin" would multiply those'],
    "17_float_columns/items_time": {"0x2020": COIN, "0x4e4e": 4 * COIN, "fees": 0},
    "25_newest_first/case": {"0x2020": 2, "0x3030": 3, "0x4e4e": 5, "0x5d5d": 90, "fees": 0},
    "25_newest_first/oldest": {"0x2020": 2, "0x3030": 3, "0x4e4e": 5, "0x5d5d": 90, "fees": 0},
    "27_hash_spelling/caps": {"0x2020": 40, "0x4e4e": 60, "fees": 0},
    "27_hash_spelling/no0x": {"0x2020": 40, "0x4e4e": 60, "fees": 0},
    "29_amount_with_unit/case": ["'1.5 ETH' is no decimal number"],
    **{
        f"30_parquet/{name}": {"0x2020": 1, "0x4e4e": 33066915805160912601, "fees": 0}
        for name in ("bignumeric", "binary", "dict", "numeric38", "view")
    },
    "30_parquet/date": ["has no offset from UTC", "utc = true"],
    "30_parquet/naive": ["has no offset from UTC", "utc = true"],
    "30_parquet/f64": ["column 'amount' is double"],
    "30_parquet/floatheight": ["column 'height' is double"],
    "30_parquet/u256": ["nothing says in which order the bytes stand"],
    "34_log_index_per_tx/case": ["tt.csv:3: position '0' of height 100 is already taken by line 2"],
    "42_etherscan_api_csv/plain": {"0x2020": 19979 * 10**14, "0x4e4e": 3 * COIN, "fees": 21 * 10**14},
    "42_etherscan_api_csv/preset": {"0x2020": 19979 * 10**14, "0x4e4e": 3 * COIN, "fees": 21 * 10**14},
    **{f"51_amount_spellings/{name}": {"0x2020": 10**6, "fees": 0} for name in ("lead", "trail", "zeros")},
    **{f"51_amount_spellings/{name}": ["is no decimal number"] for name in ("apos", "nbsp", "inr", "neg", "paren", "plus")},
    "51_amount_spellings/more": ["more than the 6 digits"],
    "51_amount_spellings/empty": ["is empty: write 0"],
}
"""What must come out of each: where the money is under fifo (by the first six characters of an address), or words of what is said."""


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_of_the_third_party_gives_what_it_must(name, tmp_path, tracer_cli):
    code, found = ends(tracer_cli, public_folder() / f"{name}.toml", tmp_path / "out")
    expected = EXPECTED[name]
    if isinstance(expected, dict):
        assert {address[:6]: amount for address, amount in found.items()} == expected
    else:
        assert code == 1
        assert [words for words in expected if words not in found] == []
