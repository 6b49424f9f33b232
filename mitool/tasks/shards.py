"""A share of the tasks for each job of an array: the same mixture of tasks for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mitool.errors import UsageError
from mitool.limits import MOST_DIGITS

MOST = 256
BLOCKS_EACH = 32

ARRAYS = (
    (
        "SLURM_ARRAY_TASK_ID",
        ("SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP"),
        "SLURM_ARRAY_TASK_COUNT",
    ),
    ("SGE_TASK_ID", ("SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE"), None),
    ("PBS_ARRAY_INDEX", ("PBS_ARRAY_INDEX_FIRST", "PBS_ARRAY_INDEX_LAST", None), "PBS_ARRAY_COUNT"),
)
"""The variables of Slurm, Grid Engine and PBS: number of the task; first, last and step; count."""


@dataclass(frozen=True)
class Shard:
    """Share ``index`` of ``count``, from 1."""

    index: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def ranges(self, n_tasks: int) -> Iterator[range]:
        """Yield the numbers of its tasks: every ``count``-th block of all ``n_tasks``.

        Neighbouring tasks, such as pairs that share a column, cost alike; blocks in turn spread
        dear and cheap ones evenly, without a model of what they cost.
        """
        block = max(1, min(MOST, n_tasks // (BLOCKS_EACH * self.count)))
        if self.count == 1:
            block = max(n_tasks, 1)
        for start in range((self.index - 1) * block, n_tasks, self.count * block):
            yield range(start, min(start + block, n_tasks))

    def n_tasks(self, n_tasks: int) -> int:
        """How many of all ``n_tasks`` are its own."""
        return sum(map(len, self.ranges(n_tasks)))


def parse_shard(text: str, environment: Mapping[str, str] = os.environ) -> Shard:
    """Read ``I/N``, counted from 1, or find it as ``auto`` in what the batch system says."""
    if text == "auto":
        return _of_array(environment)
    index, _, count = map(_whole, text.partition("/"))
    if index is None or count is None or not 1 <= index <= count:
        raise UsageError(
            f"--shard takes I/N with I from 1 to N, such as 2/8, or auto; got {text!r}"
        )
    return Shard(index, count)


def _of_array(environment: Mapping[str, str]) -> Shard:
    for task, (first, last, step), count in ARRAYS:
        number = _number(environment, task)
        if number is None:
            continue
        low, stride = _number(environment, first) or 0, _number(environment, step) or 1
        if _number(environment, first) is None:
            raise UsageError(f"--shard auto found {task}={number} but not {first}; use --shard I/N")
        n_tasks = _number(environment, count)
        if n_tasks is None:
            high = _number(environment, last)
            if high is None:
                raise UsageError(f"--shard auto found {task} but not {last}; use --shard I/N")
            n_tasks = (high - low) // stride + 1
        return _checked((number - low) // stride + 1, n_tasks, task)
    names = ", ".join(task for task, _, _ in ARRAYS)
    raise UsageError(f"--shard auto needs one of {names} of an array job; use --shard I/N")


def _checked(index: int, count: int, task: str) -> Shard:
    if not 1 <= index <= count:
        raise UsageError(
            f"--shard auto: {task} is task {index} of {count}; an array with gaps in its numbers "
            "cannot be shared out, use --shard I/N"
        )
    return Shard(index, count)


def _number(environment: Mapping[str, str], name: str | None) -> int | None:
    return _whole(environment.get(name, "")) if name else None


def _whole(text: str) -> int | None:
    """Read a whole number that a batch system could mean."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
