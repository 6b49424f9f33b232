"""The information plane: reference values of the papers' programs, exact values, invariances."""

from __future__ import annotations

import json
from itertools import product
from math import exp, log, log2, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mitool.errors import MitoolError
from mitool.estimators.ebab import EBAB
from mitool.estimators.kde_bounds import KDEBounds
from mitool.kernels.counts.distinctbins import (
    MANY,
    cells_between,
    distinct,
    distinct_edges,
    low_edge,
)
from mitool.networks.covariances import spectra
from mitool.networks.gapbound import GRID, GapBound
from tests.make import discrete, variable
from tests.nets import classes, layer, plane

DATA = Path(__file__).parent / "data" / "networks"
SHARED = Path(__file__).parent / "data" / "spectral" / "C"
CASES: dict[str, dict[str, Any]] = {
    case["case"]: case for case in json.loads((DATA / "cases.json").read_text())["cases"]
}
BITS = log(2.0)
KEPT, TOLD, ENTROPY, WITHIN = "I(X;T)", "I(T;Y)", "H(T)", "I(X;T|Y)"


def table(name: str) -> np.ndarray:
    paths = [folder / Path(name).name for folder in (DATA, SHARED)]
    return np.loadtxt(next(path for path in paths if path.exists()), delimiter=",", ndmin=2)


def inputs(case: dict[str, Any]) -> list[np.ndarray]:
    return [table(name) for name in case["inputs"]]


# Values of the papers' own programs


@pytest.mark.parametrize(("name", "low", "cells"), [("C07", "relu", 32), ("C10", "tanh", 9)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ebab_has_edges_cells_and_values_of_its_authors(
    name: str, low: str, cells: int, dtype: type
) -> None:
    case = CASES[name]
    t, x, y = inputs(case)
    t = t.astype(dtype)  # saved by a network of 32 bits: nothing is lost
    estimator = EBAB(n_bins=case["params"]["num_of_bins"], low=low)
    (edges,) = estimator.edges_of(t, "t")
    assert edges == pytest.approx(table(case["edges"])[:, 0].astype(dtype), abs=1e-15)
    assert len(np.unique(estimator.cells(t, [edges]))) == cells
    of = layer(t, classes(y), inputs=x)
    found = plane(of, "ebab", n_bins=estimator.n_bins, low=low)
    values = [found[KEPT].value, found[TOLD].value]
    assert np.array(values) / BITS == pytest.approx(case["value"], abs=1e-9)


def test_kde_bounds_of_a_layer_are_those_of_their_authors() -> None:
    case = CASES["C01"]
    t, y = inputs(case)
    found = plane(layer(t, classes(y)), "kde-bounds", noise=1e-3, scale="none")
    kept, told, h = found[KEPT], found[TOLD], found[ENTROPY]
    values = [kept.value, kept.extras["lower"], told.value, told.extras["lower_type"]]
    assert np.array(values) / BITS == pytest.approx(case["value"], abs=1e-9)
    assert h.value == pytest.approx(case["H_upper_nats"], abs=1e-9)
    assert h.extras["lower"] == pytest.approx(case["H_lower_nats"], abs=1e-9)
    assert h.value - kept.value == pytest.approx(case["H_T_given_X_nats"], abs=1e-9)


def test_bins_of_a_width_are_those_of_their_authors() -> None:
    case = CASES["C04"]
    t, y = inputs(case)
    found = plane(layer(t, classes(y)), "bins", width=case["params"]["binsize"])
    values = [found[KEPT].value, found[TOLD].value]
    assert np.array(values) / BITS == pytest.approx(case["value"], abs=1e-9)


def test_rankme_and_von_neumann_are_named_apart() -> None:
    """Values of the issue, from NumPy's own singular values and eigenvalues."""
    scale = np.array([4, 3, 2, 1, 1, 0.5, 0.5, 0.1])
    x = np.random.default_rng(1).standard_normal((500, 8)) * scale
    found = {(m.estimator, q.name): q for m, q in spectra(layer(x))}
    covariance = found["von-neumann", "effective_rank"]
    assert found["rankme", "effective_rank"].value == pytest.approx(5.59478691, abs=1e-8)
    assert covariance.value == pytest.approx(3.50526290, abs=1e-8)
    assert covariance.facts["participation_ratio"] == pytest.approx(2.77682237, abs=1e-8)
    assert found["von-neumann", "von_neumann_entropy"].value == pytest.approx(log(3.50526290))


def test_spectra_do_not_lose_small_directions() -> None:
    """By the matrix itself: not squared, which would lose all below 1e-8 of the largest."""
    rng = np.random.default_rng(3)
    x = np.linalg.qr(rng.standard_normal((200, 5)))[0] * [1, 1e-3, 1e-5, 1e-9, 1e-11]
    sigma = np.array([1, 1e-3, 1e-5, 1e-9, 1e-11])
    p = sigma / sigma.sum()
    _, rank = next(spectra(layer(x)))
    assert log(rank.value) == pytest.approx(-(p @ np.log(p)), rel=1e-9)


# Exact values


CUBE = np.array(list(product((0.0, 1.0), repeat=12)))


@pytest.mark.parametrize(
    ("variance", "upper", "lower"),
    [(0.1, 11.8837416004, 7.6385179642), (0.05, 11.9992140388, 10.6342340587)],
)
def test_kde_bounds_of_the_hypercube_are_exact(variance: float, upper: float, lower: float) -> None:
    """Distances add over the axes, so the mean kernel is a power of that of one axis."""
    found = plane(layer(CUBE), "kde-bounds", noise=variance, scale="none")[KEPT]
    of_one = [12 * (1 - log2(1 + exp(-1 / (2 * f * variance)))) for f in (1, 4)]
    assert [upper, lower] == pytest.approx(of_one, abs=1e-9)
    assert found.value / BITS == pytest.approx(of_one[0], abs=1e-9)
    assert found.extras["lower"] / BITS == pytest.approx(of_one[1], abs=1e-9)


def test_the_hypercube_has_twelve_bits_and_its_first_half_one() -> None:
    found = plane(layer(CUBE, classes(CUBE[:, 0])), "ebab")
    values = [found[name].value / BITS for name in (KEPT, TOLD, ENTROPY, WITHIN)]
    assert values == pytest.approx([12.0, 1.0, 12.0, 11.0], abs=1e-12)
    ceilings = [found[name].ceiling / BITS for name in (KEPT, TOLD, ENTROPY, WITHIN)]
    assert ceilings == pytest.approx([12.0, 1.0, 12.0, 11.0], abs=1e-12)


def test_equal_inputs_count_once() -> None:
    """X takes 8 values, T adds a coin: I(X;T) is 3 bits, and so is its ceiling."""
    x = np.repeat(np.arange(8.0), 4)
    coin = np.tile([0.0, 0.0, 1.0, 1.0], 8)
    of = layer(np.column_stack((x, coin)), classes(x % 2), inputs=x[:, None])
    found = plane(of, "ebab")
    values = [found[name].value / BITS for name in (KEPT, TOLD, ENTROPY, WITHIN)]
    assert values == pytest.approx([3.0, 1.0, 4.0, 2.0], abs=1e-12)
    assert found[KEPT].ceiling / BITS == pytest.approx(3.0)


def test_two_points_under_noise() -> None:
    distance, variance = 1.7, 0.3
    t = np.array([[0.0], [distance]] * 5)
    found = plane(layer(t), "kde-bounds", noise=variance, scale="none")[KEPT]
    for value, factor in ((found.value, 2.0), (found.extras["lower"], 8.0)):
        expected = log(2 / (1 + exp(-(distance**2) / (factor * variance))))
        assert value == pytest.approx(expected, abs=1e-12)


def test_label_information_is_corrected_beside_the_plain_one(rng: np.random.Generator) -> None:
    """Of independent labels it is 0: the plug-in is far above, the corrected ones are not."""
    t, y = rng.integers(0, 4, (200, 3)).astype(float), rng.integers(0, 5, 200)
    told = plane(layer(t, classes(y)), "ebab")[TOLD]
    assert told.value > 0.4
    assert abs(told.extras["nsb"]) < 0.2
    assert abs(told.extras["grassberger"]) < told.value


def test_the_term_of_the_bound_rests_on_noise_in_all_dimensions(rng: np.random.Generator) -> None:
    """Far apart, H(Z|Y) is log n_y plus the entropy of the noise in d dimensions: no rest of d."""
    t = 1e3 * np.eye(12)[:, :7] + np.arange(12.0)[:, None] * 1e4
    of = layer(t, classes(np.arange(12) % 2))
    found = {q.name: q for _, q in GapBound(noise=0.5).read(of)}
    assert found["I(X;Z|Y)"].value == pytest.approx(log(6), abs=1e-12)
    assert found["I(X;Z|Y)"].extras["information"] == pytest.approx(log(12), abs=1e-12)
    term = sqrt((log(6) + 1) / 12)
    assert found["generalization_bound"].value == pytest.approx(term, abs=1e-12)


def test_the_grid_of_noise_is_in_deviations_of_the_mean_unit(rng: np.random.Generator) -> None:
    of = layer(rng.standard_normal((50, 3)) * [1, 2, 3], classes(np.arange(50) % 2))
    unit = float(of.values.std(axis=0).mean())
    tried = [q for _, q in GapBound().read(of) if q.name == "I(X;Z|Y)"]
    assert [q.facts["noise_factor"] for q in tried] == list(GRID)
    for q in tried:
        assert q.facts["noise"] == pytest.approx(q.facts["noise_factor"] * unit)
        alone = GapBound(noise=q.facts["noise"])
        twin = next(found for _, found in alone.read(of))
        assert q.value == pytest.approx(twin.value, rel=1e-9)


# Invariances


LAYERS = arrays(np.float64, (24, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.5]))
ESTIMATORS = [("ebab", {"n_bins": 3}), ("bins", {"n_bins": 3}), ("kde-bounds", {"scale": "none"})]
Y = classes(np.arange(24) % 3)


def numbers(t: np.ndarray, estimator: str, **params: Any) -> list[float]:
    found = plane(layer(t, Y), estimator, **params)
    return [found[name].value for name in (KEPT, TOLD, WITHIN)]


@pytest.mark.parametrize(("estimator", "params"), ESTIMATORS)
@settings(max_examples=15, deadline=None)
@given(t=LAYERS)
def test_the_order_of_neurons_and_rows_does_not_matter(estimator, params, t) -> None:
    plain = numbers(t, estimator, **params)
    assert numbers(t[:, [2, 0, 1]], estimator, **params) == pytest.approx(plain, abs=1e-12)
    rows = np.random.default_rng(0).permutation(24)
    moved = plane(layer(t[rows], classes((np.arange(24) % 3)[rows])), estimator, **params)
    values = [moved[name].value for name in (KEPT, TOLD, WITHIN)]
    assert values == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize(("estimator", "params"), ESTIMATORS[:2])
@settings(max_examples=15, deadline=None)
@given(t=LAYERS)
def test_bins_take_copies_of_neurons_and_other_scales_as_the_same(estimator, params, t) -> None:
    plain = numbers(t, estimator, **params)
    assert numbers(np.hstack((t, t[:, :1])), estimator, **params) == plain
    assert numbers(4.0 * t, estimator, **params) == plain


@settings(max_examples=15, deadline=None)
@given(t=LAYERS, scale=st.sampled_from([0.01, 0.5, 3.0, 1000.0]))
def test_kde_bounds_scale_with_their_noise(t, scale) -> None:
    plain = numbers(t, "kde-bounds", noise=0.2, scale="none")
    scaled = numbers(scale * t, "kde-bounds", noise=0.2 * scale**2, scale="none")
    assert scaled == pytest.approx(plain, abs=1e-9)


@pytest.mark.parametrize(("estimator", "params"), ESTIMATORS[:2])
@settings(max_examples=15, deadline=None)
@given(t=LAYERS)
def test_label_information_is_within_its_ceilings(estimator, params, t) -> None:
    found = plane(layer(t, Y), estimator, **params)
    kept, told, within = (found[name].value for name in (KEPT, TOLD, WITHIN))
    assert -1e-12 <= told <= min(found[TOLD].ceiling, kept) + 1e-12
    assert kept <= log(24) + 1e-12
    assert within == pytest.approx(kept - told, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(t=LAYERS)
def test_the_upper_bound_is_above_the_lower(t) -> None:
    found = plane(layer(t, Y), "kde-bounds", noise=0.3, scale="none")
    for name in (KEPT, WITHIN):
        assert found[name].extras["lower"] <= found[name].value + 1e-12
    told = found[TOLD].extras
    assert told["lower_bound"] <= told["upper_bound"] + 1e-12


@pytest.mark.parametrize("scale", ["none", "max", "max-squared", "variance"])
def test_rules_of_noise_are_those_stated(scale: str, rng: np.random.Generator) -> None:
    t = np.abs(rng.standard_normal((40, 3)))
    factor = {"none": 1, "max": t.max(), "max-squared": t.max() ** 2, "variance": 0}[scale]
    factor = factor or np.mean([np.mean((u - u.mean()) ** 2) for u in t.T])  # ddof 0
    found = plane(layer(t), "kde-bounds", noise=1e-3, scale=scale)[KEPT]
    assert found.facts["noise_variance"] == pytest.approx(1e-3 * factor)
    alone = plane(layer(t), "kde-bounds", noise=1e-3 * factor, scale="none")[KEPT]
    assert found.value == pytest.approx(alone.value, abs=1e-12)


@pytest.mark.parametrize("estimator", ["ebab", "bins", "kde-bounds", "dsmi", "csqmi"])
@pytest.mark.parametrize("level", [0.0, 2.5])
def test_a_dead_layer_tells_nothing(estimator: str, level: float) -> None:
    found = plane(layer(np.full((24, 5), level), Y), estimator)
    assert {q.value for name, q in found.items() if name in (KEPT, TOLD, WITHIN)} == {0.0}


def test_a_layer_and_a_column_are_the_same_by_the_command_estimate() -> None:
    """`ebab`, `kde-bounds` of a layer are those of its columns as one variable."""
    rng = np.random.default_rng(8)
    t, y = np.maximum(rng.standard_normal((80, 3)), 0), np.arange(80) % 4
    for name, estimator in (("ebab", EBAB()), ("kde-bounds", KDEBounds())):
        alone = estimator(variable(t), discrete(y)).mi
        assert plane(layer(t, classes(y)), name)[TOLD].value == pytest.approx(alone, abs=1e-12)


# Edges


def test_edges_of_a_column_are_its_own() -> None:
    t = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])
    first, second = EBAB(n_bins=2, scope="column").edges_of(t, "t")
    assert first.tolist() == [0.0, 1.0, 3.0, 4.0]
    assert second.tolist() == [0.0, 10.0, 30.0, 40.0]


def test_the_low_edge_is_found_just_below_negative_values() -> None:
    t = np.array([[-0.5], [0.25], [1.0]], dtype=np.float32)
    (edges,) = EBAB(n_bins=1).edges_of(t, "t")
    assert edges[0] == np.nextafter(np.float32(-0.5), np.float32(-1))
    assert EBAB(n_bins=1).cells(t, [edges]).ravel().tolist() == [1, 1, 2]


def test_values_below_a_low_edge_are_refused() -> None:
    with pytest.raises(MitoolError, match="'t' holds -1, below the low edge 0; use -p low=auto"):
        EBAB(low="relu").edges_of(np.array([[-1.0], [1.0]]), "t")


def test_zeros_of_both_signs_are_one_value() -> None:
    t = np.array([[0.0], [-0.0], [1.0], [1.0]])
    assert plane(layer(t), "ebab")[KEPT].value == pytest.approx(log(2), abs=1e-12)
    found = plane(layer(t), "kde-bounds", noise=1e-6, scale="none")[KEPT]
    assert found.value == pytest.approx(log(2), abs=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("zeros", [True, False])
def test_many_numbers_are_sorted_and_cut_as_few_are(dtype: type, zeros: bool) -> None:
    """By their bits, against NumPy: of both signs, tiny and huge, zeros of both signs."""
    rng = np.random.default_rng(4)
    exponents = rng.integers(-120, 120, (600, 512))
    values = np.ldexp(rng.choice([-1.0, 1.0], (600, 512)), exponents // 30).astype(dtype)
    values *= np.round(rng.random((600, 512)), 3).astype(dtype) + dtype(0.001)
    values[0, :3] = np.array([np.finfo(dtype).tiny / 8, np.finfo(dtype).max / 2, -1e-30])
    if zeros:
        values[1, :4], values[2, 0] = 0.0, -0.0
    assert values.size >= MANY
    levels = distinct(values)
    assert np.array_equal(levels, np.unique(values + dtype(0)))
    edges = distinct_edges(levels, 30, low_edge(levels[0]))
    expected = np.digitize(values, edges) - 1
    assert np.array_equal(cells_between(values, edges), expected)


def test_many_numbers_are_cut_by_finer_edges_too() -> None:
    values = np.abs(np.random.default_rng(0).standard_normal((600, 512))).astype(np.float32)
    edges = np.array([0.0, 0.1, 0.5, 1.0000000001])
    assert np.array_equal(cells_between(values, edges), np.digitize(values, edges) - 1)
