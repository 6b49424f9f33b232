"""Counting neighbours on a sorted line.

The places where the neighbours of eight points begin and end are found by halving a stretch of the
line, which is as wide for all and halved to the end, whatever is met: nothing depends on what a
comparison gives but the next place to look at, so a processor has all eight in hand at a time.
Heavy tails cost no more than others do. A table of the places where values stand takes half as long
again, and ten times as long under heavy tails. Points are taken as they stand on the line, so what
is looked at is in the cache; from strip to strip, 10⁶ of them take four times as long.
"""

from __future__ import annotations

from mitool.kernels.compiled import kernel
from mitool.kernels.lanes import LANES
from mitool.kernels.lanes_loops import (
    any_as_many,
    any_within,
    back,
    before,
    chosen_within,
    following,
    less,
    numbers_at,
    onward,
    put_places,
    steps,
    values_at,
)
from mitool.kernels.types import Places
from mitool.variables import Vector


@kernel
def count(
    line: Vector,
    radius: Vector,
    closed: bool,
    first: int,
    last: int,
    out: Places,
) -> None:
    """out[i] <- how many others lie within radius[i] of line[i], for i = first … last - 1."""
    n, width = line.shape[0], 2
    for i in range(first, last, LANES):
        here, values, r = following(i, last), numbers_at(line, i, last), numbers_at(radius, i, last)
        if not closed:
            r = before(r)
        while width < n and (
            any_within(less(values_at(line, onward(here, width, n - 1)), values), r)
            or any_within(less(values, values_at(line, back(here, width))), r)
        ):
            width <<= 1
        above, under, step = here, here, width >> 1
        while step > 0:
            probe = onward(above, step, n - 1)
            above = chosen_within(less(values_at(line, probe), values), r, probe, above)
            probe = back(under, step)
            under = chosen_within(less(values, values_at(line, probe)), r, probe, under)
            step >>= 1
        put_places(out, i, last, steps(above, under))
        half = width >> 1
        if not (any_as_many(steps(above, here), half) or any_as_many(steps(here, under), half)):
            width = max(half, 2)
