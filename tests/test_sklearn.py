"""The score function as scikit-learn calls it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import SelectKBest

import mitool
from mitool.errors import MitoolError, MitoolWarning
from mitool.sklearn import mi_score


def test_selection_finds_the_columns_that_matter(rng):
    noise = rng.normal(size=(400, 6))
    y = noise[:, 1] + noise[:, 4] > 0
    chosen = SelectKBest(mi_score, k=2).fit(noise, y).get_support(indices=True)
    assert list(chosen) == [1, 4]


def test_scores_are_those_of_estimate(rng):
    x = rng.normal(size=(300, 3))
    y = x[:, 0] + rng.normal(size=300)
    score = partial(mi_score, estimator="gaussian")
    expected = [mitool.estimate(x[:, i], y, "gaussian").mi for i in range(3)]
    assert score(x, y).tolist() == expected


def test_scores_do_not_depend_on_the_number_of_threads(rng):
    x, y = rng.normal(size=(200, 5)), rng.normal(size=200)
    np.testing.assert_array_equal(mi_score(x, y, n_jobs=1), mi_score(x, y, n_jobs=2))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n_jobs": 0}, "n_jobs takes a number of threads from 1"),
        ({"n_jobs": "two"}, "n_jobs takes a number of threads from 1"),
        ({"estimator": None}, "estimator must be a name, got None"),
        ({"params": 3}, "params must be a mapping of names to values, got 3"),
    ],
)
def test_wrong_arguments_of_the_score_are_one_line(rng, wrong, said):
    with pytest.raises(MitoolError, match=f"^{said}") as raised:
        mi_score(rng.normal(size=(50, 2)), rng.normal(size=50), **wrong)
    assert "\n" not in str(raised.value)


def test_warnings_name_arguments_and_the_line_of_the_caller(rng):
    x, y = rng.normal(size=(60, 2)), rng.choice(["a", "b"], 60)
    x[3, 0] = np.inf
    with pytest.warns(MitoolWarning, match="replace them by None or NaN") as seen:
        mi_score(x, y)
    with pytest.warns(MitoolWarning, match="estimator='ross' does, or change a kind") as more:
        mi_score(x[:, 1:], y, "nsb", n_jobs=None)
    assert {warning.filename for warning in (*seen, *more)} == {__file__}


def test_a_frame_may_mix_labels_and_numbers(rng):
    label = rng.choice(["a", "b"], 300)
    frame = pd.DataFrame({"label": label, "number": rng.normal(size=300)})
    scores = mi_score(frame, label)
    assert scores[0] > 0.6 > abs(scores[1])
