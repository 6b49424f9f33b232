"""Where the tables of training lie: a mean and a covariance of their statistics for each class.

Farther out than nearly all of a class, by Mahalanobis, is unlike any of it. Tables far out count
for more in mean and covariance, as in the steps toward the smallest ellipsoid that holds all
(Titterington 1978, Applied Statistics 27, 227): else a family of few tables, such as equal
canonical correlations on three columns a side, lies outside what it was itself part of.
"""

from __future__ import annotations

import numpy as np

from studies.mist_calibration import DIMS, ROWS, classes

RIDGE = 1e-3
"""Added to variances of standardised statistics, some of which follow from others."""
SHARE = 0.985
"""Of the tables of a class that are within its limit."""
OUTWARD = 2
"""Steps in which each table's weight is multiplied by the square of its distance."""
FEWEST = 100
"""Tables of a class; with fewer it is that of all."""


def support(inputs: np.ndarray, dims: np.ndarray, n: np.ndarray) -> dict[str, np.ndarray]:
    """Give the arrays of the file that say where standardised statistics (n, d) lie."""
    of_dims, of_rows = classes(dims, n)
    shape, d = (len(DIMS) + 1, len(ROWS) + 1), inputs.shape[1]
    means, precisions, limits = np.empty((*shape, d)), np.empty((*shape, d, d)), np.empty(shape)
    for own in np.ndindex(shape):
        chosen = (of_dims == own[0]) & (of_rows == own[1])
        cloud = inputs[chosen] if chosen.sum() >= FEWEST else inputs
        means[own], precisions[own] = held(cloud.astype(np.float64))
        limits[own] = np.quantile(distances(cloud, means[own], precisions[own]), SHARE)
    found = {"support_mean": means, "support_precision": precisions, "support_limit": limits}
    return {name: array.astype(np.float32) for name, array in found.items()}


def held(cloud: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean and the precision of a cloud (n, d), its far tables weighted up."""
    weights = np.full(len(cloud), 1.0 / len(cloud))
    for step in range(OUTWARD + 1):
        mean = weights @ cloud
        apart = cloud - mean
        covariance = (apart * weights[:, None]).T @ apart
        precision = np.linalg.inv(covariance + RIDGE * np.eye(len(mean)))
        if step < OUTWARD:
            weights = weights * distances(cloud, mean, precision) ** 2
            weights /= weights.sum()
    return mean, precision


def distances(inputs: np.ndarray, mean: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Give how far standardised statistics (n, d) lie from a mean, (d,) or (n, d)."""
    apart = inputs - mean
    bent = (
        np.einsum("ij,...jk->ik", apart, precision)
        if precision.ndim == 2
        else np.einsum("ij,ijk->ik", apart, precision)
    )
    return np.sqrt(np.maximum(np.einsum("ij,ij->i", bent, apart), 0.0))


def inside(arrays: dict[str, np.ndarray], inputs: np.ndarray, dims: np.ndarray, n: np.ndarray):
    """Whether standardised statistics are within the limit of their class, (n,)."""
    own = classes(dims, n)
    far = distances(inputs, arrays["support_mean"][own], arrays["support_precision"][own])
    return far <= arrays["support_limit"][own]
