"""Entropies of one variable: of labels in nats, of numbers as differential entropy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mitool.diagnostics import variable_notes
from mitool.errors import MitoolError, UsageError, attempt
from mitool.estimators import classes
from mitool.estimators.base import Entropic, Estimator, Value
from mitool.estimators.parameters import create, params_of
from mitool.kernels.counts.coded import code_rows
from mitool.measure.description import complete_rows
from mitool.measure.method import Method
from mitool.measure.reduction import Reduction
from mitool.measure.settings import Settings
from mitool.result import Estimate, Note
from mitool.variables import Variable, complete

AUTO = {
    "discrete": ("nsb", "all columns are discrete"),
    "continuous": ("kl", "all columns are numeric"),
    "mixed": ("bins", "values repeat too often for a density"),
}
"""What ``auto`` takes, and why: for columns of each kind, numbers that repeat counting as mixed."""

COPIES = 3
"""Rows of one value that ``kl``, at its default, still takes for neighbours."""


def measure_entropy(x: Variable, settings: Settings | None = None) -> Estimate:
    """Estimate the entropy of a gathered variable, joint over its columns.

    ``Estimate.mi`` holds it and ``y`` is None. Estimators of differential entropy transform
    nothing unless asked: that would change it.
    """
    settings = settings or Settings()
    if x.refusal is not None:
        raise MitoolError(x.refusal)
    (x,), n_dropped = complete(x, missing=settings.missing)
    if not len(x):
        raise MitoolError(f"no row has a value in {x.name!r}: all {n_dropped} are missing")
    if settings.reduce is not None:
        return replace(_of_reduced(x, settings), n_dropped=n_dropped)
    return replace(_of_complete(x, settings), n_dropped=n_dropped)


def _of_complete(x: Variable, settings: Settings) -> Estimate:
    method = _method(x, settings)
    estimator = method.estimator
    assert isinstance(estimator, Entropic)  # ensured by ``_check``
    (prepared,) = method.prepared(x)
    return _described(x, method, estimator.entropy(prepared))


def _of_reduced(x: Variable, settings: Settings) -> Estimate:
    """Give the entropy of the projection, and that in half and in twice the columns beside it."""
    fitted = Reduction.parsed(settings.reduce or "").fitted(x)
    found = {k: _of_complete(fitted.first(k), settings).mi for k in fitted.sizes}
    beside = {f"k={k}": float(value) for k, value in found.items() if value is not None}
    whole = _of_complete(fitted.first(fitted.reduction.n_dims), settings)
    facts = {**whole.facts, **fitted.facts}
    return replace(whole, extras={**whole.extras, **beside}, facts=facts)


def measure_one_entropy_of_many(x: Variable, settings: Settings) -> Estimate:
    """Measure one of many: what cannot be estimated is a failed estimate that says why."""
    return attempt(
        lambda: measure_entropy(x, settings), lambda error: _failed(x, settings, str(error))
    )


def _failed(x: Variable, settings: Settings, message: str) -> Estimate:
    n_used, n_dropped = complete_rows(x)
    return Estimate(
        x=x.name,
        y=None,
        estimator=settings.estimator,
        mi=None,
        kind_x=x.kind,
        dim_x=x.n_dims,
        params=settings.params,
        estimand="entropy",
        n_used=n_used,
        n_dropped=n_dropped,
        status="failed",
        message=message,
    )


def entropic_names() -> list[str]:
    """The estimators that have an entropy."""
    return [name for name, kind in classes().items() if issubclass(kind, Entropic)]


def _method(x: Variable, settings: Settings) -> Method:
    name, reason = settings.estimator, None
    if name == "auto":
        name, reason = AUTO[_kind(x)]
    estimator = create(name, settings.params)
    _check(name, estimator, x)
    _check_transform(estimator, settings.transform)
    return Method(
        name, estimator, settings.transform or estimator.default_transform, settings.seed, reason
    )


def _kind(x: Variable) -> str:
    repeats = x.kind == "continuous" and int(code_rows(x.values).counts.max()) > COPIES
    return "mixed" if repeats else x.kind


def _check(name: str, estimator: Estimator, x: Variable) -> None:
    if not isinstance(estimator, Entropic):
        raise MitoolError(f"{name} has no entropy; these have: {', '.join(entropic_names())}")
    mends = f"-e {AUTO[_kind(x)][0]} does"
    if x.has_labels_and_numbers and not estimator.joint_labels:
        raise MitoolError(f"{name} does not take labels beside numbers in {x.name!r}; {mends}")
    if x.kind not in (estimator.accepts_alone or {a for a, b in estimator.accepts if a == b}):
        raise MitoolError(
            f"{name} has no entropy of {x.name!r}, which is {x.kind}; {mends}, "
            "or change its kind with --discrete or --continuous"
        )


def _check_transform(estimator: Estimator, transform: str | None) -> None:
    """Refuse ranks where a density is estimated: they are as even in every column."""
    density = estimator.entropy_estimand == "differential_entropy"
    if density and transform in ("rank", "normal"):
        raise UsageError(
            f"the entropy of {transform} scores is that of the scale and not of the column; use "
            "--transform none or standard"
        )


def _described(x: Variable, method: Method, value: Value) -> Estimate:
    estimator = method.estimator
    return Estimate(
        x=x.name,
        y=None,
        estimator=method.name,
        mi=value.mi,
        kind_x=x.kind,
        dim_x=x.n_dims,
        params=params_of(estimator),
        transform=method.transform,
        estimand=estimator.entropy_estimand or estimator.estimand,
        unit="nats" if estimator.has_unit else None,
        extras=value.extras,
        facts=value.facts,
        error_bound=value.error_bound,
        notes=tuple(_notes(x, method, value)),
        n_used=len(x),
    )


def _notes(x: Variable, method: Method, value: Value) -> Iterator[Note]:
    yield from method.notes()
    yield from variable_notes(x)
    yield from value.notes
