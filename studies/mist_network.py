"""Training of the small networks: the pinball loss of nine quantiles, and of whether there is any.

Adam (Kingma & Ba 2015, arXiv:1412.6980) in NumPy. The loss is that of nats: an error of
log(I + 0.05) counts by what it comes to where the network stands, so that its quantiles are those
of the tables, as they would not be if each table counted by its own truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mitool.estimators.learned.network import HURDLE, LEVELS, MEDIAN, N_OUTPUTS, OFFSET

NOTHING = 0.01
"""Nats below which there is nothing."""
N_HIDDEN = 96
BATCH = 256
FASTEST = 3e-3
DECAY = 1e-4
OF_HURDLE = 0.05
"""Weight of the loss of the hurdle."""
POWER = 0.8
"""Of a nat in what an error counts: between ratios, 0, and nats, 1."""
ON_MEDIAN = 3.0
BLUR = 0.1
"""Standard deviation of noise that is added to the standardised statistics, anew each time."""

Layers = list[np.ndarray]
"""Weights and biases of three layers in turn."""


class Examples(NamedTuple):
    """Standardised statistics (n, d), and the truths (n,), in nats."""

    inputs: np.ndarray
    mi: np.ndarray

    def take(self, rows: np.ndarray) -> Examples:
        return Examples(self.inputs[rows], self.mi[rows])


def drawn(n_inputs: int, rng: np.random.Generator) -> Layers:
    """Give a network as it is before training."""
    sizes = (n_inputs, N_HIDDEN, N_HIDDEN, N_OUTPUTS)
    layers: Layers = []
    for a, b in pairwise(sizes):
        layers += [rng.normal(size=(a, b)) / np.sqrt(a), np.zeros(b)]
    layers[-2] *= 0.3
    layers[-1][MEDIAN], layers[-1][:MEDIAN], layers[-1][MEDIAN + 1 : HURDLE] = -1.5, -1.5, -1.5
    return [part.astype(np.float32) for part in layers]


def trained(examples: Examples, seed: int, n_epochs: int) -> Layers:
    """Train a network; the rate falls along half a wave of the cosine."""
    rng = np.random.default_rng(seed)
    layers = drawn(examples.inputs.shape[1], rng)
    moments = [np.zeros_like(part) for part in layers], [np.zeros_like(part) for part in layers]
    n_steps = n_epochs * (len(examples.mi) // BATCH)
    for step, rows in enumerate(batches(len(examples.mi), n_epochs, rng), 1):
        rate = FASTEST * 0.5 * (1.0 + np.cos(np.pi * step / n_steps)) * min(1.0, step / 200)
        gradients = slopes(layers, blurred(examples.take(rows), rng))
        for part, slope, first, second in zip(layers, gradients, *moments, strict=True):
            first += 0.1 * (slope - first)
            second += 0.001 * (slope * slope - second)
            ahead = first / (1.0 - 0.9**step)
            size = np.sqrt(second / (1.0 - 0.999**step)) + 1e-8
            part -= np.float32(rate) * (ahead / size + DECAY * part * (part.ndim > 1))
    return layers


def blurred(examples: Examples, rng: np.random.Generator) -> Examples:
    noise = rng.standard_normal(examples.inputs.shape, dtype=np.float32)
    return examples._replace(inputs=examples.inputs + np.float32(BLUR) * noise)


def batches(n: int, n_epochs: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    for _ in range(n_epochs):
        order = rng.permutation(n)
        for start in range(0, n - BATCH + 1, BATCH):
            yield order[start : start + BATCH]


def slopes(layers: Layers, examples: Examples) -> Layers:
    """Give the gradient of the mean loss."""
    w0, b0, w1, b1, w2, b2 = layers
    first = np.tanh(examples.inputs @ w0 + b0)
    second = np.tanh(first @ w1 + b1)
    at_output = output_slopes(second @ w2 + b2, examples.mi) / np.float32(len(examples.mi))
    at_second = (at_output @ w2.T) * (1.0 - second * second)
    at_first = (at_second @ w1.T) * (1.0 - first * first)
    return [
        examples.inputs.T @ at_first,
        at_first.sum(axis=0),
        first.T @ at_second,
        at_second.sum(axis=0),
        second.T @ at_output,
        at_output.sum(axis=0),
    ]


LEVEL = np.array(LEVELS, dtype=np.float32)
WEIGHT = np.where(np.arange(HURDLE) == MEDIAN, ON_MEDIAN, 1.0).astype(np.float32)


def output_slopes(output: np.ndarray, mi: np.ndarray) -> np.ndarray:
    """Give the slope of the loss of each table at each output, (n, outputs)."""
    steps = np.logaddexp(0.0, output[:, :HURDLE])
    rising = 1.0 / (1.0 + np.exp(-output))
    median = output[:, MEDIAN : MEDIAN + 1]
    below = median - np.cumsum(steps[:, MEDIAN - 1 :: -1], axis=1)[:, ::-1]
    above = median + np.cumsum(steps[:, MEDIAN + 1 :], axis=1)
    logs = np.hstack((below, median, above))
    counted = np.exp(POWER * np.clip(median, np.log(OFFSET), 2.0))
    target = np.log(mi + OFFSET)[:, None]
    at_logs = counted * WEIGHT * ((target < logs) - LEVEL)
    out = np.empty_like(output)
    out[:, :MEDIAN] = -np.cumsum(at_logs[:, :MEDIAN], axis=1) * rising[:, :MEDIAN]
    out[:, MEDIAN] = at_logs.sum(axis=1)
    after = np.cumsum(at_logs[:, :MEDIAN:-1], axis=1)[:, ::-1]
    out[:, MEDIAN + 1 : HURDLE] = after * rising[:, MEDIAN + 1 : HURDLE]
    out[:, HURDLE] = OF_HURDLE * (rising[:, HURDLE] - (mi < NOTHING))
    return out
