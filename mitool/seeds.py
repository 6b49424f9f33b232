"""Random numbers by name: what a task draws depends on the seed, its name and its number only.

Threads, shards, resume and the order of the work therefore change nothing.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np


@lru_cache(maxsize=1024)
def words(task: str) -> tuple[int, ...]:
    """Give the four 32-bit words that a name stands for in a spawn key."""
    digest = blake2b(task.encode(), digest_size=16).digest()
    return tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))


def task_name(*parts: object) -> str:
    """Join what identifies a task (estimator, x, y, z, purpose) into its name."""
    return "\x1f".join(str(part) for part in parts)


def stream(seed: int, task: str, number: int = 0) -> np.random.Generator:
    """Give the generator of one replicate of a task."""
    sequence = np.random.SeedSequence(seed, spawn_key=(*words(task), number))
    return np.random.default_rng(sequence)
