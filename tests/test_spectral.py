"""Diffusion spectral, Cauchy-Schwarz, matrix-based Rényi and KDE measures: reference values of the
papers' programs, closed forms, and the certificates of low rank."""

from __future__ import annotations

import json
from math import exp, log, pi, sqrt, tanh
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ive

from mitool.errors import MitoolError
from mitool.estimators.cs_divergence import CSDivergence
from mitool.estimators.csqmi import CSQMI, HSIC
from mitool.estimators.dse import DSE
from mitool.estimators.dsmi import DSMI
from mitool.estimators.kde_bounds import KDEBounds
from mitool.estimators.renyi import Renyi
from tests.make import variable

DATA = Path(__file__).parent / "data" / "spectral"
CASES: dict[str, dict[str, Any]] = {
    case["case"]: case for case in json.loads((DATA / "cases.json").read_text())["cases"]
}
OFFICIAL = 1e-9
BITS = log(2.0)


def inputs(case: dict[str, Any]) -> list[np.ndarray]:
    return [np.loadtxt(DATA / name, delimiter=",", ndmin=2) for name in case["inputs"]]


def dse(values: Any, **parameters: Any) -> float:
    estimator = DSE(**{"exact": True, **parameters})
    return estimator.entropy(estimator.prepare(variable(values))).mi


def of_kind(*words: str) -> list[str]:
    return [name for name, case in CASES.items() if any(w in case["function"] for w in words)]


# Reference values of the papers' own programs


@pytest.mark.parametrize("name", of_kind("spectral_entropy"))
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "default"])
def test_dse_is_that_of_its_authors(name: str, exact: bool) -> None:
    case = CASES[name]
    width, t = case["params"]["gaussian_kernel_sigma"], float(case["params"]["t"])
    estimator = DSE(bandwidth=width, t=t, exact=exact)
    found = estimator.entropy(estimator.prepare(variable(inputs(case)[0])))
    near = OFFICIAL + (found.error_bound or 0.0) / BITS
    assert found.mi / BITS == pytest.approx(case["value"], abs=near)
    assert (found.error_bound or 0.0) <= (0.0 if exact else 1e-6)


@pytest.mark.parametrize("name", [n for n in CASES if "paper_alpha_half_value" in CASES[n]])
def test_alpha_one_half_is_the_formula_of_the_paper(name: str) -> None:
    case = CASES[name]
    width, t = case["params"]["gaussian_kernel_sigma"], float(case["params"]["t"])
    found = dse(inputs(case)[0], bandwidth=width, t=t, alpha=0.5)
    assert found / BITS == pytest.approx(case["paper_alpha_half_value"], abs=OFFICIAL)


@pytest.mark.parametrize("name", of_kind("spectral_mutual"))
@pytest.mark.parametrize(
    ("conditioning", "key"), [("official", "value"), ("plain", "paper_eq7_value")]
)
def test_dsmi_is_that_of_its_authors(name: str, conditioning: str, key: str) -> None:
    case = CASES[name]
    x, labels = inputs(case)
    width, t = case["params"]["gaussian_kernel_sigma"], float(case["params"]["t"])
    estimator = DSMI(bandwidth=width, t=t, conditioning=conditioning, exact=True)
    found = estimator(variable(x), variable(labels, "discrete"))
    assert found.mi / BITS == pytest.approx(case[key], abs=OFFICIAL)


@pytest.mark.parametrize("name", of_kind("spectral_mutual"))
def test_parts_of_dsmi_are_those_of_its_authors(name: str) -> None:
    case = CASES[name]
    x = inputs(case)[0]
    width = case["params"]["gaussian_kernel_sigma"]
    clusters = np.loadtxt(DATA / case["clusters"])
    subsets = json.loads((DATA / case["subset_indices"]).read_text())
    for number, part in enumerate(case["per_class"]):
        within = dse(x[clusters == part["cluster"]], bandwidth=width)
        assert within / BITS == pytest.approx(part["H_cond"], abs=OFFICIAL)
        drawn = subsets[number] if isinstance(subsets, list) else subsets[str(part["cluster"])]
        for rows, value in zip(drawn, part["H_star"], strict=True):
            assert dse(x[rows], bandwidth=width) / BITS == pytest.approx(value, abs=OFFICIAL)


@pytest.mark.parametrize("name", of_kind("CS_QMI"))
def test_csqmi_and_its_three_sums_are_those_of_its_authors(name: str) -> None:
    case = CASES[name]
    x, y = map(variable, inputs(case))
    found = CSQMI(bandwidth=case["params"]["sigma"], exact=True)(x, y)
    assert found.mi / BITS == pytest.approx(case["value"], abs=OFFICIAL)
    assert found.facts["hsic"] == pytest.approx(case["hsic_v"], abs=1e-12)
    assert HSIC(bandwidth=case["params"]["sigma"])(x, y).mi == pytest.approx(
        case["hsic_v"], abs=1e-9
    )


def test_renyi_is_that_of_its_authors() -> None:
    case = CASES["B20"]
    x, y = map(variable, inputs(case))
    width = sqrt(case["params"]["sigma_arg"] / 2)  # their kernel is exp(-d²/sigma_arg)
    found = Renyi(bandwidth=width, alpha=2.0)(x, y)
    assert found.mi / BITS == pytest.approx(case["value"], abs=OFFICIAL)
    for name, key in (("h_x", "Hx"), ("h_y", "Hy"), ("h_xy", "Hxy")):
        assert found.extras[name] / BITS == pytest.approx(case[key], abs=OFFICIAL)


def test_kde_bounds_are_those_of_their_authors() -> None:
    case = CASES["C01"]
    t, y = inputs(case)
    estimator = KDEBounds(noise=case["params"]["noise_variance"], scale="none")
    found = estimator(variable(t), variable(y, "discrete"))
    bounds = [found.extras["information_upper"], found.extras["information_lower"]]
    values = [*bounds, found.mi, found.extras["lower_type"]]
    assert np.array(values) / BITS == pytest.approx(case["value"], abs=OFFICIAL)
    entropy = estimator.entropy(estimator.prepare(variable(t)))
    assert entropy.mi == pytest.approx(case["H_upper_nats"], abs=OFFICIAL)
    assert entropy.extras["lower"] == pytest.approx(case["H_lower_nats"], abs=OFFICIAL)


def test_kde_bounds_of_far_points_are_log_n() -> None:
    case = CASES["C14"]
    estimator = KDEBounds(noise=case["params"]["noise_variance"], scale="none")
    found = estimator.entropy(estimator.prepare(variable(inputs(case)[0])))
    assert found.extras["information_upper"] == pytest.approx(log(8), abs=1e-12)
    assert found.extras["information_lower"] == pytest.approx(log(8), abs=1e-12)


# Closed forms


def circle(n: int) -> np.ndarray:
    angle = 2 * pi * np.arange(n) / n
    return np.column_stack((np.cos(angle), np.sin(angle)))


@pytest.mark.parametrize("a", [1.0, 4.0, 9.0])
def test_dse_of_a_circle_is_the_entropy_of_a_skellam_law(a: float) -> None:
    p = ive(np.abs(np.arange(-80, 81)), a)  # I_k(a) exp(-a): Skellam(a/2, a/2)
    p = p[p > 1e-300]
    expected = -(p @ np.log(p))
    assert dse(circle(64), bandwidth=1 / sqrt(a)) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize("t", [0.5, 1.0, 2.0, 7.0])
def test_dse_of_two_points(t: float) -> None:
    distance, width = 1.3, 0.9
    p = np.array([1.0, tanh(distance**2 / (4 * width**2))]) ** t
    p /= p.sum()
    found = dse([[0.0], [distance]], bandwidth=width, t=t)
    assert found == pytest.approx(-(p @ np.log(p)), abs=1e-13)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_far_clusters_add_the_log_of_their_number(alpha: float, rng: np.random.Generator) -> None:
    one = rng.normal(size=(30, 2))
    four = np.vstack([one + 1e4 * k for k in range(4)])
    single = dse(one, bandwidth=0.8, t=2.0, alpha=alpha)
    found = dse(four, bandwidth=0.8, t=2.0, alpha=alpha)
    assert found == pytest.approx(log(4) + single, abs=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_product_grids_add(alpha: float, rng: np.random.Generator) -> None:
    a, b = rng.normal(size=7), rng.normal(size=9)
    grid = np.array([(u, v) for u in a for v in b])
    parts = [dse(v[:, None], bandwidth=0.7, t=1.5, alpha=alpha) for v in (a, b)]
    assert dse(grid, bandwidth=0.7, t=1.5, alpha=alpha) == pytest.approx(sum(parts), abs=1e-11)


def test_dse_of_a_gaussian_tends_to_a_geometric_spectrum(rng: np.random.Generator) -> None:
    """Axis by axis ρ = s²/(s² + σ²): h(ρ)/(1 - ρ); within 0.02 bits at n = 3000, ρ = 0.2."""
    rho = 0.2
    h = -rho * log(rho) - (1 - rho) * log(1 - rho)
    x = rng.normal(size=(3000, 2)) * sqrt(rho / (1 - rho))
    assert dse(x, bandwidth=1.0, exact=False) == pytest.approx(2 * h / (1 - rho), abs=0.03)


def test_plain_dsmi_of_far_identical_clusters_is_log_of_their_number(
    rng: np.random.Generator,
) -> None:
    one = rng.normal(size=(30, 2))
    x = np.vstack([one + 1e4 * k for k in range(3)])
    found = DSMI(bandwidth=1.0, conditioning="plain", exact=True)(
        variable(x), variable(np.repeat(np.arange(3), 30), "discrete")
    )
    assert found.mi == pytest.approx(log(3), abs=1e-9)
    assert not found.notes


@pytest.mark.parametrize("conditioning", ["size-matched", "official", "plain"])
def test_dsmi_with_one_class_is_zero(conditioning: str, rng: np.random.Generator) -> None:
    x, y = variable(rng.normal(size=(40, 2))), variable(np.zeros(40), "discrete")
    assert DSMI(conditioning=conditioning)(x, y).mi == pytest.approx(0.0, abs=1e-12)


def test_csqmi_of_gaussians_tends_to_its_closed_form(rng: np.random.Generator) -> None:
    """With kernels of width σ the correlation becomes ρ/(1 + σ²/2); within 0.01 at n = 4000."""
    rho, width = 0.9, 1.0
    x = rng.normal(size=4000)
    y = rho * x + sqrt(1 - rho**2) * rng.normal(size=4000)
    r = rho / (1 + width**2 / 2)
    expected = log(1 - r * r / 4) - log(1 - r * r) / 2
    found = CSQMI(bandwidth=width, unbiased=True)(variable(x), variable(y))
    assert found.mi == pytest.approx(expected, abs=0.012)


def test_csqmi_of_labels_is_a_sum_over_their_table() -> None:
    table = np.array([[30, 10, 5], [5, 20, 30]])
    p = table / table.sum()
    q = np.outer(p.sum(1), p.sum(0))
    expected = log((p**2).sum() * (q**2).sum() / (p * q).sum() ** 2)
    rows = np.array([(i, j) for i in range(2) for j in range(3) for _ in range(table[i, j])])
    x, y = variable(rows[:, 0], "discrete"), variable(rows[:, 1], "discrete")
    assert CSQMI()(x, y).mi == pytest.approx(expected, abs=1e-12)
    shannon = float((p * np.log(p / q)).sum())
    assert expected > shannon  # Cauchy-Schwarz QMI is no lower bound of Shannon's


@pytest.mark.parametrize("k", [2, 5])
def test_csqmi_of_equal_uniform_labels_is_log_k(k: int) -> None:
    labels = variable(np.tile(np.arange(k), 12), "discrete")
    found = CSQMI()(labels, labels)
    assert found.mi == pytest.approx(log(k), abs=1e-12)
    assert found.facts["normalized"] == pytest.approx(1.0)


def test_csqmi_of_a_narrow_kernel_with_itself_is_log_n(rng: np.random.Generator) -> None:
    x = variable(rng.normal(size=60))
    assert CSQMI(bandwidth=1e-9)(x, x).mi == pytest.approx(log(60), abs=1e-12)


def test_unbiased_csqmi_vanishes_on_average_under_independence(rng: np.random.Generator) -> None:
    """V is biased by about 0.05 nats at n = 300, width 0.3; the mean of 40 U within 4 s.e."""
    pairs = [map(variable, rng.normal(size=(2, 300))) for _ in range(40)]
    found = [CSQMI(bandwidth=0.3)(x, y) for x, y in pairs]
    u = np.array([value.extras["u_statistic"] for value in found])
    assert abs(u.mean()) < 4 * u.std() / sqrt(len(u)) + 1e-3
    assert np.mean([value.mi for value in found]) > 0.03


def test_conditional_csqmi_vanishes_for_labels_independent_given_labels() -> None:
    cells = [(x, y, z) for z in range(2) for x in range(2 + z) for y in range(3)]
    x, y, z = (variable(np.repeat(column, 4), "discrete") for column in np.array(cells).T)
    estimator = CSQMI()
    assert estimator.join_given(*map(estimator.prepare, (x, y, z))).mi == pytest.approx(
        0.0, abs=1e-12
    )


def test_conditional_csqmi_is_a_sum_over_a_table(rng: np.random.Generator) -> None:
    counts = rng.integers(1, 9, size=(2, 3, 2))
    p = counts / counts.sum()
    p_z, p_xz, p_yz = p.sum((0, 1)), p.sum(1), p.sum(0)
    left, right = p * p_z, p_xz[:, None, :] * p_yz[None, :, :]
    expected = log((left**2).sum() * (right**2).sum() / (left * right).sum() ** 2)
    rows = np.repeat(np.argwhere(counts > 0), counts.ravel(), axis=0)
    estimator = CSQMI()
    ready = [estimator.prepare(variable(rows[:, j], "discrete")) for j in range(3)]
    # sums over rows weight each cell by p once and divide by p(x,y,z) where it is not in the sum
    assert estimator.join_given(*ready).mi == pytest.approx(expected, abs=1e-12)


def test_cs_divergence_of_gaussians_tends_to_its_closed_form(rng: np.random.Generator) -> None:
    """Widened by the kernel, N(0, s²) and N(m, s²) differ by m²/(2 s²)... s² = 1 + σ²/2."""
    m, width = 1.0, 0.5
    x, y = rng.normal(size=3000), m + rng.normal(size=3000)
    expected = m**2 / (2 * (1 + width**2 / 2))
    found = CSDivergence(bandwidth=width)(variable(x), variable(y))
    assert found.mi == pytest.approx(expected, abs=0.05)


def test_cs_divergence_takes_samples_of_different_size(rng: np.random.Generator) -> None:
    x = rng.normal(size=50)
    found = CSDivergence(bandwidth=0.5)(variable(x), variable(np.repeat(x, 3)))
    assert found.mi == pytest.approx(0.0, abs=1e-12)


def test_conditional_cs_divergence_is_the_formula_of_proposition_1(
    rng: np.random.Generator,
) -> None:
    z, y, guess = rng.normal(size=(3, 40, 1))
    width = 0.8

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.exp(-((a - b.T) ** 2) / (2 * width**2))

    k = kernel(z, z)
    weight = k.sum(1) ** 2
    terms = [
        log(((k * part).sum(1) / weight).sum())
        for part in (kernel(y, y), kernel(guess, guess), kernel(guess, y))
    ]
    estimator = CSDivergence(bandwidth=width)
    found = estimator.join_given(variable(y), variable(guess), variable(z))
    assert found.mi == pytest.approx(terms[0] + terms[1] - 2 * terms[2], abs=1e-12)
    assert estimator.join_given(variable(y), variable(y), variable(z)).mi == pytest.approx(0.0)


def test_a_divergence_has_no_permutation_test(mitool: Any, tmp_path: Path) -> None:
    table = tmp_path / "d.csv"
    table.write_text("a,b\n" + "".join(f"{i / 7},{i * i / 9}\n" for i in range(30)))
    done = mitool(
        "estimate", table, "-x", "a", "-y", "b", "-e", "cs-divergence", "--permutations", 9
    )
    assert done.code == 2
    assert "permuting them tests nothing" in done.err


def test_infinite_divergence_is_refused() -> None:
    with pytest.raises(MitoolError, match="divergence is infinite"):
        CSDivergence(bandwidth=0.1)(variable([0.0, 0.1]), variable([1e6, 1e6 + 1]))


@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.01, 2.0, 3.0])
def test_renyi_of_equal_groups_is_log_of_their_number(alpha: float) -> None:
    labels = variable(np.repeat(np.arange(4), 6), "discrete")
    estimator = Renyi(alpha=alpha)
    assert estimator.entropy(estimator.prepare(labels)).mi == pytest.approx(log(4), abs=1e-12)
    assert estimator(labels, labels).mi == pytest.approx(log(4), abs=1e-12)
    assert estimator(labels, labels).facts["normalized"] == pytest.approx(1.0)


def test_renyi_near_order_one_and_two_meets_the_special_cases(rng: np.random.Generator) -> None:
    x, y = variable(rng.normal(size=(80, 2))), variable(rng.normal(size=80))
    for order in (1.0, 2.0):
        at, near = Renyi(alpha=order, exact=True), Renyi(alpha=order + 1e-9, exact=True)
        assert near(x, y).mi == pytest.approx(at(x, y).mi, abs=1e-7)


def test_conditional_renyi_of_independent_groups_is_zero() -> None:
    cells = [(x, y, z) for z in range(2) for x in range(2) for y in range(3)]
    x, y, z = (variable(np.repeat(column, 2), "discrete") for column in np.array(cells).T)
    estimator = Renyi(alpha=1.0)
    found = estimator.join_given(*map(estimator.prepare, (x, y, z)))
    assert found.mi == pytest.approx(0.0, abs=1e-12)


def test_kde_bounds_of_two_points() -> None:
    distance, v = 1.1, 0.4
    estimator = KDEBounds(noise=v, scale="none")
    found = estimator.entropy(estimator.prepare(variable([[0.0], [distance]]))).extras
    for name, width in (("information_upper", 2 * v), ("information_lower", 8 * v)):
        expected = log(2 / (1 + exp(-(distance**2) / width)))
        assert found[name] == pytest.approx(expected, abs=1e-14)


def test_kde_bounds_hold_for_noisy_gaussian_classes(rng: np.random.Generator) -> None:
    """Two classes 2 apart, unit variance in all: I = log 2 - E h(posterior), by quadrature."""
    grid = np.linspace(-12, 12, 20001)
    density = (np.exp(-((grid - 1) ** 2) / 2) + np.exp(-((grid + 1) ** 2) / 2)) / sqrt(8 * pi)
    entropy = -np.trapezoid(density * np.log(density), grid)
    mi = entropy - log(2 * pi * np.e) / 2
    labels = rng.integers(0, 2, 3000)
    v = 0.3
    x = 2.0 * labels + rng.normal(size=3000) * sqrt(1 - v)
    found = KDEBounds(noise=v, scale="none")(variable(x), variable(labels, "discrete"))
    assert found.extras["lower_bound"] < mi < found.extras["upper_bound"]


@pytest.mark.parametrize(
    ("scale", "power"), [("variance", 2), ("max-squared", 2), ("max", 1), ("none", 0)]
)
def test_kde_noise_follows_the_scale_of_the_data(scale: str, power: int) -> None:
    x = variable([[0.0, 1.0], [2.0, 3.0], [4.0, 0.5]])
    wide = variable(10 * x.values)
    estimator = KDEBounds(scale=scale)
    assert estimator.variance(wide) == pytest.approx(10.0**power * estimator.variance(x))


def test_kde_noise_that_cannot_be_scaled_is_refused() -> None:
    with pytest.raises(MitoolError, match="cannot scale a noise variance"):
        KDEBounds(scale="max").prepare(variable([[-1.0], [-2.0]]))


# Invariances


points = st.integers(4, 30).flatmap(
    lambda n: st.lists(
        st.tuples(*[st.floats(-3, 3).map(lambda v: round(v, 2))] * 2), min_size=n, max_size=n
    )
)


@settings(max_examples=25, deadline=None)
@given(points=points, t=st.floats(0.3, 8), seed=st.integers(0, 99))
def test_dse_is_blind_to_order_place_turn_and_unit(
    points: list[tuple[float, float]], t: float, seed: int
) -> None:
    x = np.array(points)
    found = dse(x, bandwidth=0.9, t=t)
    rows = np.random.default_rng(seed).permutation(len(x))
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert -1e-12 <= found <= log(len(x)) + 1e-9
    assert dse(x[rows], bandwidth=0.9, t=t) == pytest.approx(found, abs=1e-9)
    assert dse(x @ turn + 5.0, bandwidth=0.9, t=t) == pytest.approx(found, abs=1e-7)
    assert dse(3.0 * x, bandwidth=2.7, t=t) == pytest.approx(found, abs=1e-7)
    assert dse(np.tile(x, (3, 1)), bandwidth=0.9, t=t) == pytest.approx(found, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(points=points)
def test_dse_does_not_increase_in_time(points: list[tuple[float, float]]) -> None:
    estimator = DSE(bandwidth=0.7, t=(0.5, 1.0, 2.0, 4.0, 16.0), exact=True)
    found = estimator.entropy(estimator.prepare(variable(points)))
    values = np.array([found.mi, *found.extras.values()])
    assert list(found.extras) == ["t=1", "t=2", "t=4", "t=16"]
    assert np.all(np.diff(values) <= 1e-10)


@settings(max_examples=25, deadline=None)
@given(points=points, seed=st.integers(0, 99))
def test_csqmi_is_symmetric_and_blind_to_order_place_and_unit(
    points: list[tuple[float, float]], seed: int
) -> None:
    x, y = np.array(points).T
    estimator = CSQMI(bandwidth=0.8, exact=True)
    found = estimator(variable(x), variable(y)).mi
    rows = np.random.default_rng(seed).permutation(len(x))
    assert found >= -1e-12
    assert estimator(variable(y), variable(x)).mi == pytest.approx(found, abs=1e-11)
    assert estimator(variable(x[rows]), variable(y[rows])).mi == pytest.approx(found, abs=1e-11)
    tripled = estimator(variable(np.tile(x, 3)), variable(np.tile(y, 3)))
    assert tripled.mi == pytest.approx(found, abs=1e-11)
    wide = CSQMI(bandwidth=2.4, exact=True)(variable(3 * x + 1), variable(3 * y))
    assert wide.mi == pytest.approx(found, abs=1e-9)


def test_a_narrow_kernel_gives_log_n_and_a_wide_one_zero(rng: np.random.Generator) -> None:
    x = rng.normal(size=(40, 3))
    assert dse(x, bandwidth=1e-3) == pytest.approx(log(40), abs=1e-9)
    assert dse(x, bandwidth=1e4) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize(
    ("bandwidth", "code"), [(1e-3, "kernel_too_narrow"), (1e4, "kernel_too_wide")]
)
def test_a_bandwidth_that_shows_nothing_is_told(
    bandwidth: float, code: str, rng: np.random.Generator
) -> None:
    estimator = DSE(bandwidth=bandwidth)
    found = estimator.entropy(estimator.prepare(variable(rng.normal(size=(40, 3)))))
    assert [note.code for note in found.notes] == [code]


def test_dsmi_outside_its_range_is_told_and_kept(rng: np.random.Generator) -> None:
    x, y = variable(rng.normal(size=(60, 2))), variable(rng.integers(0, 2, 60), "discrete")
    found = next(v for seed in range(20) if (v := DSMI(seed=seed)(x, y)).mi < 0)
    assert [note.code for note in found.notes] == ["outside_range"]


def test_dsmi_does_not_depend_on_the_names_of_classes_or_the_order_of_rows(
    rng: np.random.Generator,
) -> None:
    x, y = rng.normal(size=(90, 2)), rng.integers(0, 3, 90)
    x[:, 0] += y
    found = DSMI()(variable(x), variable(y, "discrete")).mi
    rows = rng.permutation(90)
    assert DSMI()(variable(x), variable(2 - y, "discrete")).mi == pytest.approx(found, abs=1e-12)
    shuffled = DSMI()(variable(x[rows]), variable(y[rows], "discrete"))
    assert shuffled.mi == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize(
    ("y", "parameters"),
    [
        ("one", {"bins": "quantile"}),
        ("one", {"bins": "width"}),
        ("two", {"clusters": "kmeans"}),
        ("two", {"clusters": "spectral"}),
    ],
)
def test_dsmi_sees_dependence_on_numbers(
    y: str, parameters: dict[str, str], rng: np.random.Generator
) -> None:
    x = rng.normal(size=(200, 2))
    near = x + 0.1 * rng.normal(size=x.shape)
    far = rng.normal(size=x.shape)
    columns = slice(0, 1) if y == "one" else slice(0, 2)
    estimator = DSMI(n_levels=4, **parameters)
    dependent = estimator(variable(x), variable(near[:, columns]))
    independent = estimator(variable(x), variable(far[:, columns]))
    assert dependent.facts["n_levels"] == 4
    assert dependent.mi > independent.mi + 5 * dependent.extras["draws_se"]


def test_equal_width_bins_are_those_of_the_authors() -> None:
    from mitool.estimators.partition import partition

    x = variable([0.0, 0.9, 1.0, 2.5, 10.0])
    assert partition(x, 10, "width", "kmeans", 0).tolist() == [0, 0, 1, 2, 9]


# Permutation: what is known of x stays, and the answer is that of the permuted data


@pytest.mark.parametrize(
    "estimator",
    [
        CSQMI(),
        CSQMI(exact=True),
        CSQMI(unbiased=True),
        HSIC(),
        DSMI(),
        DSMI(conditioning="plain"),
        Renyi(),
        Renyi(alpha=2.0),
        KDEBounds(noise=0.1),
    ],
    ids=repr,
)
def test_joining_a_permuted_side_is_estimating_from_permuted_data(
    estimator: Any, rng: np.random.Generator
) -> None:
    x, labels = variable(rng.normal(size=(150, 2)).round(1)), rng.integers(0, 3, 150)
    y = variable(labels, "discrete")
    rows = rng.permutation(150)
    first, second = estimator.prepare(x), estimator.prepare(y)
    estimator.join(first, second)
    found = estimator.join(first, second.permute(rows))
    assert found.mi == pytest.approx(estimator(x, y.take(rows)).mi, abs=1e-9)


def test_permutations_of_y_leave_the_spectra_of_x_alone(rng: np.random.Generator) -> None:
    x, y = variable(rng.normal(size=(120, 2))), variable(rng.integers(0, 3, 120), "discrete")
    estimator = DSMI(conditioning="plain")
    first, second = estimator.prepare(x), estimator.prepare(y)
    estimator.join(first, second)
    before = {key: id(value) for key, value in first.side.memory.items()}
    estimator.join(first, second.permute(rng.permutation(120)))
    assert {key: id(value) for key, value in first.side.memory.items()} == before


@pytest.mark.parametrize(
    "make",
    [
        lambda: CSQMI(bandwidth=0.0),
        lambda: CSQMI(tolerance=0.0),
        lambda: DSE(t=0.0),
        lambda: DSE(alpha=2.0),
        lambda: DSMI(n_draws=0),
        lambda: Renyi(alpha=0.0),
        lambda: KDEBounds(noise=0.0),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused(make: Any) -> None:
    with pytest.raises(MitoolError, match="must"):
        make()


def test_unbiased_form_needs_four_rows() -> None:
    x = variable([1.0, 2.0, 4.0])
    with pytest.raises(MitoolError, match="at least 4 rows, got 3"):
        CSQMI(unbiased=True)(x, x)
