"""One variable measured with each of several: together where that is sooner, the same bits.

What follows from a column alone is looked at once a column, numbers come from one call of the
estimator, and estimates that are alike are described once. What needs a look of its own is left to
``measure``, one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import not_
from typing import TypeVar

import numpy as np

from mitool.choices import Unit
from mitool.errors import attempt
from mitool.estimators.base import Value
from mitool.estimators.several import Values, joins_each
from mitool.measure.method import Method, check
from mitool.measure.peers import Likenesses, Peers
from mitool.measure.settings import Settings
from mitool.measure.standing import Standing
from mitool.result import Estimate, Note
from mitool.result.alike import Alikes
from mitool.result.blocks import RowBlock, in_order
from mitool.variables import Variable, complete

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Together:
    """Estimates of several pairs in nats, by their places; those ``left`` are still to be made."""

    n_places: int
    alike: list[tuple[Sequence[int], Alikes]] = field(default_factory=list)
    single: list[tuple[int, Estimate]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def completed(self, by_itself: Callable[[int], Estimate]) -> Together:
        """Give the same with those that are left, each estimated by itself."""
        single = [*self.single, *((place, by_itself(place)) for place in self.left)]
        return Together(self.n_places, self.alike, single)

    def in_order(
        self, of_alikes: Callable[[Alikes], Iterable[Made]], of_one: Callable[[Estimate], Made]
    ) -> list[Made]:
        """Give what is made of the estimates, in order; none is left."""
        return in_order(self.n_places, self.alike, self.single, of_alikes, of_one)

    def told(self, unit: Unit) -> tuple[RowBlock, Sequence[Sequence[Note]]]:
        """Give the rows of the estimates in a unit, in order, and what is to be said of each."""
        ones = [(place, estimate.to(unit)) for place, estimate in self.single]
        alike = [(places, alikes.rows()) for places, alikes in self.alike]
        rows = RowBlock(self.n_places, alike, [(place, one.row()) for place, one in ones])
        how = Alikes.remarks, lambda estimate: estimate.remarks
        return rows, in_order(self.n_places, self.alike, ones, *how)

    def add(self, peers: Peers, likenesses: Likenesses) -> None:
        """Estimate peers and describe them; what fails is left, to fail by itself."""
        x, ys = peers.prepared(likenesses)
        if x is None or isinstance(ys, list):
            peers = self._leave(peers, [x is None or y is None for y in ys])
            ys = [y for y in ys if y is not None]
        if x is None or not ys:
            return
        values = attempt(lambda: peers.joined(x, ys), lambda error: None)
        if values is None:
            self._leave(peers, [True] * len(ys))
        elif isinstance(values, Values):
            self._describe(peers, values, likenesses)
        else:
            self._describe_each(peers, values)

    def _leave(self, peers: Peers, some: Sequence[bool]) -> Peers:
        """Leave some of the peers; give the others."""
        if not any(some):
            return peers
        self.left.extend(peers.only(some).places)
        return peers.only(list(map(not_, some)))

    def _describe(self, peers: Peers, values: Values, likenesses: Likenesses) -> None:
        quiet = peers.quiet(values)
        if all(quiet):
            self.alike.append((peers.places, peers.alike(values, likenesses)))
            return
        loud = list(map(not_, quiet))
        self._describe_each(peers.only(loud), list(values.only(loud)))
        if any(quiet):
            some = peers.only(quiet)
            self.alike.append((some.places, some.alike(values.only(quiet), likenesses)))

    def _describe_each(self, peers: Peers, values: Sequence[Value]) -> None:
        for at, (place, value) in enumerate(zip(peers.places, values, strict=True)):
            estimate = attempt(partial(peers.described, at, value), _none)
            if estimate is None:
                self.left.append(place)
            else:
                self.single.append((place, estimate))


def _none(error: Exception) -> None:
    return None


def measured_together(
    x: Variable, partners: Sequence[Variable], settings: Settings, likenesses: Likenesses
) -> Together:
    """Measure x with each of its partners, as far as that can be done together."""
    together = Together(len(partners))
    for peers in _among(x, partners, settings, together.left):
        together.add(peers, likenesses)
    return together


def _among(
    x: Variable, partners: Sequence[Variable], settings: Settings, left: list[int]
) -> Iterator[Peers]:
    """Yield partners that share the rows of x and stand alike; add to ``left`` all others."""
    by_standing: defaultdict[Standing, list[int]] = defaultdict(list)
    ys, n_dropped = _on_rows_of(x, partners, settings)
    whole = x if x.missing is None else complete(x)[0][0]
    for place, y in enumerate(ys):
        if y is None:
            left.append(place)
        else:
            by_standing[Standing.of(y)].append(place)
    for standing, places in by_standing.items():
        alike = [y for place in places if (y := ys[place]) is not None]
        method = attempt(partial(_method, whole, standing, alike, settings), _none)
        if method is None:
            left.extend(places)
        else:
            yield Peers(whole, places, alike, n_dropped, method, settings)


def _on_rows_of(
    x: Variable, partners: Sequence[Variable], settings: Settings
) -> tuple[Sequence[Variable | None], int]:
    """Give partners on the rows that x has, where they have those; how many rows it lacks."""
    if settings.steadying or settings.reduce is not None:
        return [None] * len(partners), 0
    if x.missing is None:
        return [y if y.missing is None else None for y in partners], 0
    if settings.missing != "drop":
        return [None] * len(partners), 0
    have_them = [y.missing is None or not (y.missing > x.missing).any() for y in partners]
    kept = [
        complete(y, x)[0][0] if has else None for y, has in zip(partners, have_them, strict=True)
    ]
    return kept, int(np.count_nonzero(x.missing))


def _method(
    x: Variable, standing: Standing, ys: Sequence[Variable], settings: Settings
) -> Method | None:
    """Choose the method of partners that stand alike; None where each is to go by itself."""
    own = Standing.of(x)
    if len(ys) < 2 or not (own.is_sound and standing.is_sound):
        return None
    method = Method.chosen(x, ys[0], None, settings)
    check(method, x, ys[0], None)
    breaks_ties = method.estimator.jitters_ties and not (own.is_untied and standing.is_untied)
    takes_x_first = (x.kind, ys[0].kind) in method.estimator.accepts
    return method if joins_each(method.estimator) and takes_x_first and not breaks_ties else None
