"""Which interval and which test are wanted with an estimate, checked before any work."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import get_args

from mitool.choices import IntervalMethod, Order, Statistic, TestMethod
from mitool.errors import UsageError
from mitool.inference.bounds import check_level
from mitool.inference.intervals import DEFAULT_RESAMPLES
from mitool.inference.permutation import MIN_FOR_TAIL, check_permutations

DEFAULT_LEVEL = 0.95
COMPARING_PERMUTATIONS = 199  # of a comparison, which always has a test
PLANNING_RESAMPLES, PLANNING_PERMUTATIONS = 200, 399  # of the rows needed
MOST_REPEATS = 10_000_000
"""Of an interval or a test: their numbers are held in memory, and digits beyond tell nothing."""


@dataclass(frozen=True)
class Uncertainty:
    """The interval and the test wanted with an estimate; the default is neither.

    ``n_resamples`` alone implies a level of 0.95, ``test`` alone needs no permutations where it
    is not a permutation test. ``block`` is the length of blocks under ``order="time"``.
    ``rows_for``
    is half the width of an interval, in nats, for which the rows needed are wanted too.
    """

    level: float | None = None
    ci_method: IntervalMethod = "auto"
    n_resamples: int | None = None
    n_permutations: int | None = None
    test: TestMethod = "auto"
    statistic: Statistic = "auto"
    sequential: bool = False
    tail: bool = False
    order: Order = "auto"
    block: int | None = None
    rows_for: float | None = None

    def __post_init__(self) -> None:
        for name, kind in (
            ("ci_method", IntervalMethod),
            ("test", TestMethod),
            ("statistic", Statistic),
            ("order", Order),
        ):
            if getattr(self, name) not in get_args(kind):
                raise UsageError(
                    f"{name} must be one of {', '.join(get_args(kind))}, "
                    f"got {getattr(self, name)!r}"
                )
        if self.level is None and (self.n_resamples is not None or self.ci_method != "auto"):
            object.__setattr__(self, "level", DEFAULT_LEVEL)
        self._check()

    def _check(self) -> None:
        if self.level is not None:
            check_level(self.level)
        for what, number in (
            ("resamples", self.n_resamples),
            ("permutations", self.n_permutations),
        ):
            if number is not None and number > MOST_REPEATS:
                raise UsageError(f"there are at most {MOST_REPEATS} {what}, got {number}")
        if self.n_resamples is not None and self.n_resamples < 2:
            raise UsageError(f"an interval needs at least 2 resamples, got {self.n_resamples}")
        if self.n_permutations is not None:
            check_permutations(self.n_permutations)
        if self.sequential and self.statistic == "max":
            raise UsageError("a sequential test needs one statistic; use --statistic estimate")
        if self.sequential and self.tail:
            raise UsageError("the approximate tail needs all permutations; leave out --sequential")
        if self.tail and (self.n_permutations or MIN_FOR_TAIL) < MIN_FOR_TAIL:
            raise UsageError(
                f"the approximate tail needs at least {MIN_FOR_TAIL} permutations, got "
                f"{self.n_permutations}"
            )
        if self.block is not None and self.order != "time":
            raise UsageError("blocks are for rows in time; add --order time")
        self._check_rows_for()
        self._check_test()

    def _check_rows_for(self) -> None:
        if self.rows_for is None:
            return
        if not 0.0 < self.rows_for < inf:
            raise UsageError(f"--rows-for must be a positive number, got {self.rows_for:g}")
        if self.level is None:
            raise UsageError("--rows-for is half the width of an interval; add --ci 0.95")

    def _check_test(self) -> None:
        """Refuse what only a permutation test does where there is none, and the reverse."""
        permuting = {
            "--sequential": self.sequential,
            "--tail": self.tail,
            f"--statistic {self.statistic}": self.statistic != "auto",
            "--test permutation": self.test == "permutation",
        }
        option = next((option for option, given in permuting.items() if given), None)
        if option and self.n_permutations is None:
            raise UsageError(f"{option} is for a permutation test; add --permutations 999")
        if self.n_permutations is not None and self.test in ("g-test", "exact"):
            raise UsageError(f"--test {self.test} takes no permutations; leave out --permutations")

    @property
    def tests(self) -> bool:
        """Whether a test is asked for."""
        return self.n_permutations is not None or self.test in ("g-test", "exact")

    @property
    def n_replicates(self) -> int:
        """How many estimates of the same size or smaller it takes, about."""
        n_resamples = (self.n_resamples or DEFAULT_RESAMPLES) if self.level is not None else 0
        n_planning = PLANNING_RESAMPLES + PLANNING_PERMUTATIONS if self.rows_for else 0
        return n_resamples + (self.n_permutations or 0) + n_planning
