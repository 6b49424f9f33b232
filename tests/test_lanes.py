"""Eight numbers at once: each operation is NumPy's, and the search by them finds what others do."""

from __future__ import annotations

import numba
import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import cKDTree

from mitool.kernels import lanes_loops as of
from mitool.kernels.lanes import LANES
from mitool.kernels.memory import in_lines
from mitool.kernels.neighbors import strips
from mitool.kernels.neighbors.line import Line
from mitool.kernels.neighbors.margin import Margin
from mitool.variables import ascending

SPECIAL = [0.0, -0.0, np.inf, -np.inf, 5e-324, 1e-300, 1.0, 1.0 + 2.0**-52, 1.7e308, -1.7e308]
eight_numbers = arrays(np.float64, LANES, elements=st.sampled_from(SPECIAL) | st.floats(-9, 9))


@numba.njit
def every_operation(a, b, line, first, m, numbers, places, flags):
    u, v = of.numbers_at(a, 0, LANES), of.numbers_at(b, 0, LANES)
    at = of.following(first, first + m)
    of.put(numbers, 0, of.lower(u, v))
    of.put(numbers, 8, of.upper(u, v))
    of.put(numbers, 16, of.less(u, v))
    of.put(numbers, 24, of.apart(u, v))
    of.put(numbers, 32, of.where_within(u, v, of.alike(3.0)))
    of.put(numbers, 40, of.but_for(u, m - 1, 7.0))
    of.put(numbers, 48, of.before(of.apart(u, 0.0)))
    of.put(numbers, 56, of.values_at(line, at))
    of.put(numbers, 64, of.numbers_at(a, 0, m))
    of.put(numbers, 72, of.upper(u, 1.0))
    of.put_places(places, 0, 8, of.onward(at, m, 30))
    of.put_places(places, 8, 16, of.back(at, m))
    of.put_places(places, 16, 24, of.chosen_within(u, v, at, of.back(at, 31)))
    of.put_places(places, 24, 32, of.steps(at, of.back(at, m)))
    of.put_places(places, 32, 32 + m, at)
    flags[0], flags[1] = of.any_below(u, v), of.any_within(u, v)
    flags[2] = of.any_as_many(at, m)


@settings(deadline=None, max_examples=200)
@given(eight_numbers, eight_numbers, st.integers(0, 22), st.integers(1, LANES))
def test_operations_are_numpys(a, b, first, m):
    line, i = np.arange(31.0) ** 2, first + np.minimum(np.arange(LANES), m - 1)
    numbers, places, flags = np.empty(80), np.full(40, -5, np.int32), np.empty(3, np.bool_)
    every_operation(a, b, line, first, m, numbers, places, flags)
    replaced, cut = np.where(np.arange(8) == m - 1, 7.0, a), np.minimum(np.arange(8), m - 1)
    size, kept = np.abs(a), np.arange(8) < m
    with np.errstate(invalid="ignore", over="ignore"):
        expected = [np.minimum(a, b), np.maximum(a, b), a - b, np.abs(a - b)]
    below = np.where(size == np.inf, np.inf, np.where(size == 0, -1.0, np.nextafter(size, -1.0)))
    expected += [np.where(a <= b, 3.0, 0.0), replaced, below, line[i]]
    expected += [a[cut], np.maximum(a, 1.0)]
    assert np.array_equal(numbers.reshape(-1, 8), expected, equal_nan=True)
    moved = [np.minimum(i + m, 30), np.maximum(i - m, 0), np.where(a <= b, i, 0)]
    moved += [i - np.maximum(i - m, 0), np.where(kept, i, -5)]
    assert np.array_equal(places.reshape(-1, 8), moved)
    assert flags.tolist() == [(a < b).any(), (a <= b).any(), (i >= m).any()]


def columns(kind: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two columns that are hard to search: ties, heavy tails, clusters, numbers too far apart."""
    rng = np.random.default_rng(n)
    normal, group = rng.standard_normal((2, n)), rng.integers(0, 12, n)
    return {
        "normal": lambda: (normal[0], 0.6 * normal[0] + 0.8 * normal[1]),
        "line": lambda: (normal[0], normal[0] + 1e-9 * normal[1]),
        "cauchy": lambda: tuple(rng.standard_cauchy((2, n))),
        "lognormal": lambda: tuple(np.exp(4 * normal)),
        "clusters": lambda: (group + 1e-5 * normal[0], group**2 + 1e-7 * normal[1]),
        "lattice": lambda: tuple(rng.integers(0, 7, (2, n)).astype(float)),
        "repeated": lambda: (np.repeat(normal[0], 3)[:n], np.repeat(normal[1], 3)[:n]),
        "half zero": lambda: tuple(np.where(rng.random((2, n)) < 0.6, 0.0, normal)),
        "constant": lambda: (np.zeros(n), normal[1]),
        "far apart": lambda: (1.7e308 * np.sign(normal[0]) * rng.random(n), 1e300 * normal[1]),
        "subnormal": lambda: (5e-324 * np.round(99 * normal[0]), 1e-310 * normal[1]),
    }[kind]()


KINDS = (
    *("normal", "line", "cauchy", "lognormal", "clusters", "lattice", "repeated", "half zero"),
    *("constant", "subnormal"),
)


@pytest.mark.parametrize("n", [4, 7, 8, 9, 16, 17, 63, 130, 301])
@pytest.mark.parametrize("kind", KINDS)
def test_counts_in_strips_are_the_slow_twins(kind, n):
    blocks = [column[:, None] for column in columns(kind, n)]
    x, y = map(Margin, blocks)
    for k in (1, 2, 3, 4, 5, 11, 16, 19):
        if k < n:
            scales = [(k, ball) for ball in ("open", "closed", "box")]
            found = strips.neighbor_counts(x, y, scales)
            for counts, (_, ball) in zip(found, scales, strict=True):
                assert (counts == reference.neighbor_counts(blocks, ((0,), (1,)), k, ball)).all()


@pytest.mark.parametrize("n", [4, 30, 130])
def test_distances_beyond_all_numbers_are_infinite_and_closed_balls_hold_all(n):
    blocks = [column[:, None] for column in columns("far apart", n)]
    with np.errstate(over="ignore"):
        for ball in ("closed", "box"):
            (found,) = strips.neighbor_counts(*map(Margin, blocks), [(3, ball)])
            assert (found == reference.neighbor_counts(blocks, ((0,), (1,)), 3, ball)).all()


@pytest.mark.parametrize("kind", ["normal", "cauchy", "lognormal", "clusters"])
@pytest.mark.parametrize("n", [3_000, 70_000])
def test_many_points_have_the_neighbours_of_a_tree(kind, n):
    x, y = columns(kind, n)
    for k in (3, 8):
        far = cKDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), [k + 1], p=np.inf)[0]
        found = strips.neighbor_counts(Margin(x[:, None]), Margin(y[:, None]), [(k, "open")])[0]
        for column, counts in zip((x, y), found, strict=True):
            line, some = np.sort(column), slice(0, n, 1 + n // 300)
            near = np.abs(line - column[some, None]) < far[some]
            assert np.array_equal(counts[some], near.sum(axis=1) - (far[some, 0] > 0))


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans())
def test_counts_on_a_line_are_numpys(data, closed):
    n = data.draw(st.integers(1, 60))
    values = st.integers(0, data.draw(st.sampled_from([1, 5, 10_000]))).map(float)
    column = data.draw(arrays(np.float64, n, elements=values))
    radius = data.draw(arrays(np.float64, n, elements=values | st.just(np.inf)))
    distances = np.abs(column - column[:, None])
    within = distances <= radius[:, None] if closed else distances < radius[:, None]
    np.fill_diagonal(within, False)
    order = ascending(column)
    assert (Line(order, column[order]).count(radius, closed=closed) == within.sum(axis=1)).all()


@pytest.mark.parametrize("width", [1, 8, 500])
def test_counts_do_not_depend_on_the_width_of_strips(monkeypatch, width):
    margins = [Margin(column[:, None]) for column in columns("normal", 2_000)]
    scales = [(3, "open"), (3, "box"), (20, "closed")]
    usual = strips.neighbor_counts(*margins, scales)
    monkeypatch.setattr(strips, "SQUARED_WIDTH", width)
    monkeypatch.setattr(strips, "NARROWEST", 0)
    assert np.array_equal(strips.neighbor_counts(*margins, scales), usual)


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float64])
@pytest.mark.parametrize("n", [1, 7, 64, 1000])
def test_room_begins_with_a_line_of_the_cache(n, kind) -> None:
    rooms = [in_lines(n, kind) for _ in range(20)]  # all kept, so that each lies elsewhere
    for room in rooms:
        assert (room.shape, room.dtype, room.flags.c_contiguous) == ((n,), kind, True)
        assert room.ctypes.data % 64 == 0
