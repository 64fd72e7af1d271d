"""What a token's code shows: a function that freezes is found among its constants, and nowhere else."""

from __future__ import annotations

from tracer.chains.evm.freeze_functions import freezing_functions
from tracer.chains.evm.rlp_and_keccak import keccak

BLACKLIST = keccak(b"blacklist(address)")[:4]
PUSH4, PUSH8, STOP = b"\x63", b"\x67", b"\x00"


def test_a_constant_that_calls_are_compared_with_names_its_function():
    assert freezing_functions(PUSH4 + BLACKLIST + STOP) == ("blacklist(address)",)


def test_the_same_bytes_within_a_longer_constant_name_nothing():
    assert freezing_functions(PUSH8 + PUSH4 + BLACKLIST + b"\0" * 3 + STOP) == ()


def test_an_account_without_code_can_freeze_nothing():
    assert freezing_functions(b"") == ()
