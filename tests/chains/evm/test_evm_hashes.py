"""RLP, tries, hashes and proofs, held against libraries that others wrote (rlp, trie)."""

from __future__ import annotations

import random

import pytest
import rlp
from coincurve import PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from trie import HexaryTrie

from tracer.chains.evm import transaction_hashes
from tracer.chains.evm.account_proofs import proven_account
from tracer.chains.evm.addresses import checksummed, evm_address
from tracer.chains.evm.rlp_and_keccak import decode, encode, keccak, minimal
from tracer.chains.evm.trie import EMPTY_ROOT, ProofError, Walk, root_of_list
from tracer.errors import AddressError

ITEMS = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=6), max_leaves=30)
ALICE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@given(ITEMS)
def test_rlp_is_what_another_library_writes_and_is_read_back(item):
    assert encode(item) == rlp.encode(item)
    assert decode(encode(item)) == item


@pytest.mark.parametrize("spoiled", ["", "83636174ff", "c883636174", "b8", "c2b801"])
def test_rlp_that_ends_early_or_goes_on_is_refused(spoiled):
    with pytest.raises(ValueError, match="RLP"):
        decode(bytes.fromhex(spoiled))


@pytest.mark.parametrize("count", [0, 1, 2, 16, 127, 128, 129, 400])
def test_the_root_of_a_list_is_the_one_another_library_finds(count):
    items = [random.Random(place).randbytes(1 + place * 7 % 120) for place in range(count)]
    trie = HexaryTrie({})
    for place, item in enumerate(items):
        trie[rlp.encode(minimal(place))] = item
    assert root_of_list(items) == trie.root_hash


@pytest.fixture(scope="module")
def state():
    """Three hundred accounts in a trie of another library."""
    trie = HexaryTrie({})
    addresses = [keccak(bytes([place % 256, place // 256]))[:20] for place in range(300)]
    for place, address in enumerate(addresses):
        trie[keccak(address)] = rlp.encode([minimal(place), minimal(10**18 + place), EMPTY_ROOT, keccak(b"")])
    return trie, addresses


def proof_of(trie, address, nonce, balance):
    nodes = [rlp.encode(node) for node in trie.get_proof(keccak(address))]
    return {
        "address": "0x" + address.hex(),
        "balance": hex(balance),
        "nonce": hex(nonce),
        "accountProof": ["0x" + node.hex() for node in nodes],
    }


def test_a_proof_shows_balance_and_nonce_of_an_account(state):
    trie, addresses = state
    walk, root = Walk(), "0x" + trie.root_hash.hex()
    for place, address in enumerate(addresses):
        found = proven_account(root, proof_of(trie, address, place, 10**18 + place), walk)
        assert (found.nonce, found.balance) == (place, 10**18 + place)


def test_a_proof_shows_that_an_account_is_absent(state):
    trie, _ = state
    absent = proven_account("0x" + trie.root_hash.hex(), proof_of(trie, b"\x01" * 20, 0, 0), Walk())
    assert (absent.nonce, absent.balance, absent.is_contract) == (0, 0, False)


def test_a_balance_that_the_proof_does_not_show_is_refused(state):
    trie, addresses = state
    with pytest.raises(ProofError, match=r"says balance 7 and nonce 5, and its proof shows 1000000000000000005 and 5"):
        proven_account("0x" + trie.root_hash.hex(), proof_of(trie, addresses[5], 5, 7), Walk())


def test_the_proof_of_another_account_shows_nothing(state):
    trie, addresses = state
    spoiled = {**proof_of(trie, addresses[5], 5, 10**18 + 5), "address": "0x" + addresses[6].hex()}
    with pytest.raises(ProofError):
        proven_account("0x" + trie.root_hash.hex(), spoiled, Walk())


def test_a_proof_of_another_block_shows_nothing(state):
    trie, addresses = state
    with pytest.raises(ProofError, match="does not have the hash"):
        proven_account("0x" + "11" * 32, proof_of(trie, addresses[5], 5, 10**18 + 5), Walk())


def test_a_node_that_was_seen_is_still_compared_with_its_hash(state):
    trie, addresses = state
    walk, root = Walk(), "0x" + trie.root_hash.hex()
    sound = proof_of(trie, addresses[5], 5, 10**18 + 5)
    proven_account(root, sound, walk)
    leaf = sound["accountProof"][-1]
    with pytest.raises(ProofError):
        proven_account(root, {**sound, "accountProof": [*sound["accountProof"][:-1], leaf[:-2] + "00"]}, walk)


@pytest.mark.parametrize("kind", range(5))
def test_the_sender_is_whoever_signed(kind):
    key = PrivateKey(keccak(b"Alice"))
    unsigned = {
        "type": hex(kind), "nonce": "0x9", "gasPrice": "0x3b9aca00", "maxPriorityFeePerGas": "0x1", "maxFeePerGas": "0x3b9aca00",
        "gas": "0x5208", "to": "0x" + "35" * 20, "value": "0xde0b6b3a7640000", "input": "0x", "chainId": "0x1",
        "accessList": [{"address": "0x" + "01" * 20, "storageKeys": ["0x" + "02" * 32]}],
        "maxFeePerBlobGas": "0x1", "blobVersionedHashes": ["0x" + "01" * 32],
        "authorizationList": [{"chainId": "0x1", "address": "0x" + "03" * 20, "nonce": "0x1", "yParity": "0x0", "r": "0x1", "s": "0x2"}],
    }  # fmt: skip
    fields = transaction_hashes._unsigned(unsigned)
    content = encode([*fields, b"\x01", b"", b""]) if kind == 0 else bytes([kind]) + encode(fields)
    signature = key.sign_recoverable(keccak(content), hasher=None)
    v = signature[64] + 37 if kind == 0 else signature[64]
    signed = {**unsigned, "v": hex(v), "r": "0x" + signature[:32].hex(), "s": "0x" + signature[32:64].hex()}
    assert transaction_hashes.sender(signed) == "0x" + keccak(key.public_key.format(False)[1:])[12:].hex()


def test_the_hash_of_the_transaction_in_eip_155_is_found():
    """The example of EIP-155: nonce 9, 20 gwei, one ether, signed for chain 1."""
    example = {
        "type": "0x0", "nonce": "0x9", "gasPrice": "0x4a817c800", "gas": "0x5208", "to": "0x" + "35" * 20, "value": "0xde0b6b3a7640000",
        "input": "0x", "v": "0x25", "r": "0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276",
        "s": "0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
    }  # fmt: skip
    assert transaction_hashes.sender(example) == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"
    assert rlp.decode(transaction_hashes.encoded(example))[6] == b"\x25"


def test_a_type_that_is_younger_than_the_reader_is_refused_by_name():
    with pytest.raises(ValueError, match="type 9"):
        transaction_hashes.encoded({"type": "0x9"})


def test_an_address_has_one_form_and_its_capitals_are_a_checksum():
    assert evm_address(ALICE) == evm_address(ALICE.lower()) == evm_address("0x" + ALICE[2:].upper()) == ALICE.lower()
    assert checksummed(ALICE.lower()) == ALICE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ALICE.replace("A", "a", 1), "checksum"),
        (ALICE[:-1], "41 characters"),
        (ALICE[:-1] + "g", "hexadecimal"),
        ("NANEMOABLAGR72AZ2RV3V4ZHDCXW25XQ73O7OBT5", "40 characters"),
    ],
)
def test_an_address_of_another_form_is_refused_with_the_reason(text, why):
    with pytest.raises(AddressError, match=why):
        evm_address(text)
