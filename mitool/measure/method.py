"""Which estimator a pair gets, how its columns are transformed first, and whether it fits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from mitool.errors import MitoolError, UsageError
from mitool.estimators import auto, classes
from mitool.estimators.base import Conditional, Estimator
from mitool.estimators.parameters import create
from mitool.measure.settings import Settings
from mitool.once import once, token_of
from mitool.parallel import map_over_rows
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable
from mitool.variables.ties import without_ties
from mitool.variables.transforms import tied_columns, transform


@dataclass(frozen=True)
class Method:
    """An estimator, and how numeric columns are transformed before it.

    ``steadied`` names what was done to rows in time before, ``in_stead_of`` the estimator that this
    one stands in for, in a test.
    """

    name: str
    estimator: Estimator
    transform: str
    seed: int
    reason: str | None = None
    steadied: str = ""
    in_stead_of: str = ""

    @classmethod
    def chosen(cls, x: Variable, y: Variable, given: Variable | None, settings: Settings) -> Method:
        """Follow the settings; where they say auto, the table of rules."""
        if settings.estimator == "auto":
            rule = auto.choose(auto.Situation.of(x, y, given))
            name, reason, estimator = rule.estimator, rule.because, rule.instance
        else:
            name, reason, estimator = settings.estimator, None, settings.named
        how = settings.transform or estimator.default_transform
        return cls(name, estimator, how, settings.seed, reason, settings.steadying.name)

    def notes(self) -> Iterator[Note]:
        """Say why ``auto`` chose it."""
        if self.reason:
            yield note_of("auto", name=self.name, reason=self.reason)

    def tested(self) -> Method:
        """Give what a test goes by: this, or the estimator that stands in for it."""
        if not self.estimator.tested_by:
            return self
        other = create(self.estimator.tested_by)
        is_own = self.transform == self.estimator.default_transform
        how = other.default_transform if is_own else self.transform
        name = self.estimator.tested_by
        return replace(
            self, name=name, estimator=other, transform=how, reason=None, in_stead_of=self.name
        )

    def of_test(self, how: str) -> str:
        """Name a test that is made in some way, with the estimator if it stands in for another."""
        return f"{self.name}-{how}" if self.in_stead_of else how

    def transformed(self, *variables: Variable) -> tuple[Variable, ...]:
        """Give variables of the same rows as the estimator takes them: ties broken if need be."""
        ready = tuple(self._transformed(variable) for variable in variables)
        return without_ties(variables, ready) if self.jitters(*variables) else ready

    def prepared(self, *variables: Variable) -> tuple[Any, ...]:
        """What the estimator knows of each of some variables of the same rows.

        Kept with the variable, unless its ties are broken: how depends on the others.
        """
        if not self.jitters(*variables):
            return tuple(map_over_rows(self.kept, variables, len(variables[0])))
        pairs = list(zip(variables, self.transformed(*variables), strict=True))
        return tuple(map_over_rows(self._prepared, pairs, len(variables[0])))

    def jitters(self, *variables: Variable) -> bool:
        """Whether noise is added to any of these."""
        return self._sees_ties(*variables) and not self._keeps

    def keeps_ties(self, *variables: Variable) -> bool:
        """Whether any of these repeats values that are taken as they are."""
        return self._sees_ties(*variables) and self._keeps

    @property
    def _keeps(self) -> bool:
        return getattr(self.estimator, "ties", None) == "keep"

    def _sees_ties(self, *variables: Variable) -> bool:
        return self.estimator.jitters_ties and any(map(tied_columns, variables))

    def _transformed(self, variable: Variable) -> Variable:
        if not self.jitters(variable):
            return transform(variable, self.transform)
        key = ("transformed", self.transform)  # kept, because each partner has other noise added
        ready: Variable = variable.remember(key, lambda: transform(variable, self.transform))
        return ready

    def _prepared(self, pair: tuple[Variable, Variable]) -> Any:
        """Prepare a variable from what it was, and what it was transformed to."""
        variable, transformed = pair
        if tied_columns(variable):
            return self.estimator.prepare(transformed)
        return self.kept(variable)

    def kept(self, variable: Variable) -> Any:
        """What the estimator knows of a variable whose ties are not broken, kept with it."""
        return variable.remember(
            self.key, lambda: self.estimator.prepare(transform(variable, self.transform))
        )

    @once
    def key(self) -> Hashable:
        """Under which a variable keeps what ``kept`` gives."""
        return token_of((self.name, self.estimator, self.transform))


def takes(estimator: Estimator | type[Estimator], x: Variable, y: Variable) -> bool:
    """Tell whether an estimator is valid for variables of these kinds."""
    kinds = (x.kind, y.kind)
    return kinds in estimator.accepts or (estimator.symmetric and kinds[::-1] in estimator.accepts)


def chosen_by_auto(x: Variable, y: Variable, given: Variable | None) -> str:
    """Name the estimator that ``auto`` takes."""
    return auto.choose(auto.Situation.of(x, y, given)).estimator


Fitting = Callable[[Variable, Variable, Variable | None], str]
"""Names an estimator that takes these variables."""


def check(
    method: Method,
    x: Variable,
    y: Variable,
    given: Variable | None,
    fitting: Fitting = chosen_by_auto,
) -> None:
    """Refuse an estimator that is not valid for these variables, and say which is."""
    estimator, name = method.estimator, method.name
    for refusal in (x.refusal, y.refusal):
        if refusal is not None:
            raise MitoolError(refusal)
    if not takes(estimator, x, y):
        raise MitoolError(
            f"{name} does not take {x.name!r} ({x.kind}) with {y.name!r} ({y.kind}); "
            f"-e {fitting(x, y, given)} does, or change a kind with --discrete or --continuous"
        )
    for variable in (x, y, given):
        if variable is None:  # not by its truth: one of a stream is false, it holds no rows
            continue
        if variable.has_labels_and_numbers and not estimator.joint_labels:
            raise MitoolError(
                f"{name} does not take labels beside numbers in {variable.name!r}; "
                f"-e {fitting(x, y, given)} does"
            )
    if given is None and estimator.takes_residuals:
        raise UsageError(f"{name}.residuals=true would be ignored: it is for a condition (-z)")
    if given is not None:
        _check_condition(method, x, y, given, fitting)


def _check_condition(
    method: Method, x: Variable, y: Variable, given: Variable, fitting: Fitting
) -> None:
    """Refuse a condition that the estimator does not take, or that stands in x or y too."""
    estimator, name = method.estimator, method.name
    if not isinstance(estimator, Conditional):
        conditional = ", ".join(n for n, kind in classes().items() if issubclass(kind, Conditional))
        raise MitoolError(f"{name} has no conditional form; these have: {conditional}")
    if given.kind not in estimator.accepts_given:
        raise MitoolError(
            f"{name} does not take a {given.kind} condition ({given.name!r}); "
            f"-e {fitting(x, y, given)} does"
        )
    shared = set(given.names) & set(x.names + y.names)
    if shared:
        raise MitoolError(f"{min(shared)!r} stands in the condition and in x or y; leave out one")
