"""Mosaics as they were before block 1,110,000, in blocks with two definitions, and when their namespace is no longer paid for."""

from __future__ import annotations

import pytest
from support.live_cases import FAST, RECORDING
from support.nis_server import NisServer
from symbolchain.CryptoTypes import PrivateKey
from symbolchain.nem.KeyPair import KeyPair

from tracer.chains import Nodes, chain
from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.hashes_and_signatures import MOSAIC_DEFINITION, MULTISIG, NAMESPACE, TRANSFER, _block_bytes, serialised
from tracer.chains.nem.scan import Rows, rows_of
from tracer.model import Asset, Event, NodeSource, Transfer, row_key

MAIN = 0x68 << 24
KEYS = {name: KeyPair(PrivateKey(bytes(31) + bytes([number]))) for number, name in enumerate(("carol", "bob", "dave"), 1)}
CAROL, BOB, DAVE = (address_of(str(keys.public_key), MAIN) for keys in KEYS.values())
SHOP = Asset("nem", "shop:coin", 0)
FORK = 1_110_000


def signed(name, transaction):
    own = {
        "timeStamp": 100,
        "deadline": 3700,
        "fee": 150_000,
        "version": MAIN | 1,
        **transaction,
        "signer": str(KEYS[name].public_key).lower(),
    }
    return own | {"signature": str(KEYS[name].sign(serialised(own))).lower()}


def defined(description, supply=100, levy=None, **more):
    properties = {"divisibility": 0, "initialSupply": supply, "supplyMutable": "true", "transferable": "true"}
    return {
        "type": MOSAIC_DEFINITION,
        "creationFeeSink": BOB,
        "creationFee": 10_000_000,
        "mosaicDefinition": {
            "creator": str(KEYS["carol"].public_key).lower(),
            "description": description,
            "id": {"namespaceId": "shop", "name": "coin"},
            "properties": [{"name": name, "value": str(value)} for name, value in properties.items()],
            "levy": levy or {},
        },
        **more,
    }


def paid(recipient, coins):
    attached = [{"mosaicId": {"namespaceId": "shop", "name": "coin"}, "quantity": coins}]
    return {"type": TRANSFER, "version": MAIN | 2, "recipient": recipient, "amount": 1_000_000, "message": {}, "mosaics": attached}


def rented():
    return {"type": NAMESPACE, "rentalFeeSink": BOB, "rentalFee": 100_000_000, "newPart": "shop", "parent": None}


def block(height, *transactions):
    keys = KEYS["dave"]
    head = {"type": 1, "version": MAIN | 1, "height": height, "timeStamp": height, "prevBlockHash": {"data": "0" * 64}}
    own = {**head, "transactions": list(transactions), "signer": str(keys.public_key).lower()}
    return own | {"signature": str(keys.sign(_block_bytes(own))).lower()}


def moved(*blocks):
    rows = rows_of(blocks, SHOP, "recording", {})
    return [(t.height, t.kind, t.sender, t.recipient, t.amount) for t in rows.transfers], rows.rejections


def test_before_the_fork_a_new_description_takes_the_mosaic_from_everybody():
    """Carol makes 100 coins and pays Bob 40; then she only changes what they are said to be."""
    rows, rejections = moved(
        block(FORK - 9, signed("carol", defined("coins"))),
        block(FORK - 8, signed("carol", paid(BOB, 40))),
        block(FORK - 1, signed("carol", defined("old coins"))),
    )
    assert rows[2:] == [
        (FORK - 1, "burn", CAROL, None, 60),
        (FORK - 1, "burn", BOB, None, 40),
        (FORK - 1, "mint", None, CAROL, 100),
    ]
    assert rejections == []


def test_since_the_fork_a_new_description_keeps_all_balances():
    rows, _ = moved(
        block(FORK - 9, signed("carol", defined("coins"))),
        block(FORK - 8, signed("carol", paid(BOB, 40))),
        block(FORK, signed("carol", defined("old coins"))),
    )
    assert [kind for _, kind, *_ in rows] == ["mint", "transfer"]


def test_a_definition_inside_a_multisig_counts():
    inner = {key: value for key, value in signed("carol", defined("old coins", supply=7)).items() if key != "signature"}
    envelope = signed("bob", {"type": MULTISIG, "otherTrans": inner, "signatures": []})
    rows, _ = moved(block(FORK - 9, signed("carol", defined("coins"))), block(FORK - 8, envelope))
    assert rows[1:] == [(FORK - 8, "burn", CAROL, None, 100), (FORK - 8, "mint", None, CAROL, 7)]


@pytest.mark.parametrize("height", [FORK - 5, FORK + 5])
def test_of_two_definitions_in_one_block_the_last_counts(height):
    levy = {"type": 1, "recipient": DAVE, "mosaicId": {"namespaceId": "shop", "name": "coin"}, "fee": 3}
    rows, _ = moved(
        block(height, signed("carol", defined("coins", 100)), signed("carol", defined("coins", 500, levy))),
        block(height + 1, signed("carol", paid(BOB, 40))),
    )
    assert sum(amount * ((kind == "mint") - (kind == "burn")) for _, kind, _, _, amount in rows) == 500
    assert rows[-2:] == [(height + 1, "transfer", CAROL, BOB, 40), (height + 1, "levy", CAROL, DAVE, 3)]


def test_a_definition_that_takes_the_mosaic_from_more_accounts_than_have_rows_is_named():
    keys = [KeyPair(PrivateKey(bytes(30) + bytes([1, number]))) for number in range(70)]
    holders = [address_of(str(each.public_key), MAIN) for each in keys]
    payments = [signed("carol", paid(holder, 1) | {"timeStamp": 200 + number}) for number, holder in enumerate(holders)]
    rows, (rejection,) = moved(
        block(FORK - 9, signed("carol", defined("coins"))), block(FORK - 8, *payments), block(FORK - 1, signed("carol", defined("old")))
    )
    assert len(rows) == 71
    assert "shop:coin is defined anew while 71 accounts hold it" in rejection.reason


def test_the_ledger_of_a_mosaic_whose_namespace_expired_says_so():
    rows, (rejection,) = moved(
        block(2_000_000, signed("carol", rented())),
        block(2_000_001, signed("carol", defined("coins"))),
        block(2_600_000, signed("dave", rented() | {"newPart": "else"})),
    )
    assert rows == [(2_000_001, "mint", None, CAROL, 100)]
    assert rejection.reason.startswith("namespace shop expired at block 2525600: it was paid for at block 2000000")


def test_a_namespace_paid_for_in_time_does_not_expire():
    _, rejections = moved(
        block(2_000_000, signed("carol", rented())),
        block(2_000_001, signed("carol", defined("coins"))),
        block(2_500_000, signed("carol", rented() | {"timeStamp": 300})),
        block(2_600_000, signed("dave", rented() | {"newPart": "else"})),
    )
    assert rejections == []


def reader_on(node):
    return chain("nem").reader([], Asset("nem", "xem", 6), "live", Nodes((node.url,), lambda *_: None, patience=FAST))


def test_a_name_that_no_mosaic_can_have_is_sent_to_no_node():
    with NisServer(RECORDING) as node:
        reader = reader_on(node)
        reader.begin()
        before = node.count
        reader._read_creator("shop:coin&id=1\r\nX-Evil: 1")
        assert node.count == before
        assert [each.reason for each in reader._findings.values()] == ["is no name of a mosaic, so no node was asked about it"]


def harvested(height):
    """Carol lends her importance to Dave at block 1,000; then she earns a block's fees herself."""
    link = Event(1_000, 0, 60_000, "ab", "delegation_started", CAROL, DAVE, {})
    at = row_key(height, 1), height, 1, 61_000
    harvest = Transfer(*at, None, None, CAROL, 150_000, 0, "harvest", None, "chain", "r", True, {})
    return Rows([harvest], [link], [], {}, set())


@pytest.mark.parametrize(
    ("version", "height", "marked"),
    [
        ("0.6.101", 1_359, "0.6.101"),
        ("0.6.101", 1_360, None),
        ("0.6.102", 1_359, None),
        ("0.7.1", 1_359, None),
        (None, 1_359, "version unknown"),
    ],
)
def test_harvests_under_a_pending_link_are_marked_where_a_node_older_than_0_6_102_lists_them(version, height, marked):
    reader = chain("nem").reader([], Asset("nem", "xem", 6), "r", None)
    reader.answers.nodes["http://a:7890"] = NodeSource("http://a:7890", version)
    reader.answers.given_by["account", CAROL] = "http://a:7890"
    (row,) = reader._marked(harvested(height))
    assert row.attributes.get("link_pending") == marked
    said = "1 harvest within 360 blocks of a link to a delegate, listed by a:7890, which does not say that it runs 0.6.102 or newer"
    assert any(note.startswith(said) for note in reader.notes((), ())) == (marked is not None)
