"""NEM transactions: hashes, addresses, and everything that moves a balance, on what a real node served."""

from __future__ import annotations

import copy
import gzip
import json

import pytest
from conftest import REHEARSAL

from tracer.chains.nem import hashes_and_signatures as codec
from tracer.chains.nem.addresses import address_of, nem_address
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.effects import XEM, Effect, Mosaics, outcome
from tracer.chains.nem.scan import scan
from tracer.errors import AddressError, InputError
from tracer.ingest.node.recording import exchanges
from tracer.model import Asset, Exchange

TESTNET_V1, TESTNET_V2 = -1744830463, -1744830462
COIN = Asset("nem", "xem", 6)


def none_defined():
    return Mosaics({}, {})


@pytest.fixture(scope="module")
def recorded():
    return list(exchanges(REHEARSAL / "recording.jsonl.gz"))


@pytest.fixture(scope="module")
def reading(recorded):
    return scan(Answers(recorded, "recording"), COIN, "recording")


@pytest.fixture(scope="module")
def transactions(recorded):
    """Every transaction of the chain, with its height."""
    blocks = [json.loads(e.answer) for e in recorded if e.path == "/block/at/public"]
    return [(block["height"], transaction) for block in blocks for transaction in block["transactions"]]


def of_type(transactions, kind, inner=None):
    return next(t for _, t in transactions if t["type"] == kind and (inner is None or t["otherTrans"]["type"] == inner))


def test_every_transaction_hashes_to_what_the_node_says_of_it(recorded, transactions):
    served = Answers(recorded, "recording").hashes
    compared = [t for _, t in transactions if t["signature"] in served]
    assert len(compared) > 1000
    assert all(codec.hash_of(t) == served[t["signature"]] for t in compared)


def test_every_signature_and_cosignature_holds(transactions):
    signed = [t for _, t in transactions] + [c for _, t in transactions for c in t.get("signatures", ())]
    assert all(map(codec.signature_holds, signed))


@pytest.mark.parametrize("field", ["amount", "fee", "timeStamp", "deadline"])
def test_a_transaction_changed_in_one_field_no_longer_verifies(transactions, field):
    forged = {**of_type(transactions, codec.TRANSFER)}
    forged[field] += 1
    assert not codec.signature_holds(forged)


def test_an_address_follows_from_its_public_key():
    key = "99c64f6969a751f5906b6be55d660b7bdfccd483f3e509a94a8b8a78e025d6c0"
    assert address_of(key, TESTNET_V1) == "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"


def test_an_address_may_be_written_with_hyphens_and_small_letters():
    assert nem_address("tbxfyo-qyxma6-uwfjen-gcf3ob-u5wsc4-5zhhwz-agc4") == "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC5", "checksum"),
        ("TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC", "39 characters"),
        ("XBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "begin with N"),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(text, why):
    with pytest.raises(AddressError, match=why):
        nem_address(text)


def transfer(amount, mosaics=None, **more):
    base = {
        "type": codec.TRANSFER,
        "version": TESTNET_V1 if mosaics is None else TESTNET_V2,
        "timeStamp": 100,
        "deadline": 3700,
        "fee": 50_000,
        "signer": "99c64f6969a751f5906b6be55d660b7bdfccd483f3e509a94a8b8a78e025d6c0",
        "recipient": "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN",
        "amount": amount,
        "message": {},
        **({} if mosaics is None else {"mosaics": mosaics}),
    }
    return base | more


def mosaic(name, quantity):
    namespace, _, own = name.partition(":")
    return {"mosaicId": {"namespaceId": namespace, "name": own}, "quantity": quantity}


VICTIM, T0 = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN"


@pytest.mark.parametrize(
    ("amount", "mosaics", "moved"),
    [
        (5, None, 5),
        (5, [], 5),
        (2_000_000, [mosaic(XEM, 7)], 14),
        (2_500_000, [mosaic(XEM, 1_000_001)], 2_500_002),  # 2.5 x 1.000001 truncates
        (333_333, [mosaic(XEM, 7_654_321)], 2_551_437),
        (0, [mosaic(XEM, 7)], 0),
        (1_000_000, [mosaic("shop:coin", 7)], 0),  # without nem:xem no XEM moves, whatever `amount` says
        (1_000_000, [mosaic(XEM, 3), mosaic(XEM, 4)], 7),
    ],
)
def test_the_xem_of_a_transfer(amount, mosaics, moved):
    done = outcome(transfer(amount, mosaics), none_defined())
    assert done.effects[0] == Effect(XEM, VICTIM, T0, moved, "transfer")
    assert done.fee == 50_000


@pytest.mark.parametrize(("kind", "fee", "taken"), [(1, 9, 9), (2, 250, 25), (2, 1, None)])
def test_a_levy_is_paid_by_the_sender_on_top(kind, fee, taken):
    levy = {"type": kind, "recipient": T0, "mosaicId": {"namespaceId": "nem", "name": "xem"}, "fee": fee}
    done = outcome(transfer(1_000_000, [mosaic("shop:coin", 1000)]), Mosaics({"shop:coin": {"levy": levy}}, {}))
    levies = [effect for effect in done.effects if effect.kind == "levy"]
    assert levies == ([Effect(XEM, VICTIM, T0, taken, "levy")] if taken else [])


def test_a_multisig_is_paid_for_by_the_inner_signer_with_every_cosignature(transactions):
    outer = of_type(transactions, codec.MULTISIG, codec.TRANSFER)
    done = outcome(outer, none_defined())
    assert done.effects[0].sender == address_of(outer["otherTrans"]["signer"], outer["version"])
    assert done.fee == outer["fee"] + outer["otherTrans"]["fee"] + sum(each["fee"] for each in outer["signatures"])
    assert done.attributes["signed_by"] == address_of(outer["signer"], outer["version"])
    assert len(done.attributes["cosigned_by"]) == len(outer["signatures"])


@pytest.mark.parametrize(
    ("message", "kind"),
    [({"type": 1, "payload": "4831"}, "plain"), ({"type": 1, "payload": "fe4831"}, "hex"), ({"type": 2, "payload": "4831"}, "encrypted")],
)
def test_a_message_is_plain_hex_or_encrypted(message, kind):
    memo = outcome(transfer(1, message=message), none_defined()).memo
    assert (memo.kind, memo.content) == (kind, bytes.fromhex(message["payload"]))


def test_a_message_without_payload_is_none():
    assert outcome(transfer(1, message={"type": 1, "payload": ""}), none_defined()).memo is None


@pytest.mark.parametrize(
    ("kind", "row"),
    [(codec.NAMESPACE, "rental"), (codec.MOSAIC_DEFINITION, "creation"), (codec.DELEGATION, "fee"), (codec.MOSAIC_SUPPLY, "fee")],
)
def test_what_is_no_payment_is_a_row_too(transactions, kind, row):
    done = outcome(of_type(transactions, kind), none_defined())
    assert done.effects[0].kind == row
    assert done.effects[0].mosaic == XEM
    assert done.changes


def test_a_multisig_change_names_who_came_and_who_went(transactions):
    done = outcome(of_type(transactions, codec.MULTISIG_CHANGE), none_defined())
    (change,) = done.changes
    assert change.kind == "multisig_changed"
    assert len(change.attributes["added"]) == 3
    assert change.attributes["required_change"] == 2


def test_the_rows_of_the_chain_by_kind(reading):
    kinds = [t.kind for t in reading.transfers]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "transfer": 1031, "harvest": 216, "fee": 14, "creation": 11, "levy": 11, "rental": 6,
    }  # fmt: skip


def test_a_harvest_by_a_delegate_is_credited_to_the_account_that_lent_its_importance(reading):
    delegated = [t for t in reading.transfers if t.kind == "harvest" and "signed_by" in t.attributes]
    assert delegated
    assert {t.recipient for t in delegated} == {"TDA4GLD74PG46RAW2OLFVL4VEOTXY4FEJODWYPR2"}
    assert all(t.attributes["signed_by"] != t.recipient for t in delegated)


def test_a_harvest_is_the_last_row_of_its_block_and_all_its_fees(reading):
    by_height = {}
    for t in sorted(reading.transfers):
        by_height.setdefault(t.height, []).append(t)
    for rows in by_height.values():
        fees = sum(t.fee for t in rows)
        assert fees == sum(t.amount for t in rows if t.kind == "harvest")
        assert not fees or rows[-1].kind == "harvest"


def test_the_nemesis_account_opens_with_what_it_pays_in_the_first_block(reading):
    opening = {a.address: a.opening for a in reading.accounts if a.opening}
    assert list(opening.values()) == [8_999_999_999_000_000]


def test_rows_are_in_the_order_of_the_block_not_of_the_nodes_ids(recorded, reading):
    ids = {}
    for exchange in recorded:
        if exchange.path.startswith("/account/transfers/all"):
            ids |= {row["meta"]["hash"]["data"]: row["meta"]["id"] for row in json.loads(exchange.answer)["data"]}
    in_order = [ids[t.tx_hash] for t in sorted(reading.transfers) if t.tx_hash in ids]
    assert in_order != sorted(in_order)


def spoiled(recorded, spoil):
    """The recording with the transactions of its blocks changed by `spoil(height, index, transaction)`."""
    for exchange in recorded:
        if exchange.path == "/block/at/public":
            block = json.loads(exchange.answer)
            block["transactions"] = [spoil(block["height"], n, copy.deepcopy(t)) for n, t in enumerate(block["transactions"])]
            exchange = exchange._replace(answer=json.dumps(block))
        yield exchange


def test_a_transaction_of_an_unknown_type_is_a_counted_rejection(recorded):
    found = scan(Answers(spoiled(recorded, lambda h, n, t: t | {"type": 9999} if (h, n) == (19, 6) else t), "r"), COIN, "r")
    assert [(r.place, "type 9999" in r.reason) for r in found.rejections] == [("block 19", True), ("block 19, transaction 6", True)]
    assert len(found.transfers) == 1288


def test_an_amount_of_a_million_digits_is_a_counted_rejection(recorded):
    def spoil(exchange):
        return exchange._replace(answer=exchange.answer.replace('"amount":10000000,', f'"amount":{"9" * 1_000_000},'))

    found = Answers(map(spoil, recorded), "r")
    assert found.rejections
    assert all(len(r.record) <= 4096 for r in found.rejections)
    with pytest.raises(InputError, match="is missing"):
        scan(found, COIN, "r")


def test_a_transaction_that_was_altered_is_kept_as_a_rejection_and_left_out_of_the_ledger(recorded):
    found = scan(Answers(spoiled(recorded, lambda h, n, t: t | {"amount": t["amount"] + 1} if (h, n) == (19, 6) else t), "r"), COIN, "r")
    assert not [t for t in found.transfers if t.height == 19 and t.position == 6 * 64]
    block, transaction = found.rejections
    assert (block.place, block.reason) == ("block 19", "its signature does not hold")
    assert transaction.reason.startswith("not verified, left out of the ledger")
    assert "'amount': 10000001" in transaction.record


def test_a_recording_without_all_blocks_names_the_first_missing_one(recorded):
    some = [e for e in recorded if not (e.path == "/block/at/public" and json.loads(e.body)["height"] == 7)]
    with pytest.raises(InputError, match="block 7 of 484 is missing"):
        scan(Answers(some, "r"), COIN, "r")


def test_a_balance_served_between_two_different_heights_is_of_no_height():
    def said(path, answer):
        return Exchange(1, "GET", path, None, 200, json.dumps(answer))

    account = {"account": {"address": VICTIM, "balance": 5, "publicKey": None}}
    answers = [said("/chain/height", {"height": 7}), said(f"/account/get?address={VICTIM}", account), said("/chain/height", {"height": 8})]
    assert Answers(answers, "r").served_height == {VICTIM: None}


def test_the_fixture_is_what_gzip_says_it_is():
    with gzip.open(REHEARSAL / "recording.jsonl.gz") as file:
        assert sum(1 for _ in file) > 1000
