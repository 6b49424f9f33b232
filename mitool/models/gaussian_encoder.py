"""Scores of a Gaussian encoder: log q(z_j given x_i) in closed form, a tile at a time."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np

from mitool.errors import MitoolError
from mitool.seeds import stream, task_name
from mitool.variables import Matrix, Vector

MOST_CANCELLED = 1e5
"""Squares of z and mu over the variance, up to which a product of matrices keeps 11 digits."""
ACTIVE = 0.01
"""The variance of a mean over the contexts above which a unit is active (Burda et al. 2016)."""


@dataclass(frozen=True, eq=False)
class GaussianEncoder:
    """q(z given x_i) = N(mu_i, exp(logvar_i)), by rows: ``mu`` and ``logvar`` are (n, d)."""

    label: str
    mu: Matrix
    logvar: Matrix

    def __post_init__(self) -> None:
        if self.mu.shape != self.logvar.shape or self.mu.ndim != 2 or not self.mu.size:
            raise MitoolError(
                f"{self.label}: mu has the shape {self.mu.shape} and logvar {self.logvar.shape}; "
                "both have a row for each context and a column for each unit"
            )
        for name, values in (("mu", self.mu), ("logvar", self.logvar)):
            if not np.isfinite(values).all():
                raise MitoolError(f"{self.label}: {name} holds a value that is not finite")

    @property
    def rates(self) -> Vector:
        """KL(q(z given x_i) ‖ N(0, I)) of each context, (n,)."""
        terms = self.mu**2 + np.exp(self.logvar) - 1.0 - self.logvar
        return np.asarray(0.5 * terms.sum(axis=1))

    @property
    def n_active(self) -> int:
        """How many units have means that vary over the contexts."""
        return int(np.sum(self.mu.var(axis=0, ddof=1) > ACTIVE))

    def drawn(self, n_samples: int, seed: int) -> Matrix:
        """Draw samples of every context, (n · n_samples, d), those of one context together."""
        rng = stream(seed, task_name("bounds", "encoder"))
        mu, logvar = (np.repeat(values, n_samples, axis=0) for values in (self.mu, self.logvar))
        return np.asarray(mu + np.exp(0.5 * logvar) * rng.normal(size=mu.shape))


@dataclass(frozen=True, eq=False)
class EncoderScores:
    """Log-densities of samples ``z`` (n_samples, d) under every context of an encoder."""

    encoder: GaussianEncoder
    z: Matrix

    def __post_init__(self) -> None:
        n_dims = self.encoder.mu.shape[1]
        if self.z.ndim != 2 or self.z.shape[1] != n_dims:
            raise MitoolError(
                f"{self.label}: z has the shape {self.z.shape}, but mu has {n_dims} units"
            )
        if not np.isfinite(self.z).all():
            raise MitoolError(f"{self.label}: z holds a value that is not finite")

    @property
    def label(self) -> str:
        """What messages call the encoder."""
        return self.encoder.label

    @property
    def shape(self) -> tuple[int, int]:
        """How many contexts and samples there are."""
        return len(self.encoder.mu), len(self.z)

    def rows(self, start: int, stop: int) -> Matrix:
        """Give log q(z_j given x_i) for some contexts."""
        mu, logvar = self.encoder.mu[start:stop], self.encoder.logvar[start:stop]
        precision = np.exp(-logvar)
        constant = -0.5 * (logvar.sum(axis=1) + mu.shape[1] * log(2.0 * pi))
        return np.asarray(constant[:, None] - 0.5 * self._squares(mu, precision))

    def _squares(self, mu: Matrix, precision: Matrix) -> Matrix:
        """Σ_k (z_jk - mu_ik)² / variance_ik; by a product of matrices unless digits cancel."""
        z = self.z
        if float((max(z.max() ** 2, z.min() ** 2) + (mu**2).max()) * precision.max()) < (
            MOST_CANCELLED
        ):
            scaled = mu * precision
            products = precision @ (z * z).T - 2.0 * (scaled @ z.T)
            return np.asarray(products + (mu * scaled).sum(axis=1)[:, None])
        total = np.zeros((len(mu), len(z)))
        for unit in range(mu.shape[1]):
            total += (z[:, unit] - mu[:, unit, None]) ** 2 * precision[:, unit, None]
        return total
