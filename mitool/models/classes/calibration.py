"""Which rows calibrate conformal sets, and which of the rules those rows choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.choices import ConformalScore
from mitool.errors import MitoolError, UsageError
from mitool.models.classes.class_rows import ClassRows
from mitool.models.classes.conformal import Rule, best_rule, fewest_rows, rules
from mitool.seeds import stream

CALIBRATION = ("cal", "calib", "calibration")
"""What a column that splits rows calls those that calibrate; any other value is a test row."""


@dataclass(frozen=True)
class Calibration:
    """How rows are split and sets chosen: ``alpha`` None tries levels and the likeliest classes.

    ``share`` of the rows calibrate, drawn by the seed, or the ``first`` so many in file order;
    unless the rows say themselves.
    """

    share: float = 0.5
    in_order: bool = False
    alpha: float | None = None
    score: ConformalScore = "both"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 < self.share < 1.0:
            raise UsageError(
                f"the share of rows that calibrate must lie between 0 and 1, got {self.share:g}"
            )
        if self.alpha is not None and not 0.0 < self.alpha < 1.0:
            raise UsageError(f"--alpha must lie between 0 and 1, got {self.alpha:g}")

    def marked(self, rows: ClassRows) -> NDArray[np.bool_]:
        """Mark the rows that calibrate, (n,)."""
        if rows.calibrates is not None:
            return rows.calibrates
        n = len(rows.labels)
        n_calibrating = int(n * self.share)
        order = np.arange(n)
        if not self.in_order:
            order = stream(self.seed, "conformal calibration").permutation(n)
        marks = np.zeros(n, dtype=np.bool_)
        marks[order[:n_calibrating]] = True
        return marks

    @property
    def scores(self) -> Sequence[str]:
        """The scores that sets are tried by."""
        return ("lac", "aps") if self.score == "both" else (self.score,)

    def rule(self, rows: ClassRows, marks: NDArray[np.bool_]) -> Rule:
        """Choose by the least Fano form on the rows that calibrate."""
        probs, labels = np.exp(rows.log_probs[marks]), rows.labels[marks]
        n, n_test = len(labels), len(marks) - len(labels)
        if n < 2 or n_test < 2:
            raise MitoolError(
                f"{rows.name} has {n} rows to calibrate conformal sets and {n_test} to test them; "
                "both need two or more, see --split"
            )
        if self.alpha is None:
            return best_rule(probs, labels, self.scores)
        if n < fewest_rows(self.alpha):
            raise MitoolError(
                f"{rows.name} has {n} rows to calibrate conformal sets, and --alpha "
                f"{self.alpha:g} needs {fewest_rows(self.alpha)}; raise --alpha or the share of "
                "--split"
            )
        of_alpha = (
            rule for rule in rules(probs, labels, self.scores, [self.alpha]) if rule.top is None
        )
        return min(of_alpha, key=lambda rule: rule.sets(probs, labels).fano)


def marks_of(values: Sequence[object], name: str) -> NDArray[np.bool_]:
    """Mark the rows that calibrate by a column: those it calls so, or those that are 1 or true."""
    words = [str(value).strip().lower() for value in values]
    marks = np.array([word in (*CALIBRATION, "1", "1.0", "true") for word in words])
    if marks.all() or not marks.any():
        raise MitoolError(
            f"the split of {name} needs rows that calibrate ({', '.join(CALIBRATION)}, 1 or true) "
            "and rows that test (any other value), got "
            f"{', '.join(sorted(set(words))[:5])}"
        )
    return marks


FIRST = "first:"


def share_of(text: str, option: str) -> float:
    """Read the share of rows that calibrate."""
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{option} takes a share such as 0.5, got {text!r}") from None


def first_share(text: str) -> float:
    """Read ``first:SHARE``."""
    if not text.startswith(FIRST):
        raise UsageError(f"--calibration takes {FIRST}SHARE, such as {FIRST}0.5, got {text!r}")
    return share_of(text.removeprefix(FIRST), "--calibration")
