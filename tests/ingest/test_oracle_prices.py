"""Prices that an oracle logged on chain: each proven to the block that holds it."""

from __future__ import annotations

import json

import pytest
from conftest import EVM_SWAPS
from support.evm_recording import address_of, answers_to, asked, recorded

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ingest.prices import oracle_prices

FEED = address_of("feed", EVM_SWAPS)
CASE = f"""name = "t"
title = "t"
chain = "evm"
asset = "eth"
[[sources]]
kind = "recording"
path = "recording.jsonl.gz"
[[thefts]]
transfer = "0x{"1" * 64}"
[trace]
rules = ["fifo"]
[prices]
kind = "oracle"
file = "recording.jsonl.gz"
feed = "{FEED}"
decimals = 8
currency = "USD"
"""


def prices_of(folder=EVM_SWAPS, text=CASE):
    question = CaseFile.parse(text, folder / "case.toml")
    return oracle_prices(question, question.priced[0], folder / question.prices.file)


def posted():
    """What the keeper of the feed posted, by the moment of the block: from what was sent, not from what was logged."""
    blocks = answers_to("eth_getBlockByNumber", recorded(EVM_SWAPS)).values()
    sent = [(int(block["timestamp"], 16), each["input"]) for block in blocks for each in block["transactions"] if each["to"] == FEED]
    return {time: int(content[10:], 16) for time, content in sent}


def test_every_price_that_was_posted_is_read_exactly_and_names_its_block():
    found = prices_of()
    assert {each.time: each.price for each in found} == {t: f"{n // 10**8}.{n % 10**8:08d}" for t, n in posted().items()}
    blocks = answers_to("eth_getBlockByNumber", recorded(EVM_SWAPS)).items()
    named = {int(block["timestamp"], 16): f"block {height} ({block['hash']})" for height, block in blocks}
    assert {each.source for each in found} == {f"oracle {FEED}, {named[time]}" for time in posted()}
    assert len(found) > 5


def test_a_price_that_stands_in_no_receipt_under_its_block_is_refused(tmp_path):
    with (tmp_path / "recording.jsonl").open("w") as file:
        for exchange in recorded(EVM_SWAPS):
            answer = exchange.answer
            if asked(exchange)[0] == "eth_getBlockReceipts" and FEED in answer:
                answer = answer.replace('"0x' + f"{next(iter(posted().values())):064x}", '"0x' + f"{10**12:064x}")
            file.write(json.dumps({**exchange._asdict(), "answer": answer, "status": 200}, default=str) + "\n")
    with pytest.raises(InputError, match=r"holds answers of .* and cannot be believed"):
        prices_of(tmp_path, CASE.replace("recording.jsonl.gz", "recording.jsonl"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (FEED, "0x" + "9" * 40, "logged no price in it"),
        ("decimals = 8\n", "", "an oracle needs feed"),
        ('currency = "USD"\n', 'currency = "USD"\nsource = "me"\n', "the block is the source"),
        ('kind = "oracle"\nfile', "file", "feed and decimals are of an oracle"),
    ],
)
def test_what_an_oracle_needs_is_said(old, new, said):
    with pytest.raises(InputError, match=said):
        prices_of(text=CASE.replace(old, new))
