"""What kernels can do with eight numbers or places at once; a float stands for eight of it."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types

from mitool.kernels.lanes import (
    LANES,
    NUMBERS,
    PLACE,
    PLACES,
    collected,
    lane,
    loaded,
    numbers,
    operation,
    places,
    repeated,
    stored,
)

UNSIGNED = ir.Constant(ir.VectorType(ir.IntType(64), LANES), [(1 << 63) - 1] * LANES)
ONE = ir.Constant(UNSIGNED.type, [1] * LANES)
INFINITE = ir.Constant(UNSIGNED.type, [0x7FF << 52] * LANES)
MASK = ir.IntType(LANES)


@operation(numbers)
def alike(builder: Any, number: Any) -> Any:
    """Give a number eight times."""
    return number


@operation(numbers)
def numbers_at(builder: Any, array: Any, i: Any, stop: Any) -> Any:
    """Give array[i] … array[i + 7], of which those from ``stop`` on are the one before it."""
    return loaded(builder, array, i, stop)


@operation(numbers)
def room_at(builder: Any, array: Any, i: Any) -> Any:
    """Give array[i] … array[i + 7]."""
    return builder.load(builder.bitcast(builder.gep(array, [i]), NUMBERS.as_pointer()), align=8)


@operation(types.none)
def put(builder: Any, array: Any, i: Any, a: Any) -> None:
    """array[i] … array[i + 7] <- a."""
    here = builder.bitcast(builder.gep(array, [i]), NUMBERS.as_pointer())
    builder.store(a, here, align=8)


@operation(numbers)
def lower(builder: Any, a: Any, b: Any) -> Any:
    """Give the lower number in each lane: one instruction."""
    return builder.select(builder.fcmp_ordered("<", a, b), a, b)


@operation(numbers)
def upper(builder: Any, a: Any, b: Any) -> Any:
    """Give the larger number in each lane: one instruction."""
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


@operation(numbers)
def less(builder: Any, a: Any, b: Any) -> Any:
    """Give a - b."""
    return builder.fsub(a, b)


@operation(numbers)
def apart(builder: Any, a: Any, b: Any) -> Any:
    """Give how far a and b are from one another."""
    bits = builder.bitcast(builder.fsub(a, b), UNSIGNED.type)
    return builder.bitcast(builder.and_(bits, UNSIGNED), NUMBERS)


@operation(numbers)
def before(builder: Any, r: Any) -> Any:
    """Give the next numbers below those that are not negative: less than r is at most this.

    Infinity stays: whatever is as far as numbers can tell is closer than that.
    """
    bits = builder.bitcast(r, UNSIGNED.type)
    next_below = builder.bitcast(builder.sub(bits, ONE), NUMBERS)
    none = builder.fcmp_ordered("<=", r, ir.Constant(NUMBERS, None))
    known = builder.select(none, ir.Constant(NUMBERS, [-1.0] * LANES), next_below)
    return builder.select(builder.icmp_signed("==", bits, INFINITE), r, known)


@operation(numbers)
def but_for(builder: Any, a: Any, i: Any, number: Any) -> Any:
    """Give a with another number in lane i."""
    return builder.insert_element(a, builder.extract_element(number, lane(0)), i)


@operation(numbers)
def where_within(builder: Any, distance: Any, r: Any, a: Any) -> Any:
    """Give a in the lanes where a distance is at most r, 0 in the others."""
    return builder.select(builder.fcmp_ordered("<=", distance, r), a, ir.Constant(NUMBERS, None))


@operation(types.boolean)
def any_below(builder: Any, a: Any, b: Any) -> Any:
    """Tell whether a < b in any lane."""
    mask = builder.bitcast(builder.fcmp_ordered("<", a, b), MASK)
    return builder.icmp_unsigned("!=", mask, ir.Constant(MASK, 0))


@operation(types.boolean)
def any_within(builder: Any, a: Any, b: Any) -> Any:
    """Tell whether a <= b in any lane."""
    mask = builder.bitcast(builder.fcmp_ordered("<=", a, b), MASK)
    return builder.icmp_unsigned("!=", mask, ir.Constant(MASK, 0))


@operation(places)
def following(builder: Any, i: Any, stop: Any) -> Any:
    """Give i … i + 7, of which those from ``stop`` on are the one before it."""
    first, last = (repeated(builder, builder.trunc(place, PLACE)) for place in (i, stop))
    these = builder.add(first, ir.Constant(PLACES, list(range(LANES))))
    last = builder.sub(last, ir.Constant(PLACES, [1] * LANES))
    return builder.select(builder.icmp_signed("<", these, last), these, last)


@operation(types.none)
def put_places(builder: Any, array: Any, i: Any, stop: Any, a: Any) -> None:
    """array[i] … array[i + 7] <- a, but nothing from ``stop`` on."""
    stored(builder, array, i, stop, a)


@operation(numbers)
def values_at(builder: Any, array: Any, these: Any) -> Any:
    """Give the numbers of an array at eight places: eight loads, which one instruction slows."""

    def element(number: Any) -> Any:
        return builder.load(builder.gep(array, [builder.extract_element(these, number)]))

    return collected(builder, element, NUMBERS)


@operation(places)
def onward(builder: Any, these: Any, step: Any, last: Any) -> Any:
    """Give the places so many further on, but none beyond the last."""
    moved = builder.add(these, repeated(builder, builder.trunc(step, PLACE)))
    last = repeated(builder, builder.trunc(last, PLACE))
    return builder.select(builder.icmp_signed("<", moved, last), moved, last)


@operation(places)
def back(builder: Any, these: Any, step: Any) -> Any:
    """Give the places so many before, but none below 0."""
    moved = builder.sub(these, repeated(builder, builder.trunc(step, PLACE)))
    none = ir.Constant(these.type, None)
    return builder.select(builder.icmp_signed(">", moved, none), moved, none)


@operation(places)
def chosen_within(builder: Any, distance: Any, r: Any, these: Any, others: Any) -> Any:
    """Give these places in the lanes where a distance is at most r, others in the others."""
    return builder.select(builder.fcmp_ordered("<=", distance, r), these, others)


@operation(places)
def steps(builder: Any, these: Any, others: Any) -> Any:
    """Give how many places these are after others."""
    return builder.sub(these, others)


@operation(types.boolean)
def any_as_many(builder: Any, these: Any, many: Any) -> Any:
    """Tell whether there are so many or more in any lane."""
    many = repeated(builder, builder.trunc(many, PLACE))
    mask = builder.bitcast(builder.icmp_signed(">=", these, many), MASK)
    return builder.icmp_unsigned("!=", mask, ir.Constant(MASK, 0))
