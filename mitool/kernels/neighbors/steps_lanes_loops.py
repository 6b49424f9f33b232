"""Sixty-four points at a time: how many steps they are from one, and which of them are near.

Written in the vectors of the compiler, 16 bits a point, where plain loops are vectors only if it
finds that they can be: four dimensions in one loop are as fast, one dimension in each takes three
times as long, and either takes three times as long to compile.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 64
WIDE, INDEX = ir.VectorType(ir.IntType(16), LANES), ir.IntType(64)
SINGLE = ir.VectorType(ir.IntType(16), 1)
ALL_FIRST = ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
START, ZEROS = ir.Constant(INDEX, 0), ir.Constant(WIDE, None)


@intrinsic  # type: ignore[untyped-decorator]
def apart(typing: Any, steps: Any, block: Any, point: Any, n_dims: Any, far: Any) -> Any:
    """far[64 block + j] <- how many steps point j of the block is away, where it is farthest.

    steps (n_blocks, n_dims, 64), point (n_dims,), of 16 bits.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def at(which: int, wide: Any, *place: Any) -> Any:
            kind = signature.args[which]
            array = context.make_array(kind)(context, builder, arguments[which])
            start = cgutils.get_item_pointer(context, builder, kind, array, place)
            return builder.bitcast(start, wide.as_pointer())

        farthest = cgutils.alloca_once(builder, WIDE)
        builder.store(ZEROS, farthest)
        with cgutils.for_range(builder, arguments[3], intp=INDEX) as dimension:
            theirs = builder.load(at(0, WIDE, arguments[1], dimension.index, START), align=2)
            single = builder.load(at(2, SINGLE, dimension.index), align=2)
            own = builder.shuffle_vector(single, single, ALL_FIRST)
            above = builder.icmp_unsigned(">", theirs, own)
            low, high = builder.select(above, own, theirs), builder.select(above, theirs, own)
            away, most = builder.sub(high, low), builder.load(farthest)
            more = builder.icmp_unsigned(">", away, most)
            builder.store(builder.select(more, away, most), farthest)
        place = builder.mul(arguments[1], ir.Constant(INDEX, LANES))
        builder.store(builder.load(farthest), at(4, WIDE, place), align=2)
        return context.get_dummy_value()

    return types.void(steps, types.intp, point, types.intp, far), generate


@intrinsic  # type: ignore[untyped-decorator]
def nearer(typing: Any, far: Any, block: Any, limit: Any) -> Any:
    """Give which of the 64 points of a block are fewer than ``limit`` steps away, as bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.mul(arguments[1], ir.Constant(INDEX, LANES))
        array = context.make_array(far)(context, builder, arguments[0])
        start = cgutils.get_item_pointer(context, builder, far, array, [place])
        theirs = builder.load(builder.bitcast(start, WIDE.as_pointer()), align=2)
        single = builder.bitcast(arguments[2], SINGLE)
        limits = builder.shuffle_vector(single, single, ALL_FIRST)
        return builder.bitcast(builder.icmp_unsigned("<", theirs, limits), INDEX)

    return types.int64(far, types.intp, types.uint16), generate


@intrinsic  # type: ignore[untyped-decorator]
def first_of(typing: Any, points: Any) -> Any:
    """Give the number of the lowest bit that is set, of a word that has one."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate
