"""Train two small networks and save what their layers do: ``python make_layers.py [FOLDER]``.

Plain NumPy, seeded: writes digits_layers/ and hypercube_layers/, small files of half precision.
"""

from __future__ import annotations

import sys
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

Layers = list[np.ndarray]


def weights(rng: np.random.Generator, sizes: list[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw the weights of a network, as wide as their inputs ask for."""
    return [(rng.standard_normal((a, b)) / np.sqrt(a), np.zeros(b)) for a, b in pairwise(sizes)]


def forward(x: np.ndarray, net: list, activation: str) -> Layers:
    """Give what each layer does; the last gives the shares of the classes."""
    layers = []
    for at, (w, b) in enumerate(net, 1):
        x = x @ w + b
        if at == len(net):
            x = np.exp(x - x.max(axis=1, keepdims=True))
            x /= x.sum(axis=1, keepdims=True)
        else:
            x = np.tanh(x) if activation == "tanh" else np.maximum(x, 0)
        layers.append(x)
    return layers


def gradients(x: np.ndarray, y: np.ndarray, net: list, activation: str) -> list:
    """Give the gradient of the cross-entropy for each weight and bias."""
    layers = forward(x, net, activation)
    error = layers[-1].copy()
    error[np.arange(len(y)), y] -= 1
    error /= len(y)
    found = []
    for at in reversed(range(len(net))):
        below = layers[at - 1] if at else x
        found.append((below.T @ error, error.sum(axis=0)))
        if at:
            slope = 1 - below**2 if activation == "tanh" else below > 0
            error = (error @ net[at][0].T) * slope
    return found[::-1]


def trained(
    x: np.ndarray,
    y: np.ndarray,
    sizes: list[int],
    activation: str,
    epochs: list[int],
    *,
    rate: float = 1e-3,
    decay: float = 0.0,
    batch: int = 64,
    seed: int = 0,
) -> dict[int, list]:
    """Train by Adam (Kingma & Ba 2015); give the weights after each of some epochs."""
    rng = np.random.default_rng(seed)
    net, kept = weights(rng, sizes), {}
    moments = [[np.zeros_like(part) for part in pair] for pair in net]
    squares = [[np.zeros_like(part) for part in pair] for pair in net]
    step = 0
    for epoch in range(max(epochs) + 1):
        if epoch in epochs:
            kept[epoch] = [(w.copy(), b.copy()) for w, b in net]
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            rows, step = order[start : start + batch], step + 1
            found = gradients(x[rows], y[rows], net, activation)
            for at, (pair, slopes) in enumerate(zip(net, found, strict=True)):
                for side in (0, 1):
                    slope = slopes[side] + (2 * decay * pair[0] if side == 0 else 0)
                    m, s = moments[at][side], squares[at][side]
                    m += 0.1 * (slope - m)
                    s += 0.001 * (slope**2 - s)
                    size = rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                    pair[side][...] -= size * m / (np.sqrt(s) + 1e-8)
    return kept


def save(folder: Path, x: np.ndarray, y: np.ndarray, kept: dict[int, list], how: str) -> None:
    """Write a file for each epoch: its layers and the labels, and the inputs once."""
    folder.mkdir(exist_ok=True)
    for epoch, net in kept.items():
        layers = forward(x, net, how)
        named = {f"act_layer{at}": t.astype(np.float16) for at, t in enumerate(layers, 1)}
        path = folder / f"epoch{epoch:03d}.npz"
        np.savez_compressed(path, labels=y.astype(np.uint8), **named)


def digits(folder: Path) -> None:
    """Handwritten digits, 64-16-8-10, ReLU: the layers of 400 of them."""
    data = load_digits()
    x = data.data / 16.0
    kept = trained(x, data.target, [64, 16, 8, 10], "relu", [0, 1, 3, 10, 30])
    save(folder / "digits_layers", x[:400], data.target[:400], kept, "relu")


def cube() -> tuple[np.ndarray, np.ndarray]:
    """All inputs of 12 bits, and a class of each: more ones than zeros, turned by two of them."""
    x = np.array(list(product((0.0, 1.0), repeat=12)))
    return x, ((x[:, :6].sum(axis=1) + x[:, 6] * x[:, 7] * 2) > 3.2).astype(int)


def hypercube(folder: Path) -> None:
    """The task of 12 bits, 12-7-4-2, tanh: the layers of all 4096 inputs at three epochs."""
    x, y = cube()
    kept = trained(2 * x - 1, y, [12, 7, 4, 2], "tanh", [0, 5, 60], batch=256, rate=4e-3)
    save(folder / "hypercube_layers", 2 * x - 1, y, kept, "tanh")


if __name__ == "__main__":
    here = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    digits(here)
    hypercube(here)
