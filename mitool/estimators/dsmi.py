"""Liao, Liu et al. (2024), doi:10.1109/CISS59072.2024.10480166: diffusion spectral MI.

What knowing y takes from the diffusion spectral entropy of x (Def. IV.2); it is not Shannon's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from mitool.estimators.base import Accepted, Value
from mitool.estimators.diffusion import Spectral
from mitool.estimators.parameters import check_at_least
from mitool.estimators.partition import partition
from mitool.estimators.subsets import official_subsets, subsets
from mitool.kernels.gram.side import Side, widths
from mitool.once import once
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Codes, Kind, Rows, Variable, Vector

BOTH_UP_TO = 4096  # distinct rows up to which both forms are given
ROUNDING = 1e-9
NUMBERS: tuple[Kind, ...] = ("continuous", "mixed")
LABELS_OR_NUMBERS: tuple[Kind, ...] = (*NUMBERS, "discrete")


@dataclass(frozen=True, eq=False)
class _Ready:
    """A variable in either role: its kernel if it is x, its levels if it is y.

    ``origin`` is the same with the rows in their first order, ``rows`` the present one.
    """

    variable: Variable
    estimator: DSMI
    origin: _Ready | None = None
    rows: Rows | None = None

    @once
    def side(self) -> Side:
        """The variable under its kernel."""
        if self.origin is not None and self.rows is not None:
            return self.origin.side.permute(self.rows)
        return Side.of(self.variable, self.estimator.bandwidth)

    @once
    def levels(self) -> Codes:
        """Labels as they are; numbers in bins, several columns in clusters."""
        if self.origin is not None:
            levels = self.origin.levels
            return levels if self.rows is None else levels[self.rows]
        e = self.estimator
        return partition(self.variable, e.n_levels, e.bins, e.clusters, e.seed)

    def __len__(self) -> int:
        return len(self.variable)

    def take(self, rows: Rows) -> _Ready:
        """Give the same of some rows."""
        return _Ready(self.variable.take(rows), self.estimator)

    def permute(self, rows: Rows) -> _Ready:
        """Give the same with the rows in another order; what is known of them stays."""
        return _Ready(self.variable.permute(rows), self.estimator, self, rows)

    def widened(self, factor: float) -> _Ready:
        """Give the same with the bandwidth times a factor; the levels stay."""
        made = _Ready(self.variable, self.estimator, self)
        if self.variable.kind != "discrete":
            made.__dict__["side"] = self.side.widened(factor)
        return made


@dataclass(frozen=True)
class _Parts:
    """Mean entropies over classes, at each time: of the classes, and of subsets as large."""

    within: Vector
    matched: Vector
    whole: Vector | None
    draws_se: float
    error: float


@dataclass(frozen=True)
class DSMI(Spectral):
    """Diffusion spectral mutual information: how much DSE the knowledge of y takes from x.

    Not symmetric, can be negative or exceed H(Y): it is reported as it is, with a warning.
    size-matched compares each class with random subsets of its size; plain with all rows.
    """

    accepts: ClassVar[Accepted] = frozenset((x, y) for x in NUMBERS for y in LABELS_OR_NUMBERS)
    estimand: ClassVar[str] = "dsmi"
    cost: ClassVar[str] = "time (1 + n_draws) Σ n_c³ over classes, less by low rank; memory n_c²"

    conditioning: Literal["size-matched", "plain", "official"] = field(
        default="size-matched",
        metadata={"help": "what a class is compared with; official: the authors' own subsets"},
    )
    n_draws: int = field(default=5, metadata={"help": "random subsets for each size of class"})
    n_levels: int = field(default=10, metadata={"help": "bins or clusters of a numeric y"})
    bins: Literal["quantile", "width"] = field(
        default="quantile", metadata={"help": "how one numeric column y is cut"}
    )
    clusters: Literal["kmeans", "spectral"] = field(
        default="kmeans", metadata={"help": "how several numeric columns y are grouped"}
    )
    seed: int = field(default=0, metadata={"help": "seed of the subsets and clusters"})

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("n_draws", "n_levels"):
            check_at_least(name, getattr(self, name), 1)

    def prepare(self, x: Variable) -> Any:
        """Keep the variable for either role."""
        return _Ready(x, self)

    def join(self, x: _Ready, y: _Ready) -> Value:
        """Compare the entropy within classes of y with that of as many rows, or of all."""
        sizes = np.bincount(y.levels)
        shares = sizes[sizes > 0] / len(y)
        parts = self._parts(x.side, y.levels)
        forms = {"size_matched": parts.matched - parts.within}
        if parts.whole is not None:
            forms["plain"] = parts.whole - parts.within
        chosen = forms.pop("plain" if self.conditioning == "plain" else "size_matched")
        h_y = float(-(shares @ np.log(shares)))
        extras = self.at_times(chosen) | {"h_y": h_y, "draws_se": parts.draws_se}
        extras |= {name: float(values[0]) for name, values in forms.items()}
        mi = float(chosen[0])
        facts = widths(x.side) | {
            "n_levels": float(len(shares)),
            "smallest_level": float(sizes[sizes > 0].min()),
        }
        notes = tuple(_dsmi_notes(mi, h_y, y.variable.names))
        return Value(mi, extras, facts, parts.error or None, notes)

    def _parts(self, x: Side, levels: Codes) -> _Parts:
        sizes = np.bincount(levels)
        within, matched = np.zeros(len(self.times)), np.zeros(len(self.times))
        error, spreads = 0.0, dict[int, float]()
        for level in np.flatnonzero(sizes):
            size = int(sizes[level])
            share = size / len(x)
            values, slack, _ = self._entropies(x, x.points.index[levels == level])
            drawn, drawn_slack = self._drawn(x, size)
            within += share * values
            matched += share * drawn.mean(axis=0)
            error += share * (slack + drawn_slack)
            spreads[size] = spreads.get(size, 0.0) + share
        variance = sum(s**2 * self._variance(x, size) for size, s in spreads.items())
        return _Parts(within, matched, self._whole(x), variance**0.5, error)

    def _entropies(self, x: Side, index: Rows) -> tuple[Vector, float, int]:
        return self.diffusion(0.5).entropies(x.points.restrict(index))

    def _drawn(self, x: Side, size: int) -> tuple[Vector, float]:
        """Entropies of random subsets of one size, (n_draws, times), and a bound; kept with x."""
        if f"drawn {size}" not in x.memory:
            draw = official_subsets if self.conditioning == "official" else subsets
            drawn = [
                self._entropies(x, index)
                for index in draw(x.points.index, size, self.n_draws, self.seed)
            ]
            values = np.array([values for values, _, _ in drawn])
            x.memory[f"drawn {size}"] = (values, float(np.mean([error for _, error, _ in drawn])))
        kept: tuple[Vector, float] = x.memory[f"drawn {size}"]
        return kept

    def _variance(self, x: Side, size: int) -> float:
        """The variance of the mean over subsets of one size, at the first time."""
        values = self._drawn(x, size)[0][:, 0]
        return float(values.var(ddof=1)) / self.n_draws if self.n_draws > 1 else 0.0

    def _whole(self, x: Side) -> Vector | None:
        """Entropies of all rows, where they are wanted or cheap; the same for every y."""
        if self.conditioning != "plain" and len(x.points) > BOTH_UP_TO:
            return None
        if "whole" not in x.memory:
            x.memory["whole"] = self.diffusion(0.5).entropies(x.points)[0]
        kept: Vector = x.memory["whole"]
        return kept


def _dsmi_notes(mi: float, h_y: float, names: tuple[str, ...]) -> Iterator[Note]:
    if mi < -ROUNDING or mi > h_y + ROUNDING:
        where = "below 0" if mi < 0 else f"above H(Y) = {h_y:.3g} nats"
        yield note_of("outside_range", names, where=where)
