"""The selector: scikit-learn's own checks, its tools, and the numbers of ``mitool screen``."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.utils.estimator_checks import check_estimator

import mitool as library
from mitool.errors import MitoolError, MitoolWarning
from mitool.sklearn import MISelector, mi_score

PENGUINS = Path(__file__).parent.parent / "sample_data" / "penguins.csv"


@pytest.fixture(scope="module")
def penguins() -> tuple[pd.DataFrame, pd.Series]:
    """Numbers and labels with missing values, and the species."""
    frame = pd.read_csv(PENGUINS)
    return frame.drop(columns="species"), frame["species"]


@pytest.fixture
def mixed(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """A label and a number that decide y, each missing in a tenth of the rows, and two noises."""
    label, number = rng.choice(["a", "b", "c"], 300), rng.normal(size=300)
    y = np.where(label == "a", 2.0, 0.0) + number > 1.0
    frame = pd.DataFrame(
        {
            "label": pd.Series(label, dtype="string").mask(rng.random(300) < 0.1),
            "number": pd.Series(number).mask(rng.random(300) < 0.1),
            "noise": rng.normal(size=300),
            "toss": rng.choice(["heads", "tails"], 300),
        }
    )
    return frame, y


def test_it_does_what_scikit_learn_asks_of_every_estimator() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of checks that this version skips, and of its own data
        check_estimator(MISelector())


SCREEN = ("screen", PENGUINS, "-t", "species", "--holdout", "none", "--json")


def test_it_gives_the_numbers_of_a_screen(mitool: Any, penguins: Any) -> None:
    done = mitool(*SCREEN, "--permutations", 199, "--adjust", "holm")
    rows = {row["x"]: row for row in json.loads(done.out)["results"]}
    selector = MISelector(alpha=0.05, permutations=199, adjust="holm").fit(*penguins)
    found = zip(selector.scores_, selector.pvalues_, selector.adjusted_pvalues_, strict=True)
    for name, numbers in zip(selector.feature_names_in_, found, strict=True):
        row = rows[name]
        assert numbers == (row["mi"], row["p_value"], row["p_adjusted"])
    expected = {name for name, row in rows.items() if row["p_adjusted"] <= 0.05}
    assert set(selector.get_feature_names_out()) == expected
    assert 0 < len(expected) < len(rows)


def test_the_best_are_the_top_of_a_screen(mitool: Any, penguins: Any) -> None:
    done = mitool(*SCREEN, "--top", 3, "-e", "bins")
    expected = [row["x"] for row in json.loads(done.out)["results"]]
    kept = MISelector(k=3, estimator="bins").fit(*penguins).get_feature_names_out()
    assert set(kept) == set(expected)


def test_labels_and_missing_values_are_taken_as_they_are(mixed: Any) -> None:
    selector = MISelector(k=2).fit(*mixed)
    assert list(selector.get_feature_names_out()) == ["label", "number"]
    kept = selector.transform(mixed[0])
    assert kept.shape == (300, 2)
    assert kept[0].tolist() == mixed[0][["label", "number"]].iloc[0].tolist()


def test_frames_stay_frames_where_that_is_asked(mixed: Any) -> None:
    frame, y = mixed
    out = MISelector(k=2).set_output(transform="pandas").fit_transform(frame, y)
    pd.testing.assert_frame_equal(out, frame[["label", "number"]])


def test_both_bounds_hold_together(mixed: Any) -> None:
    significant = MISelector(alpha=0.05, permutations=199).fit(*mixed)
    assert list(significant.get_feature_names_out()) == ["label", "number"]
    best = significant.feature_names_in_[np.argmax(significant.scores_)]
    one = MISelector(k=1, alpha=0.05, permutations=199).fit(*mixed)
    assert list(one.get_feature_names_out()) == [best]


def test_p_values_can_be_taken_as_they_are(mixed: Any) -> None:
    plain = MISelector(alpha=0.5, permutations=99, adjust="none").fit(*mixed)
    assert np.isnan(plain.adjusted_pvalues_).all()
    assert (plain.support_ == (plain.pvalues_ <= 0.5)).all()


@pytest.mark.parametrize("discrete", [["code"], [1], [False, True], np.array([False, True])])
def test_kinds_are_decided_by_name_place_or_mask(discrete: Any, rng: np.random.Generator) -> None:
    code = rng.integers(0, 40, size=200)
    frame = pd.DataFrame({"number": rng.normal(size=200), "code": code})
    found = MISelector(discrete=discrete).fit(frame, code % 2)
    assert [estimate.kind_x for estimate in found.estimates_] == ["continuous", "discrete"]
    other = MISelector(continuous="code").fit(frame, code % 2)
    assert other.estimates_[1].kind_x != "discrete"


@pytest.mark.parametrize(("target", "kind"), [("auto", "discrete"), ("continuous", "mixed")])
def test_the_kind_of_the_target_can_be_said(
    target: str, kind: str, rng: np.random.Generator
) -> None:
    y = rng.integers(0, 4, size=100)
    found = MISelector(target=target).fit(rng.normal(size=(100, 2)), y)
    assert found.estimates_[0].kind_y == kind


def test_columns_that_tell_nothing_are_never_kept_and_named(rng: np.random.Generator) -> None:
    y = rng.normal(size=60)
    frame = pd.DataFrame(
        {
            "good": y + rng.normal(size=60),
            "constant": 1.0,
            "title": [f"t{i}" for i in range(60)],
            "infinite": np.where(np.arange(60) == 3, np.inf, y),
            "lists": [[1]] * 60,
        }
    )
    with pytest.warns(MitoolWarning) as caught:
        selector = MISelector().fit(frame, y)
    assert {warning.message.code for warning in caught} == {
        "constant",
        "identifier",
        "failed",
        "unusable",
    }
    assert list(selector.get_feature_names_out()) == ["good"]
    assert np.isnan(selector.scores_).tolist() == [False, True, True, True, True]
    with pytest.warns(MitoolWarning):
        scores = mi_score(frame, y)
    np.testing.assert_array_equal(scores, selector.scores_)


def test_repeated_columns_are_scored_each(rng: np.random.Generator) -> None:
    x = rng.normal(size=(100, 3))
    frame = pd.DataFrame(x, columns=["a", "a", "b"])
    scores = mi_score(frame, x[:, 1] ** 3, "bins")
    assert np.argmax(scores) == 1
    assert len(scores) == 3


def model(k: int = 2) -> Any:
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
        remainder="passthrough",
    )
    selector = MISelector(k=k).set_output(transform="pandas")
    return make_pipeline(selector, encode, RandomForestClassifier(10, random_state=0))


def test_it_works_in_pipelines_searches_and_processes(mixed: Any) -> None:
    frame, y = mixed
    frame = frame.assign(label=frame["label"].fillna("none"))
    scores = cross_val_score(model(), frame, y, cv=2, n_jobs=2)
    assert scores.mean() > 0.8
    search = GridSearchCV(model(), {"miselector__k": [1, 2]}, cv=2).fit(frame, y)
    assert search.best_params_ == {"miselector__k": 2}


def test_it_is_cloned_pickled_and_fitted_in_other_processes(mixed: Any) -> None:
    selector = MISelector(k=2, params={"n_neighbors": 5}, estimator="mesner", seed=7)
    assert clone(selector).get_params() == selector.get_params()
    fitted = clone(selector).fit(*mixed)
    again = pickle.loads(pickle.dumps(fitted))
    assert again.transform(mixed[0]).shape == (300, 2)
    np.testing.assert_array_equal(again.scores_, fitted.scores_)
    elsewhere = Parallel(n_jobs=2)(delayed(clone(selector).fit)(*mixed) for _ in range(2))
    for other in elsewhere:
        np.testing.assert_array_equal(other.scores_, fitted.scores_)


def test_threads_change_nothing(mixed: Any) -> None:
    one, more = (
        MISelector(alpha=0.05, permutations=99, n_jobs=n_jobs).fit(*mixed) for n_jobs in (1, -1)
    )
    np.testing.assert_array_equal(one.scores_, more.scores_)
    np.testing.assert_array_equal(one.adjusted_pvalues_, more.adjusted_pvalues_)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 0}, "k must be at least 1, got 0"),
        ({"alpha": 0.0}, "alpha must be above 0 and at most 1, got 0.0"),
        ({"adjust": "bonferroni"}, "adjust must be one of bh, by, holm, max, none"),
        ({"alpha": 0.05, "permutations": 19}, "19 permutations cannot show one dependence"),
        ({"estimator": "kgs"}, "no estimator 'kgs'; did you mean 'ksg'?"),
        ({"discrete": ["lable"]}, "has no column 'lable'; did you mean 'label'?"),
        ({"discrete": [0], "continuous": "label"}, "column 'label' cannot be both discrete and"),
        ({"discrete": [True]}, r"discrete is a mask of shape \(1,\), but there are 4 columns"),
        ({"continuous": [4]}, "continuous has places beyond those of 4 columns"),
        ({"target": "class"}, "target must be one of auto, discrete, continuous, got 'class'"),
        ({"seed": -1}, "the seed must be a whole number"),
        ({"n_jobs": 0}, "takes a number of threads from 1"),
        ({"n_jobs": -2}, "^n_jobs takes a number of threads from 1"),
        ({"n_jobs": 2.5}, "^n_jobs takes a number of threads from 1"),
        ({"k": "a"}, "k must be a whole number, got 'a'"),
        ({"k": 2.5}, "k must be a whole number, got 2.5"),
        ({"alpha": "a"}, "alpha must be a number, got 'a'"),
        ({"permutations": "x"}, "permutations must be a whole number of at least 1, got 'x'"),
        ({"estimator": None}, "estimator must be a name, got None"),
        ({"params": 3}, "params must be a mapping of names to values, got 3"),
        ({"adjust": None}, "adjust must be one of bh, by, holm, max, none, got None"),
        ({"alpha": 0.05, "permutations": 5}, "adjust='bh'.; use permutations=[0-9]+ or more"),
        ({"target": "continuous"}, "leave it out of continuous"),
    ],
)
def test_wrong_arguments_are_one_line(arguments: dict[str, Any], message: str, mixed: Any) -> None:
    with pytest.raises(MitoolError, match=message) as error:
        MISelector(**arguments).fit(*mixed)
    assert "\n" not in str(error.value)


def test_wrong_targets_are_one_line(mixed: Any) -> None:
    frame, y = mixed
    with pytest.raises(MitoolError, match="X has 300 rows, but y has 299"):
        MISelector().fit(frame, y[:-1])
    with pytest.raises(MitoolError, match="X has 300 rows, but y has 299"):
        mi_score(frame, y[:-1])
    with pytest.raises(MitoolError, match="the target 'y' names every row differently"):
        MISelector().fit(frame, [f"row {i}" for i in range(300)])
    with pytest.raises(ValueError, match="requires y to be passed"):
        MISelector().fit(frame)
    with pytest.raises(NotFittedError):
        MISelector().transform(frame.to_numpy())


def test_the_best_of_scikit_learn_goes_by_scores_that_lack_some(rng: np.random.Generator) -> None:
    y = rng.normal(size=100)
    x = np.column_stack([np.ones(100), y + rng.normal(size=100), rng.normal(size=100)])
    x[::9, 1] = np.nan
    with config_context(assume_finite=True), pytest.warns(MitoolWarning, match="one value"):
        best = SelectKBest(mi_score, k=1).fit(x, y)
    assert best.get_support().tolist() == [False, True, False]


def test_the_best_of_scikit_learn_takes_text_once_it_is_encoded(mixed: Any) -> None:
    """By itself it refuses text before it asks for scores."""
    frame, y = mixed
    frame["label"] = frame["label"].astype(object).where(frame["label"].notna(), np.nan)
    with pytest.raises(ValueError, match="could not convert"), config_context(assume_finite=True):
        SelectKBest(mi_score, k=2).fit(frame, y)
    encode = make_column_transformer(
        (OrdinalEncoder(), ["label", "toss"]), remainder="passthrough"
    ).set_output(transform="pandas")
    best = SelectKBest(partial(mi_score, discrete=[0, 1]), k=2)
    with config_context(assume_finite=True):
        chosen = make_pipeline(encode, best).fit(frame, y)
    assert list(chosen.get_feature_names_out()) == ["ordinalencoder__label", "remainder__number"]


def test_scores_take_labels_and_missing_values(mixed: Any) -> None:
    frame, y = mixed
    expected = [library.estimate(frame[name], pd.Series(y, name="y")).mi for name in frame]
    assert mi_score(frame, y).tolist() == expected


def test_the_selector_alone_loads_scikit_learn() -> None:
    code = (
        "import sys, mitool.sklearn as door\n"
        "before = 'sklearn' in sys.modules\n"
        "door.MISelector\n"
        "print(before, 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
