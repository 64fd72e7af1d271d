"""Integers of 128 bits, for numba, which has none; the machine code behind it does. Arrays of them are `int128_arrays.Wide`.

Operators are exact below 2^127 and do not look whether a result passes it: `kernels.balances` has looked before.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeVar

from llvmlite import ir
from numba import extending
from numba.core import imputils, types
from numba.core.typeconv.castgraph import Conversion
from numba.core.typing import templates
from numba.np import arrayobj

from tracer.tracing.int128_arrays import Wide

F = TypeVar("F")

# numba annotates none of these
intrinsic: Callable[[Callable[..., Any]], Any] = extending.intrinsic
lower_builtin: Callable[..., Callable[[F], F]] = imputils.lower_builtin
lower_cast: Callable[..., Callable[[F], F]] = imputils.lower_cast
infer_global: Callable[..., Callable[[F], F]] = templates.infer_global
type_of: Callable[..., Callable[[F], F]] = extending.typeof_impl.register
signature: Any = templates.signature
tuple_of: Any = types.UniTuple

LIMB, PAIR = ir.IntType(64), ir.IntType(128)


class Int128(types.Type):
    """A signed integer of 128 bits. Other integers become one where they meet, never the other way round."""

    def __init__(self) -> None:
        super().__init__(name="int128")

    def unify(self, typingctx: Any, other: Any) -> Any:
        return self if isinstance(other, types.Integer) else None

    def can_convert_from(self, typingctx: Any, other: Any) -> Any:
        return Conversion.promote if isinstance(other, types.Integer) else None


int128 = Int128()


@extending.register_model(Int128)
class _Model(extending.models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, PAIR)  # type: ignore[no-untyped-call]


@type_of(Wide)
def _type_of(value: Wide, context: Any) -> Any:
    layout: Any = "C" if value.flags.c_contiguous else "A"
    return types.Array(int128, value.ndim, layout, aligned=False)  # numpy lays limbs at multiples of 8, not of 16


@lower_cast(types.Integer, Int128)
def _widened(context: Any, builder: Any, of: Any, to: Any, value: Any) -> Any:
    return builder.sext(value, PAIR) if of.signed else builder.zext(value, PAIR)


@lower_cast(Int128, types.Integer)
def _narrowed(context: Any, builder: Any, of: Any, to: Any, value: Any) -> Any:
    return builder.trunc(value, context.get_value_type(to))


def _operator(names: tuple[Any, ...], gives: Any, emit: Any) -> None:
    """Teaches numba an operator of two integers, one of them wide at least."""

    class Template(templates.AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if int128 in args and all(arg == int128 or isinstance(arg, types.Integer) for arg in args):
                return signature(gives, int128, int128)
            return None

    def lowered(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *args)

    for name in names:
        infer_global(name)(Template)
        lower_builtin(name, int128, int128)(lowered)


def _compared(sign: str) -> Any:
    return lambda builder, left, right: builder.icmp_signed(sign, left, right)


_operator((operator.add, operator.iadd), int128, lambda builder, left, right: builder.add(left, right))
_operator((operator.sub, operator.isub), int128, lambda builder, left, right: builder.sub(left, right))
_operator((operator.mul,), int128, lambda builder, left, right: builder.mul(left, right))
_operator((operator.rshift,), int128, lambda builder, left, right: builder.ashr(left, right))
for _name, _sign in (
    (operator.lt, "<"),
    (operator.le, "<="),
    (operator.gt, ">"),
    (operator.ge, ">="),
    (operator.eq, "=="),
    (operator.ne, "!="),
):
    _operator((_name,), types.boolean, _compared(_sign))


def _chosen(sign: str) -> Any:
    return lambda builder, left, right: builder.select(builder.icmp_signed(sign, left, right), left, right)


_operator((min,), int128, _chosen("<"))
_operator((max,), int128, _chosen(">"))


@infer_global(operator.truth)
class _Truth(templates.AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.boolean, int128) if args == (int128,) else None


@lower_builtin(bool, int128)
@lower_builtin(operator.truth, int128)
def _truth(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.icmp_signed("!=", args[0], ir.Constant(PAIR, 0))


@infer_global(operator.getitem)
class _Getitem(templates.AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        cells, place = args
        return signature(cells.dtype, cells, int128) if isinstance(cells, types.Array) and place == int128 else None


@lower_builtin(operator.getitem, types.Array, int128)
def _getitem(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    plain = signature(sig.return_type, sig.args[0], types.intp)
    return context.get_function(operator.getitem, plain)(builder, (args[0], builder.trunc(args[1], LIMB)))


@infer_global(operator.setitem)
class _Setitem(templates.AbstractTemplate):
    """A wide integer is a place, or it is a place that is kept among others."""

    def generic(self, args: Any, kws: Any) -> Any:
        cells, place, value = args
        if isinstance(cells, types.Array) and (place == int128 or (value == int128 and isinstance(cells.dtype, types.Integer))):
            return signature(types.none, cells, place, value)
        return None


@lower_builtin(operator.setitem, types.Array, int128, int128)
@lower_builtin(operator.setitem, types.Array, int128, types.Any)
@lower_builtin(operator.setitem, types.Array, types.Any, int128)
def _setitem(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    cells, place, value = sig.args
    at = context.cast(builder, args[1], place, types.intp)
    return arrayobj.setitem_array(context, builder, signature(types.none, cells, types.intp, value), (args[0], at, args[2]))


@intrinsic
def low(context: Any, value: Any) -> Any:
    """The lower limb."""
    return types.uint64(int128), lambda context, builder, sig, args: builder.trunc(args[0], LIMB)


@intrinsic
def high(context: Any, value: Any) -> Any:
    """The upper limb."""
    return types.uint64(int128), lambda context, builder, sig, args: builder.trunc(builder.lshr(args[0], ir.Constant(PAIR, 64)), LIMB)


@intrinsic
def joined(context: Any, upper: Any, lower: Any) -> Any:
    """The integer of two limbs."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        upper, lower = (builder.zext(arg, PAIR) for arg in args)
        return builder.or_(builder.shl(upper, ir.Constant(PAIR, 64)), lower)

    return int128(types.uint64, types.uint64), emit


@intrinsic
def product(context: Any, left: Any, right: Any) -> Any:
    """Two limbs multiplied: both limbs of the result, the upper first."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = builder.mul(*(builder.zext(arg, PAIR) for arg in args))
        limbs = builder.trunc(builder.lshr(whole, ir.Constant(PAIR, 64)), LIMB), builder.trunc(whole, LIMB)
        return context.make_tuple(builder, sig.return_type, limbs)

    return tuple_of(types.uint64, 2)(types.uint64, types.uint64), emit


@intrinsic
def leading_zeros(context: Any, value: Any) -> Any:
    """How many of the 128 bits stand before the first that is set."""
    return types.uint64(int128), lambda context, builder, sig, args: builder.trunc(
        builder.ctlz(args[0], ir.Constant(ir.IntType(1), 0)), LIMB
    )


@intrinsic
def quotient(context: Any, left: Any, right: Any) -> Any:
    """Of two limbs, the second not 0, rounded down."""
    return types.uint64(types.uint64, types.uint64), lambda context, builder, sig, args: builder.udiv(*args)


@intrinsic
def shifted(context: Any, value: Any, by: Any) -> Any:
    """To the left, by less than 128."""
    return int128(int128, types.uint64), lambda context, builder, sig, args: builder.shl(args[0], builder.zext(args[1], PAIR))
