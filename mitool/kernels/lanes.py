"""Types for kernels: eight numbers, or eight places, that a processor computes with at once.

``lanes_loops`` has what can be done with them. Eight numbers fill one register of AVX-512, two of
AVX2, four of other processors, for each of which LLVM writes the instructions. Loops over arrays of
eight are left to LLVM's luck, and their numbers to memory: neighbours were sought half as fast
with them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

LANES = 8
PLACE = ir.IntType(32)
NUMBERS = ir.VectorType(ir.DoubleType(), LANES)
PLACES = ir.VectorType(PLACE, LANES)

Lanes = Any
"""What an annotation says of eight numbers or places; MyPy knows no types of Numba."""


class EightNumbers(types.Type):  # type: ignore[misc]
    """Eight floats, in kernels alone."""


class EightPlaces(types.Type):  # type: ignore[misc]
    """Eight integers of 32 bits, in kernels alone."""


@register_model(EightNumbers)
class NumbersModel(models.PrimitiveModel):  # type: ignore[misc]
    """They are one vector of LLVM's."""

    def __init__(self, manager: Any, kind: EightNumbers) -> None:
        super().__init__(manager, kind, NUMBERS)


@register_model(EightPlaces)
class PlacesModel(models.PrimitiveModel):  # type: ignore[misc]
    """They are one vector of LLVM's."""

    def __init__(self, manager: Any, kind: EightPlaces) -> None:
        super().__init__(manager, kind, PLACES)


numbers, places = EightNumbers("EightNumbers"), EightPlaces("EightPlaces")


def operation(result: types.Type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Turn what writes instructions, from a builder and values, into a function of kernels.

    Of an array it is given where its elements begin. A float is given eight times.
    """

    def decorate(write: Callable[..., Any]) -> Callable[..., Any]:
        def typed(_: Any, *kinds: types.Type) -> tuple[Any, Callable[..., Any]]:
            def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
                given = zip(signature.args, values, strict=True)
                made = write(builder, *(_plain(context, builder, *each) for each in given))
                return context.get_dummy_value() if result is types.none else made

            return result(*kinds), generate

        update_wrapper(typed, write)  # Numba matches arguments by the signature of what it wraps
        function: Callable[..., Any] = intrinsic(typed)
        return function

    return decorate


def _plain(context: Any, builder: Any, kind: types.Type, value: Any) -> Any:
    if isinstance(kind, types.Array):
        return context.make_array(kind)(context, builder, value).data
    return repeated(builder, value) if isinstance(kind, types.Float) else value


def repeated(builder: Any, value: Any) -> Any:
    """Give a value eight times."""
    kind = ir.VectorType(value.type, LANES)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(PLACE, 0))
    return builder.shuffle_vector(one, one, ir.Constant(PLACES, None))


def lane(number: int) -> Any:
    """Give the number of a lane as LLVM wants it."""
    return ir.Constant(PLACE, number)


def collected(builder: Any, element: Callable[[Any], Any], kind: Any) -> Any:
    """Give a vector of what ``element`` gives for the number of each lane."""
    vector = ir.Constant(kind, ir.Undefined)
    for number in range(LANES):
        vector = builder.insert_element(vector, element(lane(number)), lane(number))
    return vector


def loaded(builder: Any, array: Any, i: Any, stop: Any) -> Any:
    """Give array[i] … array[i + 7], of which those from ``stop`` on are the one before it."""
    kind = ir.VectorType(array.type.pointee, LANES)
    last = builder.sub(stop, ir.Constant(stop.type, 1))

    def element(number: Any) -> Any:
        there = builder.add(i, builder.zext(number, i.type))
        there = builder.select(builder.icmp_signed("<", there, last), there, last)
        return builder.load(builder.gep(array, [there]))

    with builder.if_else(_all_before(builder, i, stop)) as (whole, part):
        with whole:
            here = builder.bitcast(builder.gep(array, [i]), kind.as_pointer())
            all_of_them, where = builder.load(here, align=1), builder.block
        with part:
            some_of_them, elsewhere = collected(builder, element, kind), builder.block
    found = builder.phi(kind)
    found.add_incoming(all_of_them, where)
    found.add_incoming(some_of_them, elsewhere)
    return found


def stored(builder: Any, array: Any, i: Any, stop: Any, vector: Any) -> None:
    """array[i] … array[i + 7] <- vector, but nothing from ``stop`` on."""
    with builder.if_else(_all_before(builder, i, stop)) as (whole, part):
        with whole:
            here = builder.bitcast(builder.gep(array, [i]), vector.type.as_pointer())
            builder.store(vector, here, align=1)
        with part:
            for number in range(LANES):
                there = builder.add(i, ir.Constant(i.type, number))
                with builder.if_then(builder.icmp_signed("<", there, stop)):
                    value = builder.extract_element(vector, lane(number))
                    builder.store(value, builder.gep(array, [there]))


def _all_before(builder: Any, i: Any, stop: Any) -> Any:
    return builder.icmp_signed("<=", builder.add(i, ir.Constant(i.type, LANES)), stop)
