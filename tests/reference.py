"""Kernels again, obvious and slow, in plain numpy."""

from __future__ import annotations

import numpy as np


def gaussian_gram(a: np.ndarray, b: np.ndarray, bandwidth: float) -> np.ndarray:
    """exp(-|a_i - b_j|²/2σ²), one pair at a time; shape (len(a), len(b))."""
    return np.array([[np.exp(-np.sum((u - v) ** 2) / (2 * bandwidth**2)) for v in b] for u in a])


def median_bandwidth(x: np.ndarray) -> float:
    """√(median squared distance of different rows / 2)."""
    squares = np.square(x[:, None] - x[None]).sum(axis=2)[np.triu_indices(len(x), 1)]
    return float(np.sqrt(np.median(squares[squares > 0]) / 2))


def chebyshev(points):
    """All distances in the maximum norm, (n, n)."""
    return np.abs(points[:, None, :] - points[None, :, :]).max(axis=2)


def kth_distance(distances, k):
    """Distance of the k-th other point, (n,)."""
    others = distances[~np.eye(len(distances), dtype=bool)].reshape(len(distances), -1)
    return np.sort(others, axis=1)[:, k - 1]


def neighbor_counts(blocks, spaces, k, ball):
    """What mitool.kernels.neighbors.counting.neighbor_counts says, one point after the other."""
    parts = [chebyshev(block) for block in blocks]
    joint = np.max(parts, axis=0)
    radius = kth_distance(joint, k)
    out = np.empty((len(spaces), len(joint)), dtype=int)
    for row, space in enumerate(spaces):
        distances = np.max([parts[block] for block in space], axis=0)
        for i in range(len(joint)):
            others = np.arange(len(joint)) != i
            reach = radius[i]
            if ball == "box":
                reach = distances[i, others & (joint[i] <= reach)].max()
            within = distances[i] < reach if ball == "open" else distances[i] <= reach
            out[row, i] = np.count_nonzero(within & others)
    return out


def ksg(x, y, k, algorithm=1):
    """Kraskov et al. (2004), eqs. 8 and 9, with scipy's digamma."""
    from scipy.special import psi

    if algorithm == 1:
        n_x, n_y = neighbor_counts((x, y), ((0,), (1,)), k, "open")
        return psi(k) + psi(len(x)) - np.mean(psi(n_x + 1) + psi(n_y + 1))
    n_x, n_y = neighbor_counts((x, y), ((0,), (1,)), k, "box")
    return psi(k) - 1 / k + psi(len(x)) - np.mean(psi(n_x) + psi(n_y))


def ross(labels, y, k):
    """Ross (2014), with scikit-learn's count of the neighbours; rows alone in a level left out."""
    from scipy.special import psi

    kept = np.array([np.sum(labels == label) > 1 for label in labels])
    labels, y = labels[kept], y[kept]
    terms = []
    for i, label in enumerate(labels):
        distance = np.abs(y - y[i]).max(axis=1)
        others = np.arange(len(y)) != i
        inside = np.sort(distance[others & (labels == label)])
        k_i = min(k, len(inside))
        m = 1 + np.sum(distance[others] < inside[k_i - 1])
        terms.append(psi(len(y)) + psi(k_i) - psi(len(inside) + 1) - psi(m))
    return np.mean(terms)


def level_counts(codes, values, k, *, closed):
    """How many others are within reach of the k-th of the same label, on the line and of the label.

    Strictly, and of k or as many as there are, rows alone in their level being left out; or, if
    closed, none left out and an infinite reach where there are no k.
    """
    kept = [closed or np.sum(codes == code) > 1 for code in codes]
    on_line, in_level = (np.zeros(len(codes), dtype=int) for _ in range(2))
    for i in np.flatnonzero(kept):
        others = np.flatnonzero(kept)
        others = others[others != i]
        distance, same = np.abs(values[others] - values[i]), codes[others] == codes[i]
        inside = np.sort(distance[same])
        if closed:
            reach = inside[k - 1] if len(inside) >= k else np.inf
            within = distance <= reach
        else:
            within = distance < inside[min(k, len(inside)) - 1]
        on_line[i], in_level[i] = np.sum(within), np.sum(within & same)
    return on_line, in_level


def mesner(x, y, k, z=None, labels=()):
    """Mesner & Shalizi (2021) in plain distances; blocks of ``labels`` have none."""
    from scipy.special import psi

    n = len(x)
    parts = []
    for number, block in enumerate((x, y) if z is None else (x, y, z)):
        distances = chebyshev(block)
        parts.append(np.where(distances > 0, np.inf, 0.0) if number in labels else distances)
    joint = np.max(parts, axis=0)
    radius = kth_distance(joint, k)[:, None]

    def others(*blocks):
        return np.count_nonzero(np.max([parts[b] for b in blocks], axis=0) <= radius, axis=1) - 1

    tilde = np.count_nonzero(joint <= radius, axis=1) - 1
    if z is None:
        return np.mean(psi(tilde) + psi(n - 1) - psi(others(0)) - psi(others(1)))
    return np.mean(psi(tilde) + psi(others(2)) - psi(others(0, 2)) - psi(others(1, 2)))


def mixed_ksg(x, y, k, form="paper"):
    """Gao et al. (2017), in the paper or the program, one point after the other; numbers only."""
    from scipy.special import psi

    in_x, in_y = chebyshev(x), chebyshev(y)
    joint = np.maximum(in_x, in_y)
    radius = kth_distance(joint, k)
    terms = []
    for i in range(len(x)):
        tilde = np.sum(joint[i] == 0) if radius[i] == 0 else k
        if form == "program":
            held = (distances[i] < radius[i] for distances in (in_x, in_y))
            if radius[i] == 0:
                held = (distances[i] == 0 for distances in (in_x, in_y))
            terms.append(psi(tilde) + np.log(len(x)) - sum(psi(np.sum(ball)) for ball in held))
            continue
        counts = [np.sum(distances[i] <= radius[i]) for distances in (in_x, in_y)]
        terms.append(psi(tilde) + np.log(len(x)) - np.log(counts).sum())
    return np.mean(terms)
