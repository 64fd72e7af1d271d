"""What nodes of the main and the test network were recorded to serve, and the SDK's vectors: our bytes, hashes and amounts are theirs.

Some real transactions of the main network are restated here and tested in every run. Whole folders of them are not ours to
copy; three variables say where they lie, and a test that has none of its own says so when it is skipped:

- `TRACER_NIS_JSON`: a folder of recorded answers of NIS nodes, in any folders below it
- `TRACER_NEM_VECTORS`: a folder with `nem_models_transactions.json` and `nem_test_address_first200.json` (symbol/test-vectors)
- `TRACER_NEMESIS`: the transactions of the main network's block 1 as CSV
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import missing

from tracer.chains.nem import hashes_and_signatures as codec
from tracer.chains.nem.addresses import address_of, nem_address
from tracer.chains.nem.effects import XEM, Effect, Mosaics, outcome
from tracer.model import Asset

MAINNET, TESTNET = 0x68000000, 0x98000000
V1, V2 = MAINNET + 1, MAINNET + 2
COIN = Asset("nem", "xem", 6)


def given(variable, what):
    """Where the variable points."""
    if variable not in os.environ:
        missing(what, f"set {variable}")
    path = Path(os.environ[variable])
    assert path.exists(), f"{variable} = {path} is not there"
    return path


# Real transactions of the main network. Source: NemProject/nem-docs (branch gh-pages, exchange integration), answers of
# /transaction/get; the hash of each is the one the chain knows it by.


def attached(quantity, namespace="nem", name="xem"):
    return {"quantity": quantity, "mosaicId": {"namespaceId": namespace, "name": name}}


def plain(text):
    return {"payload": text.encode().hex(), "type": 1}


def transfer(version, signed_at, lifetime, signer, recipient, amount, fee, **more):
    stated = {"timeStamp": signed_at, "deadline": signed_at + lifetime, "signer": signer, "recipient": recipient, "amount": amount}
    return {"type": 257, "version": version, "fee": fee, "message": {}, **stated, **more}


# height 1,378,347, ef59aea3e324b5064bcf5e44b6c15ed8d815f765dcfaade98d8814c4cce6cc83
MULTIPLIER_ONE = transfer(
    V2,
    83456174,
    86400,
    "85a26d0f8a2e024c180ac184b91c2e4b1f13762914ca415a3b20b8256cc68740",
    "NA366XE76M32CC4Y4O3G5XUITUEUFCV32F6QJGUA",
    amount=1000000,
    fee=50000,
    mosaics=[attached(2000000000)],
    signature=(
        "0b0985776b9e31d2e9472c8c24a519d87be66ebee4525e8ff30eb469edacc218ae496062d447eb673236245411638d05c58ccd281d5677b920d41399dd99d105"
    ),
)
# height 987,691, ef33af9b121f9891717bd582cd075435a93bff7fd568816f7bf2a0a5207b9447
MULTIPLIER_TWO = transfer(
    V2,
    59821608,
    86400,
    "099132a49ed0c15936a464cf6ef43120f01fa88835803593571882feea6161db",
    "NDY4RHUZ3CZOZ53O5HNEXTEM7UF5X3MMDGH4IMAD",
    amount=2000000,
    fee=2000000,
    mosaics=[attached(1000000), attached(1, "nextem", "nex")],
    signature=(
        "76732f5af6f2d2a0a31ce46d526bf333195bbb409bdd5a9801a390d8d42619d8ba54680b4038d58c4722819ca211952e82221fd3b36665d0453fc283f6998308"
    ),
)
# height 987,623, da210ebfc7ccc49902bd345007e178a9b22c9397e4f17e995a340bf4d9e54fe1
MULTIPLIER_ZERO = transfer(
    V2,
    59817565,
    86400,
    "099132a49ed0c15936a464cf6ef43120f01fa88835803593571882feea6161db",
    "NDY4RHUZ3CZOZ53O5HNEXTEM7UF5X3MMDGH4IMAD",
    amount=0,
    fee=1000000,
    mosaics=[attached(1000000)],
    signature=(
        "97ebf83182ce6fda5ac529852d80cb739afa3f6ec01eac8468a7862ec7b6ce39ac74e641d4ed5a73097948c13c4b7a1a3aba827305cf7edc916d2f9244b64309"
    ),
)
# height 1,561,629, d64bc5397bb1c8a6aa662591b6a9ddbf7b80f6949cb068064987723d4e99b582
NOTHING_ATTACHED = transfer(
    V2,
    94541749,
    82800,
    "fe228e4315f678ed3912e06528c8ee0630530ef8f2edec952bcc06cfbd255d76",
    "NBA7SFOHPI3MHWKQWCJMWJQHMOCAHXNM2PYY36SA",
    amount=4060230000,
    fee=100000,
    mosaics=[],
    message=plain("438496"),
    signature=(
        "24d71881f917a6b5aa369cbc49e0d8ab8959549eb8d85ec0ff92cf34266e0be03b5dca751747d96b211a35b2470437356effc60964f7ec21667265266a52c406"
    ),
)
# height 1,384,326, 1ba14816710c418a3f33237d37f52ff7fe8d321269d25b90c9c52c8371f0bee5
# inner 1b8aa2f82fc44a8b488374d30752ed044c2fd56e27b7a6dede0b0bc5b892e3f7
BY_MULTISIG = {
    "type": 4100,
    "version": V1,
    "timeStamp": 83817591,
    "deadline": 83903991,
    "fee": 150000,
    "signer": "b1df31992f04275d593796eef7a2f96571c3999eefd92d22317bb07c205cadf7",
    "signature": (
        "25f9384d07755901d14d0189ef897ac6739f890b652db15dbf7ba99053d8994d1f652089b689cabe05989520fb3278e5bffffbf0c16d79236653ab89ea39f20e"
    ),
    "signatures": [
        {
            "type": 4098,
            "version": V1,
            "timeStamp": 83817790,
            "deadline": 83904190,
            "fee": 150000,
            "otherHash": {"data": "1b8aa2f82fc44a8b488374d30752ed044c2fd56e27b7a6dede0b0bc5b892e3f7"},
            "otherAccount": "NB24NHKJ6EHFFK3RFY2OW4I6ZTJHCFRC6F24HX5V",
            "signer": "7224cc2279a1da25f1eb01ee0f05e97ada2ffa5561e7308a12f47a2f49e39b54",
            "signature": (
                "7ddb7646bcf8184c55f1f6cc1303f15cd01165a3fc1553ec9ac806a3f59cfaf2"
                "a3ec243d458cd0151a1c058db24f1a8652ec57f4888f3422fd69621c9e961c0f"
            ),
        }
    ],
    "otherTrans": transfer(
        V2,
        83817591,
        86400,
        "2ae9eac59f52e7c1a15a1b53e69bfe5e897643980e4fe3a5cdf96507a5e2885b",
        "NDSMUVPLLAN6SVPZH6KFRM6YL2BGEAXKUSKJAUU2",
        amount=1000000,
        fee=50000,
        mosaics=[attached(5123456)],
    ),
}
REAL = {
    "ef59aea3e324b5064bcf5e44b6c15ed8d815f765dcfaade98d8814c4cce6cc83": MULTIPLIER_ONE,
    "ef33af9b121f9891717bd582cd075435a93bff7fd568816f7bf2a0a5207b9447": MULTIPLIER_TWO,
    "da210ebfc7ccc49902bd345007e178a9b22c9397e4f17e995a340bf4d9e54fe1": MULTIPLIER_ZERO,
    "d64bc5397bb1c8a6aa662591b6a9ddbf7b80f6949cb068064987723d4e99b582": NOTHING_ATTACHED,
    "1ba14816710c418a3f33237d37f52ff7fe8d321269d25b90c9c52c8371f0bee5": BY_MULTISIG,
}


def done(transaction):
    return outcome(transaction, Mosaics({}, {}))


def moved(transaction):
    """The XEM a transaction moves, in millionths."""
    return done(transaction).effects[0].amount


@pytest.mark.parametrize("tx_hash", REAL)
def test_a_real_transaction_of_the_main_network_hashes_to_what_the_chain_knows_it_by(tx_hash):
    assert codec.hash_of(REAL[tx_hash]) == tx_hash


@pytest.mark.parametrize("tx_hash", REAL)
def test_the_signatures_of_a_real_transaction_of_the_main_network_hold(tx_hash):
    assert all(map(codec.signature_holds, signed_parts(REAL[tx_hash])))


@pytest.mark.parametrize("tx_hash", REAL)
def test_a_real_transaction_with_one_millionth_more_no_longer_verifies(tx_hash):
    body = REAL[tx_hash]
    inner = body.get("otherTrans", body)
    altered = {**inner, "amount": inner["amount"] + 1}
    assert not codec.signature_holds({**body, "otherTrans": altered} if "otherTrans" in body else altered)


def test_at_multiplier_one_the_attached_quantity_is_moved():
    payer, recipient = address_of(MULTIPLIER_ONE["signer"], V2), "NA366XE76M32CC4Y4O3G5XUITUEUFCV32F6QJGUA"
    assert done(MULTIPLIER_ONE).effects == [Effect(XEM, payer, recipient, 2_000_000_000, "transfer")]


def test_a_multiplier_above_one_multiplies_every_attached_quantity():
    assert [(e.mosaic, e.amount) for e in done(MULTIPLIER_TWO).effects] == [(XEM, 2_000_000), ("nextem:nex", 2)]


def test_at_multiplier_zero_nothing_is_moved_whatever_is_attached():
    assert moved(MULTIPLIER_ZERO) == 0
    assert done(MULTIPLIER_ZERO).fee == 1_000_000


def test_with_nothing_attached_the_amount_is_moved():
    assert moved(NOTHING_ATTACHED) == 4_060_230_000
    assert done(NOTHING_ATTACHED).memo.content == b"438496"


def test_the_multisig_account_pays_the_amount_and_the_three_fees_not_the_cosigner_who_announced_it():
    told = done(BY_MULTISIG)
    assert told.effects[0].sender == address_of(BY_MULTISIG["otherTrans"]["signer"], V2) == "NB24NHKJ6EHFFK3RFY2OW4I6ZTJHCFRC6F24HX5V"
    assert (told.effects[0].amount, told.fee) == (5_123_456, 150_000 + 50_000 + 150_000)


def test_the_inner_hash_of_a_real_multisig_is_what_its_cosigner_signed():
    assert codec.hash_of(BY_MULTISIG["otherTrans"]) == BY_MULTISIG["signatures"][0]["otherHash"]["data"]


# Recorded answers of the main and the test network

DOCTORED = {
    "local_account_transfers_all.json": "nem-ruby altered hashes, signatures and a message by hand (an odd number of digits)",
    "local_account_transfers_outgoing.json": "nem-ruby altered hash and signature by hand",
    "nem1_chain_lastblock.json": "all transactions but two were cut off, so the block is not what its harvester signed",
    "block_get.json": "all transactions were cut off, so the block is not what its harvester signed",
}
"""Recorded answers that somebody altered afterwards; of no other one may a hash or a signature fail."""


def signed_parts(transaction):
    """The transaction and its cosignatures."""
    return [transaction, *transaction.get("signatures", ())]


def objects(value):
    """Every object in a JSON value, however deep."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(each)


@pytest.fixture(scope="module")
def answers():
    """Every object of every recorded answer, with its file's name."""
    folder = given("TRACER_NIS_JSON", "nis_json")
    found = [(path.name, each) for path in sorted(folder.rglob("*.json")) for each in objects(json.loads(path.read_text("utf-8")))]
    assert {name for name, _ in found} >= DOCTORED.keys()
    return found


@pytest.fixture(scope="module")
def stated(answers):
    """(file, transaction, hash, inner hash) wherever a hash is stated beside a transaction."""
    found = []
    for name, each in answers:
        if "hash" in (meta := each.get("meta") or {}):
            inner = (meta.get("innerHash") or {}).get("data")
            found.append((name, each["transaction"], meta["hash"]["data"], inner))
        elif "tx" in each:
            found.append((name, each["tx"], each["hash"], each.get("innerHash")))
    assert len(found) >= 30
    return found


def hash_fails(transaction, tx_hash, inner_hash):
    try:
        return codec.hash_of(transaction) != tx_hash or (inner_hash and codec.hash_of(transaction["otherTrans"]) != inner_hash)
    except ValueError:
        return True


def signature_fails(transaction):
    try:
        return not all(map(codec.signature_holds, signed_parts(transaction)))
    except ValueError:
        return True


def test_every_recorded_transaction_hashes_to_the_hash_stated_with_it(stated):
    failing = {name for name, *told in stated if hash_fails(*told)}
    assert failing == DOCTORED.keys() & {name for name, *_ in stated}


def test_every_type_but_the_multisigs_own_is_among_the_recorded_transactions(stated):
    types = {transaction["type"] for _, transaction, *_ in stated}
    assert types == {codec.TRANSFER, codec.DELEGATION, codec.MULTISIG_CHANGE, codec.MULTISIG} | {
        codec.NAMESPACE,
        codec.MOSAIC_DEFINITION,
        codec.MOSAIC_SUPPLY,
    }


def test_every_signature_and_cosignature_of_a_recorded_transaction_holds(answers):
    signed = [(name, each) for name, each in answers if {"type", "signer", "signature", "deadline"} <= each.keys()]
    assert len(signed) >= 50
    failing = {name for name, transaction in signed if signature_fails(transaction)}
    assert failing == {"local_account_transfers_all.json", "local_account_transfers_outgoing.json"}


def test_every_cosignature_is_of_the_transaction_it_stands_with(stated):
    multisigs = [transaction for _, transaction, *_ in stated if transaction["type"] == codec.MULTISIG]
    assert sum(len(each["signatures"]) for each in multisigs) >= 4
    for each in multisigs:
        assert {c["otherHash"]["data"] for c in each["signatures"]} <= {codec.hash_of(each["otherTrans"])}


def test_every_recorded_block_is_what_its_harvester_signed(answers):
    blocks = [(name, each) for name, each in answers if {"prevBlockHash", "signature", "signer"} <= each.keys()]
    assert {block["height"] for _, block in blocks} >= {100_000, 1_051_051, 1_106_506, 1_244_978}
    failing = {name for name, block in blocks if not codec.block_signature_holds(block)}
    assert failing == {"nem1_chain_lastblock.json", "block_get.json"}


# The SDK's own vectors


@pytest.fixture(scope="module")
def vectors():
    return given("TRACER_NEM_VECTORS", "nem_vectors")


def test_every_address_vector_is_the_address_of_its_key(vectors):
    told = json.loads((vectors / "nem_test_address_first200.json").read_text("utf-8"))
    assert len(told) == 200
    for each in told:
        assert address_of(each["publicKey"], V1) == nem_address(each["address_Public"]) == each["address_Public"]
        assert address_of(each["publicKey"], TESTNET + 1) == nem_address(each["address_PublicTest"]) == each["address_PublicTest"]


EMPTY_MESSAGE = {"TransferTransactionV1_transfer_single_2", "TransferTransactionV1_transfer_aggregate_2"}
"""They sign a message of no bytes. A node drops such a message before it hashes (nis: TransferTransaction.normalizeMessage)."""


def as_served(vector):
    """A vector's description as the JSON a node would serve. The vectors state no deadline: it is 0."""
    kind, _, version = vector["type"].rpartition("_v")
    common = {
        "version": TESTNET + int(version),
        "timeStamp": vector["timestamp"],
        "deadline": 0,
        "fee": vector["fee"],
        "signer": vector["signer_public_key"],
        "signature": vector["signature"],
    }
    return {**common, **SERVED[kind](vector)}


def text_of(digits):
    return bytes.fromhex(digits).decode()


def served_id(stated):
    return {"namespaceId": text_of(stated["namespace_id"]["name"]), "name": text_of(stated["name"])}


def served_transfer(vector):
    served = {"type": codec.TRANSFER, "recipient": vector["recipient_address"], "amount": vector["amount"], "message": {}}
    if "message" in vector:
        message = vector["message"]["message"]
        payload = message if set(message) <= set("0123456789ABCDEF") else message.encode().hex()
        served["message"] = {"type": {"plain": 1, "encrypted": 2}[vector["message"]["message_type"]], "payload": payload}
    mosaics = [each["mosaic"] for each in vector.get("mosaics", ())]
    return {**served, "mosaics": [{"mosaicId": served_id(each["mosaic_id"]), "quantity": each["amount"]} for each in mosaics]}


def served_delegation(vector):
    mode = {"link": 1, "unlink": 2}[vector["link_action"]]
    return {"type": codec.DELEGATION, "mode": mode, "remoteAccount": vector["remote_public_key"]}


def served_multisig_change(vector):
    """Nodes serve additions before removals, each by address; the descriptions have them in any order."""
    modes = {"add_cosignatory": 1, "delete_cosignatory": 2}
    served = [
        {"modificationType": modes[each["modification_type"]], "cosignatoryAccount": each["cosignatory_public_key"]}
        for each in (outer["modification"] for outer in vector["modifications"])
    ]
    served.sort(key=lambda each: (each["modificationType"], address_of(each["cosignatoryAccount"], TESTNET + 1)))
    change = {"relativeChange": vector["min_approval_delta"]} if "min_approval_delta" in vector else {}
    return {"type": codec.MULTISIG_CHANGE, "modifications": served, "minCosignatories": change}


def served_cosignature(vector):
    other = {"otherHash": {"data": vector["other_transaction_hash"]}, "otherAccount": vector["multisig_account_address"]}
    return {"type": codec.COSIGNATURE, **other}


def served_multisig(vector):
    """The cosignatures in it are of the main network, whatever the rest is."""
    cosignatures = [as_served({"type": "cosignature_v1", **each["cosignature"]}) | {"version": V1} for each in vector["cosignatures"]]
    return {"type": codec.MULTISIG, "otherTrans": as_served(vector["inner_transaction"]), "signatures": cosignatures}


def served_namespace(vector):
    parent = vector["parent_name"] and text_of(vector["parent_name"])
    paid = {"rentalFeeSink": vector["rental_fee_sink"], "rentalFee": vector["rental_fee"]}
    return {"type": codec.NAMESPACE, "newPart": text_of(vector["name"]), "parent": parent, **paid}


def served_definition(vector):
    definition = vector["mosaic_definition"]
    properties = [each["property_"] for each in definition["properties"]]
    levy = definition.get("levy")
    served = {
        "creator": definition["owner_public_key"],
        "id": served_id(definition["id"]),
        "description": text_of(definition["description"]),
        "properties": [{"name": text_of(each["name"]), "value": text_of(each["value"])} for each in properties],
        "levy": levy
        and {
            "type": {"absolute": 1, "percentile": 2}[levy["transfer_fee_type"]],
            "recipient": levy["recipient_address"],
            "mosaicId": served_id(levy["mosaic_id"]),
            "fee": levy["fee"],
        },
    }
    paid = {"creationFeeSink": vector["rental_fee_sink"], "creationFee": vector["rental_fee"]}
    return {"type": codec.MOSAIC_DEFINITION, "mosaicDefinition": served, **paid}


def served_supply(vector):
    action = {"increase": 1, "decrease": 2}[vector["action"]]
    return {"type": codec.MOSAIC_SUPPLY, "mosaicId": served_id(vector["mosaic_id"]), "supplyType": action, "delta": vector["delta"]}


SERVED = {
    "transfer_transaction": served_transfer,
    "account_key_link_transaction": served_delegation,
    "multisig_account_modification_transaction": served_multisig_change,
    "cosignature": served_cosignature,
    "multisig_transaction": served_multisig,
    "namespace_registration_transaction": served_namespace,
    "mosaic_definition_transaction": served_definition,
    "mosaic_supply_change_transaction": served_supply,
}


def test_every_transaction_vector_comes_to_the_vectors_bytes(vectors):
    told = json.loads((vectors / "nem_models_transactions.json").read_text("utf-8"))
    assert len(told) == 54
    other = {each["test_name"] for each in told if codec._signed(as_served(each["descriptor"])).hex().upper() != each["payload"]}
    assert other == EMPTY_MESSAGE


# Block 1 of the main network

NEMESIS_KEY = "8d07f90fb4bbe7715fa327c926770166a11be2e494a970605f2e12557f66c9b9"
NEMESIS = "NANEMOABLAGR72AZ2RV3V4ZHDCXW25XQ73O7OBT5"


@pytest.fixture(scope="module")
def nemesis():
    with given("TRACER_NEMESIS", "nemesis").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def gifts(nemesis):
    """The transfers of block 1 as a node would serve them, by the hash they are known by; the table has no signatures."""
    told = [row for row in nemesis if row["type"] == "257"]
    return {
        row["hash"]: transfer(
            V1,
            signed_at=0,
            lifetime=0,
            signer=NEMESIS_KEY,
            recipient=row["recipient"],
            amount=int(row["amount_uxem"]),
            fee=int(row["fee_uxem"]),
            message=plain(row["message"]),
            signature="00" * 64,
        )
        for row in told
    }


def test_block_1_is_1347_transfers_and_6_conversions_to_multisig(nemesis):
    assert Counter(int(row["type"]) for row in nemesis) == {codec.TRANSFER: 1347, codec.MULTISIG_CHANGE: 6}
    assert all(nem_address(row["sender"]) for row in nemesis)


def test_every_transfer_of_block_1_hashes_to_what_the_chain_knows_it_by(gifts):
    assert address_of(NEMESIS_KEY, V1) == NEMESIS
    assert {codec.hash_of(each) for each in gifts.values()} == gifts.keys()


def test_the_nemesis_account_opens_with_the_9_000_000_240_xem_that_block_1_pays_out(gifts, monkeypatch):
    scan = sys.modules["tracer.chains.nem.scan"]
    monkeypatch.setattr(scan, "signature_holds", lambda _: True)
    monkeypatch.setattr(scan, "block_signature_holds", lambda _: True)
    block = {"height": 1, "timeStamp": 0, "version": V1, "signer": NEMESIS_KEY, "transactions": list(gifts.values())}
    rows = scan.rows_of([block], COIN, "block 1", {})
    assert scan.opening_of_nemesis(rows) == {NEMESIS: 9_000_000_240_000_000}
    assert [t.tx_hash for t in rows.transfers] == list(gifts)
    assert rows.rejections == []
