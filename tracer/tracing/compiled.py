"""The kernels as machine code, by numba. This module imports numba: only `runs.py` asks for it, and only for many rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from llvmlite import ir
from numba.extending import intrinsic

from tracer.tracing import kernels
from tracer.tracing.kernel_memory import TOGETHER

PARTS = ("upcoming", "share", "fee_then_amount", "split", "emit", "make_room")
"""What kernels call."""


@intrinsic
def ahead(context: Any, cells: Any, place: Any) -> Any:
    """The processor's prefetch instruction; of no effect on any result."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        start = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(start, [arguments[1]]), pointer)
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer], ir.FunctionType(ir.VoidType(), [pointer, word, word, word]))
        for_writing, keep, of_data = word(1), word(3), word(1)
        builder.call(fetch, [place, for_writing, keep, of_data])
        return context.get_dummy_value()

    return numba.types.void(cells, numba.types.int64), emit


@cache
def compiled(name: str, wide: bool = False) -> Callable[..., Any]:
    """The kernel of that name, compiled for amounts of 64 bits, or of 128. The first call on a machine takes some seconds; the
    code is kept on disk.
    """
    return _jit(getattr(kernels, name), surroundings(wide))


@cache
def surroundings(wide: bool) -> dict[str, Any]:
    """What the kernels see once compiled. Substituted, not closed over: numba keeps no closure on disk."""
    seen = {**vars(kernels), "AHEAD": 16, "ahead": ahead}
    if wide:
        from tracer.tracing.multiply_and_divide_128 import muldiv128, portion128, proportion128

        seen |= {"LINE": 4, "muldiv": muldiv128, "proportion": proportion128, "portion": portion128}
    else:
        seen["STEP"] = TOGETHER
        seen["made_exact"] = _jit(kernels.made_exact, seen, inline="always")
        seen["muldiv"] = _jit(kernels.muldiv64, seen)
        seen |= {"proportion": _jit(kernels.proportion64, seen), "portion": _jit(kernels.portion64, seen)}
    for part in PARTS:
        seen[part] = _jit(getattr(kernels, part), seen, inline="always")
    return seen


@cache
def _sources() -> str:
    """A digest of all that is compiled. numba knows kept code by the time stamp of one file, and a kernel calls functions of several."""
    here = Path(__file__).parent
    files = [
        *sorted((here / "kernels").glob("*.py")),
        *(here / name for name in ("compiled.py", "int128.py", "multiply_and_divide_128.py")),
    ]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _jit(function: Any, seen: dict[str, Any], **options: Any) -> Callable[..., Any]:
    copy = FunctionType(function.__code__, seen, function.__name__)
    copy.__qualname__ = f"{function.__name__}_{_sources()}"
    # _nrt: nothing is allocated here, so no reference is counted; counting them takes three quarters of the time.
    options |= {"error_model": "numpy", "_nrt": False}
    try:
        return numba.njit(cache=True, **options)(copy)  # type: ignore[no-any-return]
    except RuntimeError:  # no place on disk can be written: compiled again in every process
        return numba.njit(**options)(copy)  # type: ignore[no-any-return]
