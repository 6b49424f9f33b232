"""The accuracy that auto promises: held live on few samples, and in the table of the study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mitool.measure.settings import Settings
from mitool.simulate.benchmark import contest, entrant
from mitool.simulate.suites import suite

STUDY = Path(__file__).parent.parent / "studies" / "accuracy.csv"
PEERS = ("scikit-learn", "ennemi", "npeet-plus")


@pytest.fixture(scope="module")
def study():
    return pd.read_csv(STUDY)


def mean_errors(study, name, n):
    part = study[(study.suite == name) & (study.n == n)]
    whole = part.groupby("entrant").filter(lambda own: len(own) == part.distribution.nunique())
    return whole.groupby("entrant").rmse.mean()


@pytest.mark.parametrize(
    ("n", "limit", "gain"), [(100, 0.172, 1.0), (300, 0.085, 0.9), (1000, 0.037, 0.9)]
)
def test_study_has_auto_below_its_limit_and_below_the_peers_on_continuous_pairs(
    study, n, limit, gain
):
    errors = mean_errors(study, "continuous-24", n)
    assert errors["auto"] <= limit
    assert errors["auto"] <= gain * errors[list(PEERS)].min()


@pytest.mark.parametrize("part", ["one column a side", "several columns"])
@pytest.mark.parametrize("n", [100, 300, 1000])
def test_sealed_suite_has_auto_better_than_before(part, n):
    before, after = (
        table[(table.part == part) & (table.n == n)].set_index("case").rmse
        for table in (pd.read_csv(STUDY.with_name(f"unseen-{v}.csv")) for v in ("before", "after"))
    )
    assert after.mean() < 0.97 * before.mean()
    assert (after / before).max() < 1.3


def test_study_has_auto_at_a_third_of_the_plugin_on_tables_of_labels(study):
    errors = study[study.suite == "discrete-36"].groupby("entrant").rmse.mean()
    assert errors["auto"] <= errors["plugin"] / 3
    assert errors["auto"] <= 1.05 * errors.min()


def test_study_has_small_bias_of_auto_on_ties_and_mixtures(study):
    auto = study[(study.entrant == "auto") & (study.suite == "tied") & (study.n == 1000)]
    assert len(auto) == len(suite("tied").labels)
    assert (auto.bias.abs() <= 0.05).all()
    assert (auto[auto.truth.abs() < 1e-12].bias.abs() <= 0.02).all()


@pytest.mark.parametrize("label", suite("continuous-24").labels[::3])
def test_auto_errs_no_more_than_the_study_found(study, label):
    (found,) = contest(label, 300, [entrant(Settings("auto"))], 10, 1)
    same = (study.entrant == "auto") & (study.distribution == label) & (study.n == 300)
    (expected,) = study[same].rmse
    assert found.rmse < 1.8 * expected + 0.01  # 10 samples: the chi of 10, far out


@pytest.mark.parametrize("label", ["chain:rho_x=0.8,rho_y=0.8", "fork:rho_x=0.6,rho_y=0.9"])
def test_auto_finds_nothing_left_of_chains_and_forks(label):
    (found,) = contest(label, 1000, [entrant(Settings("auto"))], 5, 0)
    assert abs(found.estimate.mi) <= 0.03


@pytest.mark.parametrize("margin", ["constant", "rare"])
def test_auto_finds_nothing_in_a_column_that_hardly_varies(margin):
    label = f"independent:margin_x={margin},margin_y=normal"
    (found,) = contest(label, 1000, [entrant(Settings("auto"))], 5, 0)
    assert found.estimate.mi <= 0.02
    assert np.isfinite(found.sd)
