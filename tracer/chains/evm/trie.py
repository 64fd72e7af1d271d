"""Merkle-Patricia tries: the root of a list, and what a proof shows of a key (Ethereum yellow paper, appendix D)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracer.chains.evm.rlp_and_keccak import Item, decode, encode, keccak, minimal

EMPTY_ROOT = keccak(b"\x80")
"""The root of a trie that holds nothing."""

FULL_BRANCH = 532
"""Bytes of a branch with sixteen hashed children: their places are fixed, so it need not be decoded."""

CHILD = 33
"""Bytes that a hashed child takes in a branch: its length and 32 bytes."""

Nibbles = Sequence[int]


def root_of_list(items: Sequence[bytes]) -> bytes:
    """The root of the trie that holds the items by their places: how a block commits to transactions, receipts and withdrawals."""
    if not items:
        return EMPTY_ROOT
    keyed = sorted((_nibbles(encode(minimal(place))), item) for place, item in enumerate(items))
    return keccak(encode(_node(keyed, 0)))


def _nibbles(key: bytes) -> list[int]:
    return [half for byte in key for half in (byte >> 4, byte & 15)]


def _compact(nibbles: Nibbles, leaf: bool) -> bytes:
    """A path as a node holds it: a first nibble says whether the node is a leaf, and whether the path is odd."""
    odd = len(nibbles) % 2
    flagged = [2 * leaf + odd, *nibbles] if odd else [2 * leaf, 0, *nibbles]
    return bytes(16 * high + low for high, low in zip(flagged[::2], flagged[1::2], strict=True))


def _node(keyed: Sequence[tuple[list[int], bytes]], depth: int) -> Item:
    """The node that holds the keys, which share their first `depth` nibbles; no key of a list is the beginning of another one."""
    first = keyed[0][0]
    if len(keyed) == 1:
        return [_compact(first[depth:], leaf=True), keyed[0][1]]
    shared, last = depth, keyed[-1][0]
    while first[shared] == last[shared]:
        shared += 1
    if shared > depth:
        return [_compact(first[depth:shared], leaf=False), _child(_node(keyed, shared))]
    children = []
    for nibble in range(16):
        below = [each for each in keyed if each[0][depth] == nibble]
        children.append(_child(_node(below, depth + 1)) if below else b"")
    return [*children, b""]


def _child(node: Item) -> Item:
    """A node as its parent holds it: itself where it is shorter than a hash."""
    encoded = encode(node)
    return node if len(encoded) < 32 else keccak(encoded)


class ProofError(Exception):
    """The nodes of a proof do not hang together: whoever gave them shows nothing."""


class Walk:
    """Walks proofs down from roots; nodes seen once are not hashed again, since proofs share those near the root."""

    def __init__(self) -> None:
        self._seen: dict[bytes, bytes] = {}

    def value(self, root: bytes, key: bytes, proof: Iterable[bytes]) -> bytes | None:
        """What stands under a key in the trie of that root; None where the proof shows that nothing does.

        Raises ProofError where a node is not what its parent says, or the proof ends early.
        """
        nodes = list(proof)
        if root == EMPTY_ROOT and nodes in ([], [b"\x80"]):
            return None
        path, at, wanted = keccak(key).hex(), 0, root
        for node in nodes:
            self._require(wanted, node)
            if len(node) == FULL_BRANCH and node[0] == 0xF9:
                place = 3 + CHILD * int(path[at], 16)
                wanted, at = node[place + 1 : place + CHILD], at + 1
                continue
            found, at, done = _descend(_decoded(node), path, at)
            if done:
                return found
            assert found is not None
            wanted = found
        raise ProofError("the proof ends before its leaf")

    def _require(self, wanted: bytes, node: bytes) -> None:
        if self._seen.get(wanted) == node:
            return
        if keccak(node) != wanted:
            raise ProofError("a node of the proof does not have the hash that its parent names")
        self._seen[wanted] = node


def _decoded(node: bytes) -> Item:
    try:
        return decode(node)
    except ValueError as error:
        raise ProofError(f"a node of the proof cannot be read: {error}") from error


def _descend(node: Item, path: str, at: int) -> tuple[bytes | None, int, bool]:
    """What a node leads to: the hash of the next one, or the end of the walk with the value or None; and the place in the path.

    A node shorter than a hash stands inside its parent, so several levels may be gone through at once.
    """
    while True:
        if isinstance(node, bytes) or len(node) not in (2, 17):
            raise ProofError("a node of the proof is neither branch nor path")
        leaf = False
        if len(node) == 17:
            if at == len(path):
                raise ProofError("a path of the proof is longer than a key")
            child, at = node[int(path[at], 16)], at + 1
        else:
            flagged = node[0].hex() if isinstance(node[0], bytes) else ""
            leaf, rest = flagged[:1] in ("2", "3"), flagged[1:] if flagged[:1] in ("1", "3") else flagged[2:]
            if path[at : at + len(rest)] != rest:
                return None, at, True
            child, at = node[1], at + len(rest)
        if isinstance(child, bytes):
            if leaf or not child:
                return child or None, at, True
            return child, at, False
        node = child
