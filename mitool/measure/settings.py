"""What is the same for all estimates of a run: the estimator, its parameters, and the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import Any

from mitool.choices import Missing
from mitool.errors import UsageError
from mitool.estimators.base import Estimator
from mitool.estimators.parameters import create
from mitool.measure.normalize import check_normalization
from mitool.measure.reduction import Reduction
from mitool.once import once
from mitool.variables.drifting import Steadying


@dataclass(frozen=True)
class Settings:
    """What is the same for all pairs of a run; ``transform`` None is the estimator's own.

    ``steadying`` is what is done to rows in time before anything else; ``reduce``, such as
    ``pca:4``, projects variables of more columns first.
    """

    estimator: str = "auto"
    params: Mapping[str, Any] = field(default_factory=dict)
    transform: str | None = None
    missing: Missing = "drop"
    seed: int = 0
    normalize: str = "none"
    steadying: Steadying = field(default_factory=Steadying)
    reduce: str | None = None

    def __post_init__(self) -> None:
        check_normalization(self.normalize)
        if self.reduce is not None:
            Reduction.parsed(self.reduce)
        if not isinstance(self.seed, Integral) or self.seed < 0:
            raise UsageError(f"the seed must be a whole number of at least 0, got {self.seed!r}")
        if self.estimator == "auto":
            if self.params:
                raise UsageError("auto chooses its own parameters; name an estimator to set them")
        else:
            self.named  # noqa: B018  refuses what is unknown before any work

    def in_time(self) -> Settings:
        """Give the settings for rows that are times: what the estimator then takes otherwise."""
        if self.estimator == "auto" or not self.named.in_time:
            return self
        return replace(self, params={**self.named.in_time, **self.params})

    @once
    def named(self) -> Estimator:
        """The estimator with its parameters, where one is named."""
        return create(self.estimator, self.params)
