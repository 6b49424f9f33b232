"""Liao, Liu et al. (2024), doi:10.1109/CISS59072.2024.10480166: what DSE and DSMI share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from mitool.errors import MitoolError
from mitool.estimators.base import Estimator
from mitool.kernels.gram.bandwidth import Rule, check, check_tolerance
from mitool.kernels.gram.diffusion_operator import Diffusion
from mitool.variables import Vector

BIBTEX = (
    "@inproceedings{liao2024assessing, title={Assessing Neural Network Representations During "
    "Training Using Noise-Resilient Diffusion Spectral Entropy}, author={Liao, Danqi and Liu, "
    "Chen and Christensen, Benjamin W. and Tong, Alexander and Huguet, Guillaume and Wolf, Guy "
    "and Nickel, Maximilian and Adelstein, Ian and Krishnaswamy, Smita}, booktitle={CISS}, "
    "year={2024}}"
)


@dataclass(frozen=True)
class Spectral(Estimator):
    """What DSE and DSMI share: the kernel, the diffusion time and exactness."""

    default_transform: ClassVar[str] = "standard"
    family: ClassVar[str] = "spectral"
    symmetric: ClassVar[bool] = False
    bibtex: ClassVar[str] = BIBTEX

    bandwidth: float | Rule = field(
        default="median",
        metadata={"help": "kernel width after the transform: a number, median or silverman"},
    )
    t: float | tuple[float, ...] = field(
        default=1.0, metadata={"help": "diffusion time; several cost no more than one"}
    )
    alpha: float = field(
        default=0.0,
        metadata={"help": "density normalization: 0 as the authors' program, 0.5 as their text"},
    )
    exact: bool = field(default=False, metadata={"help": "all eigenvalues, never low rank"})
    tolerance: float = field(
        default=1e-6,
        metadata={"help": "largest certified error, in nats, of an approximation by low rank"},
    )

    def __post_init__(self) -> None:
        check(self.bandwidth)
        if not self.times or not all(0 < t < float("inf") for t in self.times):
            raise MitoolError(f"t must be positive, got {self.t!r}")
        if not 0 <= self.alpha <= 1:
            raise MitoolError(f"alpha must lie between 0 and 1, got {self.alpha!r}")
        check_tolerance(self.tolerance)

    @property
    def times(self) -> tuple[float, ...]:
        """The diffusion times; the first is the one of the main value."""
        return self.t if isinstance(self.t, tuple) else (self.t,)

    def diffusion(self, share: float = 1.0) -> Diffusion:
        """Give the operator, with a share of the tolerated error."""
        return Diffusion(self.times, self.alpha, None if self.exact else share * self.tolerance)

    def at_times(self, values: Vector) -> dict[str, float]:
        """Name the values at the further times."""
        named = zip(self.times[1:], values[1:], strict=True)
        return {f"t={t:g}": float(value) for t, value in named}
