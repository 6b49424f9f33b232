"""What class probabilities prove: reference values, slow twins, and what holds of every table."""

from __future__ import annotations

from itertools import permutations
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_reference import CASES, arrays, cases
from scipy.stats import binomtest

from mitool.models.classes import conformal, guarantee, proofs, sequences
from mitool.models.classes.ensembles import spread
from mitool.models.classes.shannon import entropy, entropy_of_counts
from studies import classifiers

EXACT = 1e-9
PROOFS = {
    "log_loss_mi": proofs.log_loss,
    "semantic_mi": proofs.semantic,
    "fano_mi": proofs.fano,
}


def table(seed: int, n: int = 40, n_classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Draw log-probabilities and labels that have something to do with them."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(n_classes, 0.5), size=n) + 1e-6
    probs /= probs.sum(axis=1, keepdims=True)
    labels = (probs.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(max=n_classes - 1)
    return np.log(probs), labels


@pytest.mark.parametrize("case", cases("F01", "F04", "F07"))
@pytest.mark.parametrize("quantity", PROOFS)
def test_proofs_have_their_reference_values(case, quantity):
    probs, labels = arrays(case)
    found = PROOFS[quantity](np.log(probs), labels).value
    assert found == pytest.approx(CASES[case]["values"][quantity], abs=EXACT)


@pytest.mark.parametrize("case", cases("F02", "F05", "F08"))
def test_conformal_sets_have_their_reference_values(case):
    probs, labels = arrays(case)
    half, values = len(labels) // 2, CASES[case]["values"]
    rule = conformal.calibrated("lac", probs[:half], labels[:half], CASES[case]["params"]["alpha"])
    sets = rule.sets(probs[half:], labels[half:])
    n_missed = int((1 - sets.hit).sum())
    found = {
        "threshold": rule.threshold,
        "miss_rate": sets.miss_rate,
        "mean_set_size": sets.sizes.mean(),
        "entropy_bound_simple": sets.simple,
        "entropy_bound_fano": sets.fano,
        "miss_upper_95": guarantee.upper_rate(n_missed, len(sets.hit), 0.05),
    }
    assert found == pytest.approx(values, abs=EXACT)


@pytest.mark.parametrize("case", cases("F03", "F06", "F09"))
def test_ensembles_have_their_reference_values(case):
    [members] = arrays(case)
    found = spread(members)
    values = {
        "total": found.total.mean(),
        "aleatoric": found.aleatoric.mean(),
        "gain": found.gain.mean(),
        "gain_item0": found.gain[0],
        "gain_item19": found.gain[19],
    }
    assert values == pytest.approx(CASES[case]["values"], abs=EXACT)


@pytest.mark.parametrize("quantity", PROOFS)
def test_a_proof_without_a_row_is_that_of_the_others(quantity):
    log_probs, labels = table(3)
    proof = PROOFS[quantity](log_probs, labels)
    for row in range(len(labels)):
        others = np.arange(len(labels)) != row
        alone = PROOFS[quantity](log_probs[others], labels[others]).value
        assert proof.without[row] == pytest.approx(alone, abs=1e-12)


def test_conformal_forms_without_a_row_are_those_of_the_others():
    log_probs, labels = table(4)
    rule = conformal.Rule("top", top=2)
    without = rule.sets(np.exp(log_probs), labels).fano_without_one()
    for row in range(len(labels)):
        others = np.arange(len(labels)) != row
        alone = rule.sets(np.exp(log_probs[others]), labels[others]).fano
        assert without[row] == pytest.approx(alone, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 30), st.integers(2, 6))
def test_semantic_is_never_below_log_loss(seed, n, n_classes):
    log_probs, labels = table(seed, n, n_classes)
    difference = proofs.semantic(log_probs, labels).value - proofs.log_loss(log_probs, labels).value
    shares = np.bincount(labels, minlength=n_classes) / n
    mean = np.exp(log_probs).mean(axis=0)
    divergence = np.sum(shares[shares > 0] * np.log(shares[shares > 0] / mean[shares > 0]))
    assert difference == pytest.approx(divergence, abs=1e-9)
    assert difference >= -1e-12


def test_semantic_does_not_depend_on_the_scale_of_a_truth_function():
    log_probs, labels = table(5)
    scaled = log_probs + np.array([0.0, -800.0, 700.0, 3.0])
    assert proofs.semantic(scaled, labels).value == pytest.approx(
        proofs.semantic(log_probs, labels).value, abs=1e-10
    )
    assert proofs.semantic(np.zeros((40, 4)), labels).value == 0.0


def test_the_posterior_has_its_place_below_the_two_forms():
    """In the mean: H(Y|X) ≤ Fano form ≤ simple form; K = 10 labels, 0.9 right, others alike."""
    n_classes, accuracy, rng = 10, 0.9, np.random.default_rng(0)
    truth = -accuracy * log(accuracy) - (1 - accuracy) * log((1 - accuracy) / (n_classes - 1))
    fano, simple = [], []
    for _ in range(200):
        said = rng.integers(n_classes, size=1000)
        wrong = (said + rng.integers(1, n_classes, size=1000)) % n_classes
        labels = np.where(rng.random(1000) < accuracy, said, wrong)
        sets = conformal.Rule("top", top=1).sets(np.eye(n_classes)[said], labels)
        fano.append(sets.fano)
        simple.append(sets.simple)
    slack = 3 * np.std(fano) / np.sqrt(200)
    assert truth <= np.mean(fano) + slack
    assert np.mean(fano) == pytest.approx(0.5448, abs=0.005)
    assert np.mean(simple) == pytest.approx(0.5553, abs=0.005)
    assert np.all(np.array(simple) >= np.array(fano))


@pytest.mark.parametrize("how", ["calibrated", "over-confident", "random"])
def test_the_guarantee_holds_and_is_not_empty(how):
    """Of 1,000 tables of the study none is above the truth; here are 60 of each classifier."""
    truth, found = log(10) - classifiers.entropy_given_x(0.9), []
    for repeat in range(60):
        rng = np.random.default_rng([7, repeat])
        x, y = classifiers.channel(rng, 0.9, 2000)
        probs = classifiers.said(rng, x, how, 0.9)
        rule = conformal.best_rule(probs[:1000], y[:1000], ("lac",))
        sets = rule.sets(probs[1000:], y[1000:])
        found.append(guarantee.guaranteed(sets, y[1000:], 0.05))
    assert np.mean(np.array(found) > truth) <= 0.05
    if how != "random":
        assert truth - np.mean(found) <= 0.40


def test_a_known_prior_tightens_the_guarantee():
    sets = conformal.Sets(np.ones(500, dtype=int), np.ones(500, dtype=int), 4)
    labels = np.arange(500) % 4
    sure = guarantee.guaranteed(sets, labels, 0.05)
    assert sure < guarantee.guaranteed(sets, labels, 0.05, np.full(4, 0.25)) < log(4)


def test_probabilities_of_zero_are_no_nan():
    with np.errstate(divide="ignore"):
        log_probs = np.log(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))
    labels = np.array([0, 1, 0])
    h_y = entropy_of_counts(np.array([2, 1]))
    assert proofs.log_loss(log_probs, labels).value == pytest.approx(h_y)
    assert proofs.semantic(log_probs, labels).value == pytest.approx(h_y)
    wrong = np.array([0, 1, 1])
    assert proofs.log_loss(log_probs, wrong).value == -np.inf
    assert proofs.semantic(log_probs, wrong).value == -np.inf


def test_thresholds_are_order_statistics():
    scores = np.arange(1.0, 100.0)
    assert conformal.threshold(scores, 0.05) == 95.0
    assert conformal.threshold(scores, 0.01) == 99.0
    assert conformal.threshold(scores[:50], 0.01) == np.inf
    assert [conformal.fewest_rows(alpha) for alpha in (0.01, 0.05, 0.3)] == [99, 19, 3]


def test_scores_of_both_kinds():
    probs = np.array([[0.5, 0.3, 0.2], [0.4, 0.2, 0.4]])
    assert conformal.aps(probs) == pytest.approx(np.array([[0.5, 0.8, 1.0], [0.8, 1.0, 0.8]]))
    assert conformal.lac(probs) == pytest.approx(1 - probs)


@pytest.mark.parametrize("rows", [(3, 50), (0, 20), (20, 20)])
def test_limits_of_rates_are_those_of_scipy(rows):
    peer = binomtest(*rows, alternative="less").proportion_ci(0.975, method="exact").high
    assert guarantee.upper_rate(*rows, 0.025) == pytest.approx(peer, abs=1e-12)


def test_no_distribution_within_the_limits_is_less_uncertain():
    counts, delta, rng = np.array([60, 25, 15]), 0.05, np.random.default_rng(1)
    lowest = guarantee.lowest_entropy(counts, delta)
    level = 1 - delta / 3
    limits = [binomtest(int(c), 100).proportion_ci(level, method="exact") for c in counts]
    low, high = (np.array([getattr(each, end) for each in limits]) for end in ("low", "high"))
    corners = []
    for order in permutations(range(3)):  # the least lies in a corner of box and simplex
        shares = low.copy()
        for k in order:
            shares[k] += min(high[k] - low[k], 1 - shares.sum())
        corners.append(float(entropy(shares)))
    inside = rng.dirichlet(np.ones(3), size=20000)
    inside = inside[np.all((inside >= low) & (inside <= high), axis=1)]
    assert len(inside) > 100
    assert lowest == pytest.approx(min(corners), abs=1e-12)
    assert lowest <= entropy(inside).min()


def test_limits_of_each_share_give_more_than_a_deviation_of_the_entropy():
    shares = np.array([0.55, *[0.05] * 9])
    counts = (1000 * shares).astype(int)
    lowest = guarantee.lowest_entropy(counts, 0.05 / 3)
    deviation = entropy_of_counts(counts) - (1 + log(1000)) * np.sqrt(log(60) / 2000)
    assert deviation < lowest < entropy_of_counts(counts)


def test_two_certain_members_that_disagree():
    members = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    assert spread(members).gain[0] == pytest.approx(log(2.0))
    assert spread(members[[0, 0]]).gain[0] == 0.0
    three = np.array([[[0.9, 0.1]], [[0.1, 0.9]], [[0.6, 0.4]]])
    assert spread(three).gain[0] == pytest.approx(0.2498641047, abs=1e-10)
    assert spread(members, np.array([0.25, 0.75])).gain[0] == pytest.approx(0.5623351446)


def test_a_tail_cell_is_a_lower_bound_and_uniform_tokens_are_log_v():
    uniform = np.full((1, 32000), 1 / 32000)
    assert sequences.entropies(uniform)[0] / log(2) == pytest.approx(14.9658, abs=1e-4)
    whole = np.random.default_rng(0).dirichlet(np.ones(50), size=20)
    top = np.sort(whole, axis=1)[:, -5:]
    bounds = sequences.entropies(top)
    assert np.all(bounds < entropy(whole))
    assert bounds[0] == pytest.approx(float(entropy(np.append(top[0], 1 - top[0].sum()))))


def test_rolling_means_and_runs_are_those_of_a_loop():
    values = np.random.default_rng(2).random(30)
    means = [values[max(0, t - 3) : t + 1].mean() for t in range(30)]
    assert sequences.rolling_mean(values, 4) == pytest.approx(means)
    runs = sequences.runs_above(np.array([1, 0, 1, 1, 1, 0, 0, 1.0]), 0.5)
    assert (runs.share, runs.n_runs, runs.longest) == (5 / 8, 3, 3)
    assert sequences.runs_above(np.zeros(3), 0.5).longest == 0
