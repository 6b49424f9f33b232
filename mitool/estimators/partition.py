"""Levels of a variable: labels as they are, one numeric column in bins, several in clusters."""

from __future__ import annotations

import numpy as np

from mitool.variables import Codes, Variable, Vector


def partition(variable: Variable, n_levels: int, bins: str, clusters: str, seed: int) -> Codes:
    """Give the level of each row, from 0; shape (n,)."""
    if variable.kind == "discrete":
        return variable.codes
    if variable.n_dims > 1:
        return _CLUSTERS[clusters](variable, n_levels, seed)
    return _BINS[bins](variable.values[:, 0], n_levels)


def _quantile(values: Vector, n_levels: int) -> Codes:
    edges: Vector = np.unique(np.quantile(values, np.linspace(0, 1, n_levels + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def _width(values: Vector, n_levels: int) -> Codes:
    low, high = values.min(), values.max()
    if low == high:
        return np.zeros(len(values), dtype=np.int64)
    codes: Codes = np.floor((values - low) / (high - low) * n_levels).astype(np.int64)
    return codes.clip(max=n_levels - 1)


def _kmeans(variable: Variable, n_levels: int, seed: int) -> Codes:
    from sklearn.cluster import KMeans

    order = np.lexsort(variable.values.T[::-1])  # the start must not depend on the order of rows
    model = KMeans(min(n_levels, variable.n_levels), n_init=4, random_state=seed)
    codes = np.empty(len(order), dtype=np.int64)
    codes[order] = model.fit_predict(variable.values[order])
    return codes


def _spectral(variable: Variable, n_levels: int, seed: int) -> Codes:
    """Cluster as the authors of DSMI do."""
    from sklearn.cluster import SpectralClustering

    model = SpectralClustering(
        n_levels,
        affinity="nearest_neighbors",
        n_neighbors=min(10, len(variable) - 1),
        assign_labels="cluster_qr",
        random_state=seed,
    )
    codes: Codes = model.fit_predict(variable.values).astype(np.int64)
    return codes


_BINS = {"quantile": _quantile, "width": _width}
_CLUSTERS = {"kmeans": _kmeans, "spectral": _spectral}
