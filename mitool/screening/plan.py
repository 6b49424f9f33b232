"""How to screen: what the user decides, checked before any work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from mitool.choices import Adjustment, Criterion, Holdout
from mitool.errors import UsageError
from mitool.result.fields import ESTIMATE_FIELDS, Field

PLACE_FIELDS = (
    Field("rank", "integer"),
    Field("score", "number"),
    Field("p_adjusted", "number"),
)
SHARE_FIELDS = (Field("score_se", "number"),)
RANGE_FIELDS = (Field("rank_low", "integer"), Field("rank_high", "integer"))

SHARE = 0.5
BUDGET = 100


@dataclass(frozen=True)
class Plan:
    """``top`` None keeps all columns; ``holdout`` auto keeps rows aside where columns are chosen.

    ``adjust`` None is bh, with a note instead of an error where permutations are few.
    """

    method: Criterion = "mi"
    top: int | None = None
    holdout: Holdout = "auto"
    holdout_share: float = SHARE
    adjust: Adjustment | None = None
    resolve_top: int | None = None
    budget_file: Path | None = None
    budget: int = BUDGET

    def __post_init__(self) -> None:
        choices = {"method": Criterion, "holdout": Holdout}
        for name, kind in choices.items():
            _one_of(name, getattr(self, name), get_args(kind))
        if self.adjust is not None:
            _one_of("adjust", self.adjust, get_args(Adjustment))
        for name in ("top", "resolve_top"):
            value = getattr(self, name)
            if value is not None and value < 1:
                option = name.replace("_", "-")
                raise UsageError(f"--{option} must be at least 1, got {value}")
        if not 0.0 < self.holdout_share < 1.0:
            raise UsageError(
                f"--holdout-share must lie between 0 and 1, got {self.holdout_share:g}"
            )
        if self.resolve_top is not None and self.method != "mi":
            raise UsageError("--resolve-top separates columns by their MI; use --method mi")
        if self.holdout == "reusable":
            self._check_reusable()
        elif self.budget_file is not None:
            raise UsageError("a budget file is for a reusable holdout; add --holdout reusable")
        elif self.budget != BUDGET:
            raise UsageError("a budget is for a reusable holdout; add --holdout reusable")
        if self.holdout_share != SHARE and not self.splits:
            raise UsageError("no rows are kept aside; add --holdout split, or leave out the share")

    def _check_reusable(self) -> None:
        if self.budget_file is None:
            raise UsageError("a reusable holdout keeps its budget in a file; name --budget-file")
        if self.method != "mi" or self.adjust is not None or self.resolve_top is not None:
            raise UsageError(
                "a reusable holdout answers with numbers alone; leave out --method, --adjust and "
                "--resolve-top"
            )

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of its report: ranges of ranks, errors of shares only where there are any."""
        ranges = RANGE_FIELDS if self.resolve_top else ()
        shares = SHARE_FIELDS if self.method == "shapley" else ()
        return (*ESTIMATE_FIELDS, *PLACE_FIELDS, *shares, *ranges)

    @property
    def splits(self) -> bool:
        """Whether rows are kept aside to report from."""
        chooses = self.top is not None or self.method not in ("mi", "shapley")
        return self.holdout in ("split", "reusable") or (self.holdout == "auto" and chooses)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise UsageError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
