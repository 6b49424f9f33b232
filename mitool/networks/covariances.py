"""How many directions a layer uses: entropies of singular values and of covariance spectra.

RankMe: Garrido et al. (2023), arXiv:2210.02885; effective rank: Roy & Vetterli (2007); the
participation ratio (Σλ)² / Σλ² of the same covariance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp, log

import numpy as np

from mitool.networks.activations import Activations
from mitool.networks.quantities import Method, Quantity
from mitool.variables import Matrix, Vector
from mitool.variables.magnitudes import near_one

RANKME, COVARIANCE = Method("rankme"), Method("von-neumann")


def spectra(layer: Activations) -> Iterator[tuple[Method, Quantity]]:
    """Yield the effective ranks of a layer, and the entropy that the second is of.

    ``rankme`` is of the singular values of the rows as they are; ``von-neumann`` of the
    eigenvalues of their covariance, so that the mean of the units counts nothing.
    """
    values = near_one(layer.values)
    n_most = float(min(layer.values.shape))
    yield RANKME, _rank(shannon(_singular(values)) if values.any() else None, n_most)
    spectrum = np.zeros(1) if layer.is_dead else covariance_spectrum(values)
    entropy = None if layer.is_dead else shannon(spectrum)
    ratio = 0.0 if entropy is None else float(spectrum.sum() ** 2 / np.square(spectrum).sum())
    facts = {"participation_ratio": ratio}
    yield COVARIANCE, replace(_rank(entropy, n_most), facts=facts)
    name = "von_neumann_entropy"
    yield COVARIANCE, Quantity(name, entropy or 0.0, estimand=name, ceiling=log(n_most))


def _rank(entropy: float | None, most: float) -> Quantity:
    """Give the number of directions that an entropy is worth; none of a layer that is 0."""
    name, value = "effective_rank", 0.0 if entropy is None else exp(entropy)
    return Quantity(name, value, estimand=name, ceiling=most, has_unit=False)


def _singular(values: Matrix) -> Vector:
    """Give the singular values, from a smaller matrix of the same where there are many rows."""
    matrix = values
    if len(values) > 2 * values.shape[1]:
        matrix = np.asarray(np.linalg.qr(values, mode="r"))
    return np.asarray(np.linalg.svd(matrix, compute_uv=False), dtype=np.float64)


def covariance_spectrum(values: Matrix) -> Vector:
    """Give the eigenvalues of the covariance of rows (n, d), up to a factor; none below 0."""
    centred = values - values.mean(axis=0)
    gram = centred.T @ centred if len(values) >= values.shape[1] else centred @ centred.T
    spectrum: Vector = np.linalg.eigvalsh(gram)
    return np.maximum(spectrum, 0.0)


def shannon(weights: Vector) -> float:
    """Give the entropy, in nats, of weights that are 0 or more, taken as shares of their sum."""
    shares = weights[weights > 0] / weights.sum()
    return float(-(shares @ np.log(shares)))
