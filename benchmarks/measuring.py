"""How benchmarks are measured: programs in turns, CPU seconds, one thread, memory by the kernel."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


LONG = 10.0  # seconds of a run that is steady enough to be taken once


@dataclass(frozen=True)
class Run:
    """CPU seconds of one program, the median of its repeats, and the numbers it gave.

    ``ratio`` is how many times as long it took as the first program of the same turn, the median.
    """

    seconds: float
    value: np.ndarray
    ratio: float


def in_turns(programs: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Run]:
    """Run all programs once to warm up, then in turns: what slows one down slows all.

    A machine that others share has faster and slower minutes, so programs are compared by turn.
    Where the first run was long, it is the measurement of the program that ran.
    """
    first = {name: _timed(program) for name, program in programs.items()}
    seconds = {name: [spent] if spent > LONG else [] for name, (spent, _) in first.items()}
    for _ in range(repeats):
        for name, program in programs.items():
            if first[name][0] <= LONG:
                seconds[name].append(_timed(program)[0])
    reference = np.array(next(iter(seconds.values())))
    return {
        name: Run(
            float(np.median(spent)),
            _numbers(first[name][1]),
            float(np.median(np.array(spent) / reference)),
        )
        for name, spent in seconds.items()
    }


def _numbers(value: object) -> np.ndarray:
    return np.atleast_1d(np.asarray(value, dtype=float))


def _timed(program: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    value = program()
    return time.process_time() - start, value


def wall(program: Callable[[], object]) -> float:
    """Wall-clock seconds of one run."""
    start = time.perf_counter()
    program()
    return time.perf_counter() - start


def two_by_cpu(one: Callable[[], object], two: Callable[[], object], repeats: int = 15) -> float:
    """How many times as fast two threads are that have a core each, by the CPU time of both ways.

    What the calling thread spends itself the others wait for; the rest they share. Of a machine
    that is busy this tells more than its clock does. Lower quartiles of repeats in turns.
    """
    turns = []
    for _ in range(repeats):
        alone = _timed(one)[0]
        own, together = time.thread_time(), time.process_time()
        two()
        own, together = time.thread_time() - own, time.process_time() - together
        turns.append((alone, own, together))
    alone, own, together = np.quantile(turns, 0.25, axis=0)
    return float(alone / (own + (together - own) / 2.0))


def peak_above(program: Callable[[], object]) -> float:
    """Peak of resident memory while a program runs, in MB above what was resident before."""
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = _resident("VmRSS")
    program()
    return _resident("VmHWM") - before


def _resident(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1e3
    raise LookupError(field)


def machine() -> str:
    """The machine in words."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return (
        f"{cores} cores ({names[0] if names else platform.machine()}) shared with other work "
        f"(load {load:.0f}), Python {platform.python_version()}"
    )
