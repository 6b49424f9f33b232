"""Variables in, an estimate out: the one path that every command takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mitool.diagnostics import data_notes, neighbour_notes, scale_notes, table_notes
from mitool.errors import MitoolError, UsageError
from mitool.estimators import auto, classes
from mitool.estimators.base import Conditional, Estimator, Value
from mitool.estimators.parameters import create, params_of
from mitool.normalization import check_normalization, normalized
from mitool.once import once
from mitool.parallel import map_over_rows
from mitool.result import Estimate, Note
from mitool.transforms import jitter, tied_columns, transform
from mitool.variables import Missing, Rows, Variable, complete


@dataclass(frozen=True)
class Settings:
    """What is the same for all pairs of a run; ``transform`` None is the estimator's own."""

    estimator: str = "auto"
    params: Mapping[str, Any] = field(default_factory=dict)
    transform: str | None = None
    missing: Missing = "drop"
    seed: int = 0
    normalize: str = "none"

    def __post_init__(self) -> None:
        check_normalization(self.normalize)
        if self.estimator == "auto":
            if self.params:
                raise UsageError("auto chooses its own parameters; name an estimator to set them")
        else:
            create(self.estimator, self.params)  # refuses what is unknown before any work


@dataclass(frozen=True)
class Method:
    """An estimator, and what the gate does to numeric columns before it."""

    name: str
    estimator: Estimator
    transform: str
    seed: int
    reason: str | None = None

    @classmethod
    def chosen(cls, x: Variable, y: Variable, given: Variable | None, settings: Settings) -> Method:
        """Follow the settings; where they say auto, the table of rules."""
        name, params, reason = settings.estimator, settings.params, None
        if name == "auto":
            rule = auto.choose(auto.Situation.of(x, y, given))
            name, params, reason = rule.estimator, rule.params, rule.because
        estimator = create(name, params)
        how = settings.transform or estimator.default_transform
        return cls(name, estimator, how, settings.seed, reason)

    def notes(self) -> Iterator[Note]:
        """Say why ``auto`` chose it."""
        if self.reason:
            yield Note("auto", f"auto chose {self.name}: {self.reason}", level="note")

    def cleared(self, variable: Variable) -> Variable:
        """The variable as the estimator gets it: transformed, and its ties broken if it asks."""
        ready = transform(variable, self.transform)
        return jitter(ready, self.seed) if self.jitters(variable) else ready

    def prepared(self, variable: Variable) -> Any:
        """What the estimator knows of this variable alone; kept with the variable."""
        key = (self.name, self.estimator, self.transform, self.seed)
        return variable.remember(key, lambda: self.estimator.prepare(self.cleared(variable)))

    def jitters(self, *variables: Variable) -> bool:
        """Whether noise was added to any of these."""
        return self.estimator.jitters_ties and any(tied_columns(v) for v in variables)


@dataclass(frozen=True, eq=False)
class Measurement:
    """One quantity of complete variables: its value, and the same on other rows."""

    method: Method
    x: Variable
    y: Variable
    given: Variable | None = None
    groups: Variable | None = None

    @property
    def is_constant(self) -> bool:
        """Whether x or y has one value, so that there is no dependence to estimate or resample."""
        one_value = self.x.is_constant or self.y.is_constant
        return one_value and self.method.estimator.of_dependence

    @once
    def value(self) -> Value:
        """The estimate on all rows."""
        return self._join(self.y)

    def replicate(self, rows: Rows) -> float:
        """The estimate on some of the rows; transforms are redone on them."""
        given = None if self.given is None else self.given.take(rows)
        return Measurement(self.method, self.x.take(rows), self.y.take(rows), given).value.mi

    def permuted(self, rows: Rows) -> float:
        """The estimate after the rows of y are taken in another order."""
        return self._join(self.y, rows).mi

    @property
    def scales(self) -> tuple[int, ...]:
        """The scales that a test of this estimator joins, as far as the rows allow."""
        _, scales = self.method.estimator.scales or ("", ())
        return tuple(scale for scale in scales if scale < self._n_searched // 4)

    @property
    def _n_searched(self) -> int:
        """How many rows neighbours are sought among at most: those of a level, within levels."""
        given = self.given
        if given is None or given.kind != "discrete" or self.method.estimator.joint_labels:
            return len(self.x)
        return int(np.bincount(given.codes).max())

    def at_scales(self, rows: Rows | None = None) -> tuple[float, ...]:
        """What a test joins of all scales, with the rows of y in another order if any is given."""
        first, second, *given = self._prepared(self.y, rows)
        return self.method.estimator.at_scales(self.scales, first, second, *given)

    def coarser(self) -> Measurement | None:
        """The same at the next larger scale, or at three times the largest."""
        if self.method.estimator.scales is None:
            return None
        parameter, scales = self.method.estimator.scales
        present = getattr(self.method.estimator, parameter)
        larger = next((scale for scale in scales if scale > present), 3 * present)
        if larger >= self._n_searched // 2:
            return None
        estimator = replace(self.method.estimator, **{parameter: larger})
        return replace(self, method=replace(self.method, estimator=estimator))

    def _join(self, y: Variable, rows: Rows | None = None) -> Value:
        estimator = self.method.estimator
        first, second, *given = self._prepared(y, rows)
        if given:
            assert isinstance(estimator, Conditional)  # ensured by ``check``
            return estimator.join_given(first, second, *given)
        return estimator.join(first, second)

    def _prepared(self, y: Variable, rows: Rows | None) -> tuple[Any, ...]:
        """The variables as the estimator takes them, x and y in the order that it accepts."""
        variables = (self.x, y) if self.given is None else (self.x, y, self.given)
        first, second, *given = map_over_rows(self.method.prepared, variables, len(y))
        if rows is not None:
            second = second.permute(rows)
        if not given and (self.x.kind, y.kind) not in self.method.estimator.accepts:
            return second, first
        return first, second, *given


def measure(
    x: Variable, y: Variable, given: Variable | None = None, settings: Settings | None = None
) -> Estimate:
    """Estimate I(X;Y), or I(X;Y|given), of gathered variables of the same rows."""
    settings = settings or Settings()
    measurement, n_dropped = measurement_of(x, y, given, settings)
    return normalized(describe(measurement, n_dropped), settings.normalize)


def measurement_of(
    x: Variable,
    y: Variable,
    given: Variable | None,
    settings: Settings,
    groups: Variable | None = None,
) -> tuple[Measurement, int]:
    """Drop missing rows, choose the method, check that it fits; give also how many rows went."""
    wanted = tuple(variable for variable in (x, y, given, groups) if variable is not None)
    kept, n_dropped = complete(*wanted, missing=settings.missing)
    require_rows(len(kept[0]), n_dropped, wanted)
    x, y, *others = kept
    given = others.pop(0) if given is not None else None
    groups = others.pop(0) if groups is not None else None
    method = Method.chosen(x, y, given, settings)
    check(method, x, y, given)
    return Measurement(method, x, y, given, groups), n_dropped


def require_rows(n_used: int, n_dropped: int, variables: Sequence[Variable]) -> None:
    """Refuse too few complete rows."""
    if not n_used:
        names_ = " and ".join(repr(v.name) for v in variables)
        raise MitoolError(f"no row has a value in {names_}: all {n_dropped} are missing in one")
    if n_used == 1:
        raise MitoolError(
            "one row tells nothing of dependence; at least 2 complete rows are needed"
        )


def check(method: Method, x: Variable, y: Variable, given: Variable | None) -> None:
    """Refuse an estimator that is not valid for these variables, and say which is."""
    estimator, name = method.estimator, method.name
    kinds = (x.kind, y.kind)
    fits = kinds in estimator.accepts or (estimator.symmetric and kinds[::-1] in estimator.accepts)
    if not fits:
        raise MitoolError(
            f"{name} does not take {x.name!r} ({x.kind}) with {y.name!r} ({y.kind}); "
            f"-e {_fitting(x, y, given)} does, or change a kind with --discrete or --continuous"
        )
    for variable in (x, y, given):
        if variable and variable.has_labels_and_numbers and not estimator.joint_labels:
            raise MitoolError(
                f"{name} does not take labels beside numbers in {variable.name!r}; "
                f"-e {_fitting(x, y, given)} does"
            )
    if given is None:
        return
    if not isinstance(estimator, Conditional):
        able = ", ".join(n for n, kind in classes().items() if issubclass(kind, Conditional))
        raise MitoolError(f"{name} has no conditional form; these have: {able}")
    if given.kind not in estimator.accepts_given:
        raise MitoolError(
            f"{name} does not take a {given.kind} condition ({given.name!r}); "
            f"-e {_fitting(x, y, given)} does"
        )
    shared = set(given.names) & set(x.names + y.names)
    if shared:
        raise MitoolError(f"{min(shared)!r} stands in the condition and in x or y; leave out one")


def _fitting(x: Variable, y: Variable, given: Variable | None) -> str:
    return auto.choose(auto.Situation.of(x, y, given)).estimator


def describe(measurement: Measurement, n_dropped: int = 0) -> Estimate:
    """Run a measurement and put its value into words."""
    method, x, y, given = measurement.method, measurement.x, measurement.y, measurement.given
    value = Value(0.0) if measurement.is_constant else measurement.value
    notes = tuple(_notes(measurement, value))
    jitter = "+jitter" if method.jitters(x, y) else ""
    return described(method, x, y, given, value, notes, (len(x), n_dropped), jitter)


def described(
    method: Method,
    x: Variable,
    y: Variable,
    given: Variable | None,
    value: Value,
    notes: tuple[Note, ...],
    n_rows: tuple[int, int],
    jitter: str = "",
) -> Estimate:
    """Put a value into words; x and y need no rows, ``n_rows`` are those used and those dropped."""
    return Estimate(
        x=x.name,
        y=y.name,
        given=given.name if given else None,
        estimator=method.name,
        mi=value.mi,
        kind_x=x.kind,
        kind_y=y.kind,
        kind_given=given.kind if given else None,
        dim_x=x.n_dims,
        dim_y=y.n_dims,
        dim_given=given.n_dims if given else None,
        params=params_of(method.estimator),
        transform=method.transform + jitter,
        notes=notes,
        n_used=n_rows[0],
        n_dropped=n_rows[1],
        estimand=method.estimator.estimand,
        unit="nats" if method.estimator.has_unit else None,
        extras=value.extras,
        facts=value.facts,
        error_bound=value.error_bound,
    )


def _notes(measurement: Measurement, value: Value) -> Iterator[Note]:
    method, x, y, given = measurement.method, measurement.x, measurement.y, measurement.given
    yield from method.notes()
    yield from data_notes(x, y, given)
    if method.estimator.family == "neighbours":
        yield from neighbour_notes(x, y, value.mi, value.facts)
        if method.transform == "none":
            yield from scale_notes(x)
            yield from scale_notes(y)
    if method.estimator.family == "counts":
        yield from table_notes(x, y, len(x), value.facts)
    yield from value.notes


def failed(
    x: Variable, y: Variable, given: Variable | None, settings: Settings, message: str
) -> Estimate:
    """Give the estimate of a pair that could not be estimated, which says why."""
    return Estimate(
        x=x.name,
        y=y.name,
        given=given.name if given else None,
        estimator=settings.estimator,
        mi=None,
        kind_x=x.kind,
        kind_y=y.kind,
        kind_given=given.kind if given else None,
        dim_x=x.n_dims,
        dim_y=y.n_dims,
        dim_given=given.n_dims if given else None,
        params=settings.params,
        status="failed",
        message=message,
    )
