"""How benchmarks are measured: programs in turns, CPU seconds, one thread, memory by the kernel."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import numpy as np

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


LONG = 10.0  # seconds of a run that is steady enough to be taken once

Timed = tuple[float, np.ndarray]
"""CPU seconds of a program, and the numbers it gave."""


@dataclass(frozen=True)
class Run:
    """CPU seconds of one program, one for each turn, and the numbers it gave."""

    turns: np.ndarray
    value: np.ndarray

    @property
    def seconds(self) -> float:
        """The median of its turns."""
        return float(np.median(self.turns))

    def times(self, other: Run) -> float:
        """How many times as long as another program of the same turns it took, the median."""
        return float(np.median(self.turns / other.turns))

    def beyond(self, other: Run) -> Run:
        """What it took beyond another program of the same turns."""
        return Run(self.turns - other.turns, self.value)


def in_turns(programs: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Run]:
    """Run all programs once to warm up, then in turns: what slows one down slows all.

    A machine that others share has faster and slower minutes, so programs are compared by turn.
    """
    return timed_in_turns({name: partial(timed, p) for name, p in programs.items()}, repeats)


def timed_in_turns(programs: Mapping[str, Callable[[], Timed]], repeats: int) -> dict[str, Run]:
    """Do the same with programs that time themselves.

    Where the first run was long, it is the measurement of the program that ran.
    """
    first = {name: program() for name, program in programs.items()}
    turns = {name: [spent] if spent > LONG else [] for name, (spent, _) in first.items()}
    for _ in range(repeats):
        for name, program in programs.items():
            if first[name][0] <= LONG:
                turns[name].append(program()[0])
    return {name: Run(np.array(spent), first[name][1]) for name, spent in turns.items()}


def timed(program: Callable[[], object]) -> Timed:
    """Run a program here; the processes that it starts and waits for count as its own."""
    start = _cpu()
    value = program()
    return _cpu() - start, np.atleast_1d(np.asarray(value, dtype=float))


def _cpu() -> float:
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


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
        alone = time.process_time()
        one()
        alone = time.process_time() - alone
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
