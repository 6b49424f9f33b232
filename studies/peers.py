"""Other people's estimators by their defaults, as entrants beside ours.

scikit-learn and ennemi take one column a side; npeet-plus takes any number. Labels are declared
as such wherever a program has a way to say so; all else goes in as it was drawn.
"""

from __future__ import annotations

import warnings
from importlib.metadata import version
from math import e

import ennemi
import numpy as np
from npeet_plus import estimators as npeet
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.metrics import mutual_info_score

from mitool.errors import MitoolError
from mitool.result import Estimate
from mitool.simulate.benchmark import Entrant
from mitool.variables import Variable

PACKAGES = ("scikit-learn", "ennemi", "npeet-plus")


def sklearn_mi(x: Variable, y: Variable, given: Variable | None) -> float:
    if given is not None or x.n_dims + y.n_dims > 2:
        raise MitoolError("scikit-learn takes two columns and no condition")
    a, b = x.values[:, 0], y.values[:, 0]
    if x.kind == y.kind == "discrete":
        return float(mutual_info_score(a, b))
    if y.kind == "discrete":
        return float(mutual_info_classif(a[:, None], b, random_state=0)[0])
    discrete = x.kind == "discrete"
    found = mutual_info_regression(a[:, None], b, discrete_features=discrete, random_state=0)
    return float(found[0])


def ennemi_mi(x: Variable, y: Variable, given: Variable | None) -> float:
    if x.n_dims + y.n_dims > 2:
        raise MitoolError("ennemi takes two columns")
    if given is not None and given.kind == "discrete" and "discrete" not in (x.kind, y.kind):
        raise MitoolError("ennemi has no labels as a condition of numbers")
    found = ennemi.estimate_mi(
        y.values[:, 0],
        x.values[:, 0],
        cond=None if given is None else given.values,
        discrete_y=y.kind == "discrete",
        discrete_x=x.kind == "discrete",
    )
    return float(np.ravel(found)[0])


def npeet_mi(x: Variable, y: Variable, given: Variable | None) -> float:
    a, b = x.values, y.values
    z = None if given is None else given.values
    if x.kind == y.kind == "discrete":
        return float(npeet.midd(a, b, z, base=e))
    if "discrete" in (x.kind, y.kind):
        numbers, labels = (a, b) if y.kind == "discrete" else (b, a)
        return float(npeet.micd(numbers, labels, z, base=e, warning=False))
    return float(npeet.mi(a, b, z, base=e))


def entered(name: str, estimate: object) -> Entrant:
    def enter(x: Variable, y: Variable, given: Variable | None) -> Estimate:
        np.random.seed(0)  # noqa: NPY002  (npeet-plus draws its noise from the global state)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                mi = estimate(x, y, given)
            except (ValueError, AssertionError, IndexError) as error:
                raise MitoolError(f"{name}: {error}") from error
        return Estimate(x.name, y.name, name, mi)

    return Entrant(name, enter)


def peers() -> list[Entrant]:
    return [
        entered("scikit-learn", sklearn_mi),
        entered("ennemi", ennemi_mi),
        entered("npeet-plus", npeet_mi),
    ]


def versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
