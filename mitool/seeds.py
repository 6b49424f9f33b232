"""Random numbers by name: what a task draws depends on the seed, its name and its number only.

Threads, shards, resume and the order of the work therefore change nothing.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from operator import index
from struct import unpack

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
    """Give the generator of one replicate of a task.

    It is that of ``SeedSequence(seed, spawn_key=(*words(task), number))``, sooner by a third: each
    permutation of a test waits for one, and only one thread makes them at a time.
    """
    entropy = np.array((*_prefix(seed, task), *_in_words(number)), dtype=np.uint32)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))


@lru_cache(maxsize=1024)
def _prefix(seed: int, task: str) -> tuple[int, ...]:
    """Give what NumPy puts together of a seed, filled up to four words, and a spawn key."""
    of_seed = _in_words(seed)
    return (*of_seed, *[0] * (4 - len(of_seed)), *words(task))


def _in_words(number: int) -> tuple[int, ...]:
    """Give the 32-bit words of a number, the lowest first; 0 has one."""
    number = index(number)  # NumPy's integers, too
    n_words = max(1, -(-number.bit_length() // 32))
    return unpack(f"<{n_words}I", number.to_bytes(4 * n_words, "little"))
