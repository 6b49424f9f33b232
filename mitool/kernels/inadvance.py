"""Every compiled loop run once on a few numbers, so that its code is kept before it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from mitool.kernels.counts import agglomeration, cooccurrence, crossings, distinctbins, sketches
from mitool.kernels.counts.coded import PACKED_LEVELS, PACKED_ROWS, Coded, code
from mitool.kernels.gram import clouds
from mitool.kernels.neighbors import counting, line_levels, sweep
from mitool.kernels.neighbors.margin import Margin

N_ROWS = 200
CODES = np.uint8, np.uint16
"""Types of codes: of tables of up to 256 levels, and of more."""

Job = tuple[str, Callable[[], object]]


def jobs() -> Iterator[Job]:
    """Give the loops by what they are for, and a call that runs them; the longest to compile first.

    Loops that depend on the type of numbers or codes come with those that are usual.
    """
    counting.announce(N_ROWS, N_ROWS**2)
    cooccurrence.UNCOMPILED.announce(cooccurrence.UNCOMPILED.limit + 1)
    yield "neighbours of two columns", _two_columns
    yield "all neighbours of two columns", _each_of_two_columns
    yield "neighbours of two columns in many orders", _orders_of_two_columns
    yield "neighbours within labels", _levels_on_a_line
    yield "neighbours at several scales of one sweep", _sweeps
    yield "neighbours of several columns", lambda: _structure("steps", "Pairs")
    yield "neighbours of many rows", lambda: _structure("tree", "Tree")
    yield "counts in two columns", lambda: _structure("squares", "Squares")
    yield "counts in one column", _one_column
    yield "tables of labels", _tables
    yield "all pairs of a wide table", _sketches
    yield "bins of activations", _bins
    yield "kernels of many rows", _tiles
    yield "merging of levels", lambda: agglomeration.merged_levels(np.eye(4) / 4 + 1e-9, 2, 9.0)


def _numbers(n_dims: int) -> Margin:
    return Margin(np.random.default_rng(n_dims).standard_normal((N_ROWS, n_dims)))


def _two_columns() -> None:
    counting.tallies_at_scales(_numbers(1), _numbers(1), [(3, "open"), (9, "box")])


def _each_of_two_columns() -> None:
    counting.counts_at_scales(_numbers(1), _numbers(1), [(3, "open"), (9, "box")])


def _orders_of_two_columns() -> None:
    orders = [np.arange(N_ROWS)] * 2
    list(counting.permuted_tallies(_numbers(1), _numbers(1), orders, [(3, "open"), (9, "box")]))


def _levels_on_a_line() -> None:
    codes, orders = np.arange(N_ROWS) % 3, np.arange(N_ROWS)[None]
    line_levels.counts_in_levels(codes, _numbers(1), orders, (3,), closed=True)


def _sweeps() -> None:
    x, y = (_numbers(2).values for _ in "xy")
    sweep.counts(x, y, (1, 3))
    sweep.means_around(x, y, 3, 9)
    sweep.distance_correlation(x, y)


def _one_column() -> None:
    counting.count_within(_numbers(1), np.ones(N_ROWS))


def _structure(module: str, name: str) -> None:
    """Search and count with a structure over two columns, as far as it does these."""
    from importlib import import_module

    margin = _numbers(2)
    structure = getattr(import_module(f"mitool.kernels.neighbors.{module}"), name).over(margin)
    if hasattr(structure, "kth_distance"):
        structure.extents(structure.kth_distance(3), 1)
    structure.count(np.ones(N_ROWS), closed=True)


def _tables() -> None:
    codes = np.arange(PACKED_ROWS) % 7
    for kind in CODES:
        x, wide = (Coded((codes % n).astype(kind), n) for n in (7, PACKED_LEVELS + 1))
        cooccurrence.count_pairs(x, x)
        list(crossings.tables_with_each(wide, [wide] * 2))
    packed = code(codes.astype(np.float64)).packed()
    cooccurrence.count_pairs(packed, packed)


def _sketches() -> None:
    from mitool.kernels.counts.sketches_best_loops import keep_best

    columns = [np.arange(N_ROWS) % (2 + j) for j in range(3)]
    side = sketches.Sketches.of(columns, N_ROWS)
    numbers, best = np.arange(sketches.TILE), np.full((sketches.TILE, 2), -np.inf)
    scores, partners = sketches.Tables(side, side).scores(0), np.full(best.shape, -1)
    keep_best(scores, numbers, numbers, (0, 0), True, best, partners)


def _bins() -> None:
    for kind in (np.float32, np.float64):
        values = np.linspace(-1.0, 1.0, distinctbins.MANY).astype(kind)
        levels = distinctbins.distinct(values)
        distinctbins.cells_between(values, levels[:: len(levels) // 20])


def _tiles() -> None:
    points = np.linspace(0.0, 1.0, N_ROWS)[:, None]
    cloud = clouds.Cloud(points, None, np.ones(N_ROWS), np.arange(N_ROWS))
    rows = slice(0, N_ROWS)
    clouds.block(cloud, rows, cloud, rows, compiled=True)
    clouds.exponentiate(np.ones((2, 2)), compiled=True)
