"""Random subsets of rows, as large as a class that they are compared with."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from mitool.variables import Rows


def subsets(index: Rows, size: int, n_draws: int, seed: int) -> Iterator[Rows]:
    """Draw from the points that rows lie on, without replacement: blind to order and labels."""
    ordered = np.sort(index)
    for draw in range(n_draws):
        sequence = np.random.SeedSequence(seed, spawn_key=(size, draw))
        yield ordered[np.random.default_rng(sequence).choice(len(index), size, replace=False)]


def official_subsets(index: Rows, size: int, n_draws: int, seed: int) -> Iterator[Rows]:
    """Draw the same rows as the program of the authors of DSMI."""
    generator = random.Random(seed)
    for _ in range(n_draws):
        yield index[generator.sample(range(len(index)), size)]
