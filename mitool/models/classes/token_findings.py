"""Entropies along sequences of token distributions, as findings and token by token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.errors import MitoolError, UsageError
from mitool.models.classes.class_rows import Form, log_probabilities
from mitool.models.classes.sequences import entropies, rolling_mean, runs_above
from mitool.models.finding import Finding
from mitool.once import once
from mitool.result.fields import Field
from mitool.units import PER_NAT
from mitool.variables import Vector

TOKEN_FIELDS = (
    Field("sequence"),
    Field("token", "integer"),
    Field("entropy", "number"),
    Field("rolling", "number"),
    Field("unit"),
    Field("above", "integer"),
)
"""The columns of a file of tokens; ``above`` is 1 where the rolling mean is over the threshold."""


@dataclass(frozen=True, eq=False)
class TokenSequence:
    """One sequence: the entropy of each token's distribution in nats, (T,)."""

    name: str
    entropies: Vector
    is_truncated: bool = False
    """Whether only the likeliest tokens are known: entropies are then lower bounds."""


@dataclass(frozen=True)
class TokenRequest:
    """``window`` tokens are averaged; ``threshold`` is in the unit of the report."""

    window: int = 16
    threshold: float | None = None
    unit: Unit = "nats"

    def __post_init__(self) -> None:
        if self.window < 1:
            raise UsageError(f"--window must be at least 1, got {self.window}")

    @once
    def limit(self) -> float:
        """The threshold in nats; infinite where there is none."""
        return float("inf") if self.threshold is None else self.threshold / PER_NAT[self.unit]


def sequence_of(name: str, values: Any, form: Form) -> TokenSequence:
    """Take distributions (T, V); probabilities that sum to less than 1 are the likeliest alone."""
    if form == "truth":
        raise UsageError("tokens need probabilities; leave out --truth")
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 2 or not numbers.size:
        raise MitoolError(f"{name} needs a row a token and a column a word, got {numbers.shape}")
    if form == "logits":
        return TokenSequence(name, entropies(np.exp(log_probabilities(numbers, form, name))))
    probs = np.exp(numbers) if form == "log-probs" else numbers
    sums = probs.sum(axis=1)
    if not (probs >= 0.0).all() or not (sums <= 1.0 + 1e-3).all():
        row = int(np.argmax(~(sums <= 1.0 + 1e-3) | (probs < 0.0).any(axis=1)))
        raise MitoolError(
            f"{name} holds no probabilities: row {row} sums to {sums[row]:.6g}; use --logits or "
            "--log-probs"
        )
    return TokenSequence(name, entropies(probs), bool((sums < 1.0 - 1e-3).any()))


def token_findings(sequences: Sequence[TokenSequence], request: TokenRequest) -> Iterator[Finding]:
    """Give the mean entropy of each sequence, and how often its rolling mean is high.

    Tokens of one sequence depend on one another: there is no interval.
    """
    for sequence in sequences:
        rolling = rolling_mean(sequence.entropies, request.window)
        facts: dict[str, float] = {"tokens": len(rolling), "window": request.window}
        if request.threshold is not None:
            runs = runs_above(rolling, request.limit)
            facts |= {
                "share_above": runs.share,
                "runs_above": runs.n_runs,
                "longest_run": runs.longest,
            }
        yield Finding(
            x=sequence.name,
            y=None,
            estimator="token-entropy",
            mi=float(sequence.entropies.mean()),
            estimand="entropy",
            extras={"highest_rolling": float(rolling.max())},
            facts=facts,
            n_used=len(rolling),
            kind="lower" if sequence.is_truncated else "estimate",
            form="top tokens and one cell for the others" if sequence.is_truncated else None,
        )


def token_records(
    sequences: Sequence[TokenSequence], request: TokenRequest, unit: Unit
) -> Iterator[dict[str, Any]]:
    """Give one record a token, as ``TOKEN_FIELDS`` names them."""
    scale = PER_NAT[unit]
    for sequence in sequences:
        rolling = rolling_mean(sequence.entropies, request.window)
        columns = (sequence.entropies * scale, rolling * scale, rolling > request.limit)
        for token, values in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            entropy, mean, above = values
            yield {
                "sequence": sequence.name,
                "token": token,
                "entropy": entropy,
                "rolling": mean,
                "unit": unit,
                "above": None if request.threshold is None else int(above),
            }
