"""What every registered estimator promises, and how near each comes to what is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import truths

from mitool.estimators import BUILTIN, auto, load
from mitool.estimators.base import Conditional, Pointwise
from mitool.estimators.ksg import KSG
from mitool.estimators.parameters import create
from mitool.estimators.ross import Ross
from mitool.estimators.two_scales import TwoScales
from mitool.kernels.neighbors import counting
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.simulate import parse
from mitool.testing import PROMISES, Pair, samples
from mitool.variables import Variable

BROKEN = {
    # its rows are drawn at random by its seed, so their order decides which
    ("dsmi", "row_order_does_not_matter"),
    # how different two distributions are says nothing of their dependence
    ("cs-divergence", "stronger_dependence_gives_more"),
}
"""What an estimator does not promise, and why."""


@pytest.mark.parametrize(
    ("name", "promise"), [pair for pair in product(BUILTIN, PROMISES) if pair not in BROKEN]
)
def test_promises_hold(name, promise):
    estimator = create(name)
    for pair in samples(estimator):
        PROMISES[promise](estimator, pair)


@pytest.mark.parametrize("name", BUILTIN)
def test_every_estimator_can_be_cited(name):
    kind = load(name)
    assert kind.bibtex.startswith("@")
    assert all(field in kind.bibtex for field in ("author", "title", "year"))
    assert kind.cost


@pytest.mark.parametrize("name", [n for n in BUILTIN if issubclass(load(n), Pointwise)])
def test_local_terms_have_the_estimate_as_their_mean(name):
    estimator = create(name)
    for pair in samples(estimator):
        prepared = estimator.prepare(pair.x), estimator.prepare(pair.y)
        local = estimator.local(*prepared)
        assert np.nanmean(local) == pytest.approx(estimator.join(*prepared).mi, abs=1e-12)


ACCURACY = {
    # estimator: (distribution, largest error at n = 2000 in nats: 4 standard deviations and bias)
    "bins": ("gaussian:rho=0.6", 0.08),
    "ebab": ("uniform-steps:n_levels=5", 0.09),
    "gaussian": ("gaussian:rho=0.9", 0.09),
    "gcmi": ("lognormal:rho=0.6,sigma=3", 0.07),
    "gcmi-cd": ("labelled-normal:n_levels=3,separation=1", 0.08),
    "gcmi2": ("gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2", 0.15),
    "knn-or-copula": ("gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2", 0.12),
    "kde-loo": ("gaussian:rho=0.9", 0.1),
    "ksg": ("half-cube:rho=0.75", 0.09),
    "mesner": ("gaussian-atoms", 0.12),
    "mist": ("gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2", 0.15),
    "mixed-ksg": ("gaussian-atoms", 0.12),
    "nml": ("symmetric-channel:n_levels=4,flip=0.3", 0.07),
    "nsb": ("symmetric-channel:n_levels=4,flip=0.3", 0.07),
    # what is learned late was paid for: 3 levels of x times 3 ½ log n nats
    "online-code": ("symmetric-channel:n_levels=4,flip=0.3", 0.07),
    "plugin": ("erasure-channel:n_levels=4,erased=0.3", 0.07),
    "ross": ("uniform-steps:n_levels=5", 0.07),
    "two-scales": ("additive-uniform:width=0.1", 0.1),
    "wkl": ("gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2", 0.3),
}


def drawn(label, n=2000):
    sample = parse(label).sample(n, np.random.default_rng(7))
    distribution = parse(label)
    kinds = (distribution.kinds_x, distribution.kinds_y)
    return [
        Variable(tuple(f"{side}{j}" for j in range(len(kind))), values, kind)
        for side, values, kind in zip("xy", sample[:2], kinds, strict=True)
    ]


def test_every_estimator_of_mutual_information_has_its_row():
    estimating = {n for n in BUILTIN if load(n).accepts and load(n).estimand in ("mi", "binned_mi")}
    assert set(ACCURACY) == estimating


@pytest.mark.parametrize("name", ACCURACY)
def test_known_values_are_met(name):
    label, tolerance = ACCURACY[name]
    truth = truths.TRUTHS.get(label, parse(label).mi)
    found = measure(*drawn(label), settings=Settings(name))
    assert found.mi == pytest.approx(truth, abs=tolerance)


@pytest.mark.parametrize("rule", auto.RULES, ids=lambda rule: rule.estimator)
def test_every_rule_of_auto_names_an_estimator_that_can_do_it(rule):
    estimator = create(rule.estimator, rule.params)
    assert estimator.accepts
    for kinds in ({"continuous"}, {"discrete"}, {"continuous", "discrete"}):
        situation = auto.Situation(frozenset(kinds), frozenset(kinds), 2, False, True, 0)
        if auto.choose(situation) is rule:
            assert isinstance(estimator, Conditional)


@pytest.mark.parametrize("estimator", [KSG(), KSG(algorithm=2), Ross()], ids=repr)
def test_estimates_at_several_scales_are_those_at_each(estimator):
    x, y, _ = next(samples(estimator))
    parts = estimator.prepare(x), estimator.prepare(y)
    each = tuple(replace(estimator, n_neighbors=k).join(*parts).mi for k in (2, 5, 9))
    assert estimator.at_scales((2, 5, 9), *parts) == each


@pytest.mark.parametrize("estimator", [KSG(), KSG(algorithm=2), TwoScales()], ids=repr)
@pytest.mark.parametrize("dims", [1, 2])
def test_orders_are_taken_in_calls_of_a_few(monkeypatch, estimator, dims):
    monkeypatch.setattr(counting.UNCOMPILED, "limit", -1)
    monkeypatch.setattr(counting, "ROWS_AT_ONCE", 350)  # 3 of 4 orders in one call, then 1
    pair = drawn(f"gaussian:rho=0.5,dim_x={dims},dim_y={dims}", 100)
    PROMISES["orders_taken_together_give_the_bits_of_each"](estimator, Pair(*pair, pair[1]))
