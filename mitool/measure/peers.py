"""Partners of one variable that stand alike: estimated by one call, described by one pattern."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.diagnostics import numbers_are_plain, scale_notes, size_notes, variable_notes
from mitool.errors import attempt
from mitool.estimators.base import Value
from mitool.estimators.several import JoinsEach, StandsAbreast, Values
from mitool.measure.estimation import describe
from mitool.measure.measurement import Measurement
from mitool.measure.method import Method
from mitool.measure.normalize import normalized
from mitool.measure.settings import Settings
from mitool.measure.standing import Standing
from mitool.once import once
from mitool.result import Estimate, Note
from mitool.result.alike import Alikes, Likeness
from mitool.variables import Variable


@dataclass(frozen=True, eq=False)
class Stretch:
    """Variables side by side, and what is laid out of them."""

    variables: Sequence[Variable]
    laid_out: Sequence[Any]

    @once
    def _places(self) -> dict[int, int]:
        return {id(variable): place for place, variable in enumerate(self.variables)}

    def of(self, ys: Sequence[Variable]) -> Sequence[Any] | None:
        """Give what is laid out of some that stand side by side among these, else None."""
        start = self._places.get(id(ys[0]), len(self.variables))
        own = slice(start, start + len(ys))
        return self.laid_out[own] if self.variables[own] == ys else None


@dataclass(frozen=True, eq=False)
class Likenesses:
    """What estimates of one run have in common, made of the first of them; in a unit of reports."""

    unit: Unit = "nats"
    _known: dict[Hashable, Likeness] = field(default_factory=dict)

    _abreast: dict[Hashable, Stretch] = field(default_factory=dict)

    def abreast(
        self, key: Hashable, ys: Sequence[Variable], lay_out: Callable[[], Sequence[Any]]
    ) -> Sequence[Any]:
        """Give what is laid out of variables; the longest stretch under a key is kept, for others.

        The partners of a column of a matrix are those of the column before it, but for one.
        """
        kept = self._abreast.get(key)
        if kept is not None and (known := kept.of(ys)) is not None:
            return known
        made = lay_out()
        if kept is None or len(kept.variables) <= len(ys):
            self._abreast[key] = Stretch(list(ys), made)
        return made

    def of(self, key: Hashable, sample: Callable[[], Estimate]) -> Likeness:
        """Give the likeness under a key; of two that threads make at once, one is kept."""
        known = self._known.get(key)
        return known or self._known.setdefault(key, Likeness(sample(), self.unit))


@dataclass(frozen=True, eq=False)
class Peers:
    """Partners of x that stand alike, by their places, and the method that all of them get.

    All are of the same complete rows.
    """

    x: Variable
    places: Sequence[int]
    ys: Sequence[Variable]
    n_dropped: int
    method: Method
    settings: Settings

    def only(self, kept: Sequence[bool]) -> Peers:
        """Give the same with some of the partners."""
        places, ys = list(compress(self.places, kept)), list(compress(self.ys, kept))
        return replace(self, places=places, ys=ys)

    def prepared(self, likenesses: Likenesses) -> tuple[Any, Sequence[Any]]:
        """Give x and the partners as the estimator takes them; a list has None where it refuses."""
        x, estimator = _prepared(self.method, self.x), self.method.estimator
        if not isinstance(estimator, StandsAbreast):
            return x, self._each()
        key = self.method.key, Standing.of(self.ys[0])
        return x, likenesses.abreast(key, self.ys, lambda: self._laid_out(estimator))

    def _each(self) -> list[Any]:
        return [_prepared(self.method, y) for y in self.ys]

    def _laid_out(self, estimator: StandsAbreast) -> Sequence[Any]:
        each = self._each()
        return each if any(one is None for one in each) else estimator.abreast(each)

    def joined(self, x: Any, ys: Sequence[Any]) -> Sequence[Value]:
        """Estimate all, from what is prepared; as ``Values`` where nothing but numbers differs."""
        estimator: JoinsEach = self.method.estimator  # type: ignore[assignment]
        values: Iterable[Value] = estimator.join_each(x, ys)
        if isinstance(values, Values):
            return values
        values = list(values)
        return Values.of(values) or values

    def described(self, at: int, value: Value) -> Estimate:
        """Describe one estimate by itself."""
        measurement = Measurement(self.method, self.x, self.ys[at])
        vars(measurement).update(value=value)  # what its cached property would find
        estimate = describe(measurement, self.n_dropped)
        return normalized(estimate, self.settings.normalize, measurement.margins)

    def quiet(self, values: Values) -> list[bool]:
        """Tell of which estimates nothing is to be said but what their columns say alone."""
        if not self._may_be_quiet:
            return [False] * len(self.ys)
        named = values.mi, values.extras, values.facts
        plain = numbers_are_plain(self.method.estimator.family, *named, len(self.x))
        if self._by_neighbours and self.method.transform == "none":
            plain &= np.array([not scale_notes(y) for y in self.ys])
        quiet: list[bool] = plain.tolist()
        return quiet

    @property
    def _by_neighbours(self) -> bool:
        return self.method.estimator.family == "neighbours"

    @property
    def _may_be_quiet(self) -> bool:
        """Whether there is no other cause for a note, or for a cell of the row, than numbers."""
        x, y = Standing.of(self.x), Standing.of(self.ys[0])
        if x.notes_rows_with(y) or self.settings.normalize != "none":
            return False
        if not self._by_neighbours:
            return True
        as_they_are = self.method.transform == "none"
        has_labels = "discrete" in (*x.kinds, *y.kinds)
        return not has_labels and not (as_they_are and scale_notes(self.x))

    def alike(self, values: Values, likenesses: Likenesses) -> Alikes:
        """Describe all by what they have in common; they are quiet."""
        standings = Standing.of(self.x), Standing.of(self.ys[0])
        names = tuple(values.extras), tuple(values.facts)
        key = self.method, standings, len(self.x), self.n_dropped, names
        likeness = likenesses.of(key, lambda: self.described(0, values[0]))
        of_x, of_y = [self.x.name] * len(self.ys), [y.name for y in self.ys]
        numbers = values.mi, values.extras, values.facts
        return Alikes(likeness, of_x, of_y, *numbers, self._notes())

    def _notes(self) -> list[tuple[Note, ...]]:
        """Give what ``remarks`` gives of those that are quiet."""
        before, after = (*self.method.notes(), *variable_notes(self.x)), (*size_notes(len(self.x)),)
        each = [variable_notes(y) for y in self.ys]
        return [(*before, *own, *after) for own in each] if before or after else each


def _prepared(method: Method, variable: Variable) -> Any:
    known = variable.known(method.key)
    return attempt(lambda: method.kept(variable), lambda error: None) if known is None else known
