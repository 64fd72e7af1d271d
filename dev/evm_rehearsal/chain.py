"""A real EVM node on loopback (anvil), the contracts, and transactions signed for it."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests
from coincurve import PrivateKey

from tracer.chains.evm.rlp_and_keccak import Item, encode, keccak, minimal

HERE = Path(__file__).parent
GWEI = 10**9
BASE_FEE = 20 * GWEI
GAS_LIMIT = 3_000_000
"""Of a block: small, so that blocks fill and the base fee moves."""

AUTHORISED = b"\5"
"""What an authorisation begins with when it is signed (EIP-7702)."""

STARTING = 100
"""Tenths of a second that the node may take to answer."""


def raw(address: str | None) -> bytes:
    """The bytes of an address; none for the making of a contract."""
    return bytes.fromhex(address[2:]) if address else b""


def address_of(key: PrivateKey) -> str:
    """The address of a key."""
    return "0x" + keccak(key.public_key.format(compressed=False)[1:])[12:].hex()


class Node:
    """anvil, mining only when it is told to; blocks keep the order in which transactions were sent."""

    def __init__(self, modules: Path, port: int, chain_id: int, start: int, genesis: dict[str, int]) -> None:
        self.url, self.chain_id = f"http://127.0.0.1:{port}", chain_id
        self._session = requests.Session()
        accounts = {address: {"balance": hex(amount)} for address, amount in genesis.items()}
        content = {
            "config": {"chainId": chain_id}, "nonce": "0x0", "timestamp": hex(start), "extraData": "0x", "gasLimit": hex(GAS_LIMIT),
            "difficulty": "0x0", "mixHash": "0x" + "00" * 32, "coinbase": "0x" + "00" * 20, "baseFeePerGas": hex(BASE_FEE),
            "alloc": accounts,
        }  # fmt: skip
        self._genesis = Path(tempfile.gettempdir()) / f"evm_rehearsal_{port}.json"
        self._genesis.write_text(json.dumps(content))
        options = {
            "host": "127.0.0.1", "port": port, "order": "fifo", "init": self._genesis, "accounts": 0, "hardfork": "prague",
            "timestamp": start, "gas-limit": GAS_LIMIT, "base-fee": BASE_FEE, "chain-id": chain_id,
        }  # fmt: skip
        flags = ["no-mining", "disable-default-create2-deployer", "disable-min-priority-fee", "disable-pool-balance-checks", "quiet"]
        command = [str(modules / "@foundry-rs/anvil-linux-amd64/bin/anvil")]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        self._process = subprocess.Popen(command + [f"--{flag}" for flag in flags])
        for _ in range(STARTING):
            try:
                self.ask("eth_blockNumber")
                return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise RuntimeError("the node does not answer")

    def ask(self, method: str, *params: Any) -> Any:
        """The result of a question. Raises RuntimeError where the node refuses."""
        text = self.served(method, *params)[1]
        answer = json.loads(text)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def served(self, method: str, *params: Any) -> tuple[str, str]:
        """A question and its answer, both as text."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, separators=(",", ":"))
        return body, self._session.post(self.url, data=body, headers={"Content-Type": "application/json"}).text

    def stop(self) -> None:
        """Ends the node."""
        self._process.terminate()
        self._process.wait()
        self._genesis.unlink(missing_ok=True)


class Contracts:
    """The compiled contracts, and calls of their functions."""

    def __init__(self, modules: Path) -> None:
        done = subprocess.run(["node", str(HERE / "compile.js"), str(modules)], check=True, capture_output=True, text=True)
        self._compiled: dict[str, Any] = json.loads(done.stdout)

    def code(self, name: str, *arguments: Any) -> bytes:
        """What makes a contract, with the arguments of its constructor."""
        return bytes.fromhex(self._compiled[name]["bytecode"]) + arguments_of(arguments)

    def call(self, name: str, function: str, *arguments: Any) -> bytes:
        """What calls a function, which is named without its types."""
        selectors = self._compiled[name]["selectors"]
        selector = next(selectors[each] for each in selectors if each.startswith(function + "("))
        return bytes.fromhex(selector) + arguments_of(arguments)


class Content(bytes):
    """Bytes of any length, as an argument."""


def arguments_of(arguments: Sequence[Any]) -> bytes:
    """Arguments as contracts take them: a word each, a list or content behind all words (Solidity, ABI specification)."""
    heads, tails = [], b""
    for each in arguments:
        if isinstance(each, list | Content):
            heads.append(_word(32 * len(arguments) + len(tails)))
            tails += _word(len(each)) + (b"".join(map(_word, each)) if isinstance(each, list) else _padded(each))
        else:
            heads.append(_word(each))
    return b"".join(heads) + tails


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 32)


def _word(value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(32, "big")
    return raw(value).rjust(32, b"\0") if isinstance(value, str) else value


class Gas:
    """What a transaction offers for its gas: a most per unit, and of it a tip; and how much it may use."""

    def __init__(self, limit: int, tip: int, most: int) -> None:
        self.limit, self.tip, self.most = limit, tip, most


def lent_code(key: PrivateKey, chain_id: int, code: str, nonce: int) -> Item:
    """The authorisation by which an account without code lends itself that of a contract (EIP-7702). `nonce`: its own, which it takes."""
    terms: list[Item] = [minimal(chain_id), raw(code), minimal(nonce)]
    r, s, parity = _signature(key, AUTHORISED + encode(terms))
    return [*terms, minimal(parity), r, s]


def signed(
    key: PrivateKey, chain_id: int, kind: int, nonce: int, gas: Gas, to: str | None, value: int, content: bytes, lent: Sequence[Item] = ()
) -> bytes:
    """A transaction of type 0 (with replay protection), 2, or 4 with authorisations, ready to be sent."""
    terms: list[Item] = [minimal(gas.limit), raw(to), minimal(value), content]
    if kind == 0:
        fields = [minimal(nonce), minimal(gas.most), *terms]
        r, s, parity = _signature(key, encode([*fields, minimal(chain_id), b"", b""]))
        return encode([*fields, minimal(35 + 2 * chain_id + parity), r, s])
    fields = [minimal(chain_id), minimal(nonce), minimal(gas.tip), minimal(gas.most), *terms, [], *([list(lent)] if lent else [])]
    r, s, parity = _signature(key, bytes([kind]) + encode(fields))
    return bytes([kind]) + encode([*fields, minimal(parity), r, s])


def _signature(key: PrivateKey, content: bytes) -> tuple[bytes, bytes, int]:
    signature = key.sign_recoverable(keccak(content), hasher=None)
    return signature[:32].lstrip(b"\0"), signature[32:64].lstrip(b"\0"), signature[64]
