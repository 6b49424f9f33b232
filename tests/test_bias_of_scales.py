"""The bias that two scales and the sides of neighbours show, and what an interval makes of it."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from mitool.inference import bounds, evidence, intervals
from mitool.inference.remaining_bias import bias_of_scales
from mitool.inference.sample import Resolution, Sample
from mitool.inference.sampling_units import single_rows
from mitool.kernels.neighbors.sidedness import sidedness, unevenness
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from tests.make import numbers, variable

ASKED = Uncertainty(level=0.95, order="none")


def plane(n, seed=0, draw="normal"):
    x, y = getattr(np.random.default_rng(seed), draw)(size=(2, n))
    return np.sort(x), y[np.argsort(x)]


def naive_sidedness(x, y, k):
    """All distances, point by point."""
    points, each = np.column_stack([x, y]), []
    for point in points:
        offsets = points - point
        distances = np.abs(offsets).max(axis=1)
        near = np.argsort(distances, kind="stable")[1 : k + 1]
        mean = offsets[near].mean(axis=0) / distances[near[-1]]
        each.append(k * np.sum(mean**2))
    return np.mean(each)


@pytest.mark.parametrize(("n", "k"), [(9, 8), (16, 8), (300, 8), (900, 3), (50, 1)])
@pytest.mark.parametrize("draw", ["normal", "standard_cauchy"])
def test_sidedness_is_that_of_all_distances(n, k, draw):
    x, y = plane(n, n, draw)
    assert sidedness(x, y, k) == pytest.approx(naive_sidedness(x, y, k), rel=1e-12)


def test_neighbours_far_along_the_line_are_found():
    """In two columns of points a neighbour is as near above as it is far along x."""
    x = np.arange(600.0)
    y = np.where(np.arange(600) % 2, 1e4, 0.0) + 3.0 * x
    assert sidedness(x, y, 4) == pytest.approx(naive_sidedness(x, y, 4), rel=1e-12)


@pytest.mark.parametrize("k", [1, 8])
def test_where_the_density_is_even_neighbours_are_on_all_sides(k):
    """The k-th lies on the edge of a square, the others anywhere in it: (2 k + 2) / 3 k."""
    x, y = plane(20_000, draw="random")
    assert sidedness(x, y, k) == pytest.approx((2 * k + 2) / (3 * k), rel=0.05)


def test_unevenness_is_that_of_some_rows_where_there_are_many():
    """Sidedness of independent normals falls to .75 as n to the power -2/3, or nearly so."""
    found = []
    for n in (400, 20_000):
        x, y = np.random.default_rng(n).normal(size=(2, n))
        orders = np.argsort(x), np.argsort(y)
        found.append(unevenness(*orders, lambda n: norm.ppf(np.arange(1, n + 1) / (n + 1))))
    assert found[1] == pytest.approx(found[0], rel=0.25)
    assert found[0] / 400 ** (2 / 3) + 0.75 == pytest.approx(1.0, abs=0.1)


def test_unevenness_looks_at_order_alone():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 200))
    found = []
    for pair in ((x, y), (np.exp(3 * x), y**3)):
        measurement, _ = measurement_of(numbers(pair[0]), numbers(pair[1], "y"), None, Settings())
        method = measurement.method
        prepared = method.prepared(measurement.x, measurement.y)
        found.append(method.estimator.unevenness(*prepared))
    assert found[0] == found[1]


def test_a_gap_pulls_up_and_one_sided_neighbours_down():
    """An even plane and no gap leave what falls as the root of the rows."""
    none = bias_of_scales(0.0, 0.0, 0.0, 400)
    assert bias_of_scales(0.0, 0.0, 0.0, 1600) == pytest.approx(none / 2)
    assert bias_of_scales(0.1, 0.0, 0.0, 400) > none > bias_of_scales(0.0, 0.0, 9.0, 400)
    assert bias_of_scales(0.1, 0.2, 0.0, 400) < bias_of_scales(0.1, 0.0, 0.0, 400)


@pytest.mark.parametrize(
    ("bias", "drift", "low", "high"),
    [
        (0.0, 0.0, 0.8, 1.2),
        (0.1, 0.0, 0.82, 1.3),  # no end loses more than a tenth of what sampling alone gives it
        (-0.1, 0.0, 0.7, 1.18),
        (0.01, 0.0, 0.81, 1.21),
        (0.1, 0.3, 0.9, 1.48),  # a drift that is more, beyond nine tenths of the same
        (0.1, -0.3, 0.52, 1.3),
    ],
)
def test_an_interval_moves_by_its_bias_and_still_holds_a_drift(bias, drift, low, high):
    plain = bounds.symmetric(1.0, 0.1, 2.0, 0.95, "subsample")
    found = bounds.moved(plain, 1.0, bias, drift)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert (found.drift, found.sampling_se) == (drift, pytest.approx(0.1))


def mean_with_gap(gap):
    values = np.random.default_rng(4).normal(size=400)
    resolution = Resolution(lambda rows: (float(values[rows].mean()), gap), lambda: 0.0)
    return Sample(
        float(values.mean()),
        lambda rows: float(values[rows].mean()),
        single_rows(400),
        "mean",
        resolution=resolution,
    )


def test_an_interval_by_subsamples_moves_by_what_the_scales_show():
    sample = mean_with_gap(0.5)
    plain = intervals.subsample(replace(sample, resolution=None), 0.95, 200)
    found = intervals.subsample(sample, 0.95, 200)
    m = round(400**0.86)
    assert found.apart == pytest.approx(0.5 * sqrt(m / 400))
    assert (plain.apart, found.se) == (None, plain.se)
    above = bias_of_scales(found.apart, 0.0, 0.0, 400)
    assert found.high - plain.high == pytest.approx(above - max(plain.drift, 0.0), abs=0.01)
    assert found.low > plain.low
    assert found.scaled(2.0).apart == 2.0 * found.apart


def test_scales_disagree_by_their_gap_over_subsamples_where_there_is_one():
    near = evidence.Evidence(0.5, 0.1, coarser=0.3)
    assert near.depends_on_scale
    assert not replace(near, apart=0.16).depends_on_scale
    assert replace(near, coarser=0.5, apart=0.17).depends_on_scale
    assert not replace(near, coarser=None).depends_on_scale


def diamond(n, seed):
    u, v = np.random.default_rng(seed).uniform(-1, 1, (2, n))
    return (u + v) / 2, (u - v) / 2


def test_intervals_at_slanted_edges_hold_the_truth():
    """A diamond has 1 - log 2 nats; before, 87 % of the unflagged held it and 79 % before that."""
    truth, held = 1.0 - log(2.0), 0
    for seed in range(40):
        x, y = diamond(200, seed)
        found = assess(numbers(x), numbers(y, "y"), uncertainty=ASKED).interval
        held += found.low <= truth <= found.high
    assert held >= 37


@pytest.mark.parametrize(
    ("settings", "order", "n_dims"),
    [
        (Settings("ksg"), "none", 1),
        (Settings("two-scales", transform="rank"), "none", 1),
        (Settings("two-scales"), "none", 2),
        (Settings("two-scales"), "time", 1),
    ],
)
def test_what_it_was_not_measured_on_is_as_it_was(settings, order, n_dims):
    rng = np.random.default_rng(5)
    pair = [variable(rng.normal(size=(200, n_dims)), name=name) for name in "xy"]
    asked = Uncertainty(level=0.95, order=order)
    assert assess(*pair, settings=settings, uncertainty=asked).interval.apart is None
