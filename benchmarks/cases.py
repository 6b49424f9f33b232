"""Cases of work by several programs: each in a process of its own, its programs in turns."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.checkouts import ROOT, add_before, answers, calling, commit_of
from benchmarks.measuring import ONE_THREAD, Run, Timed, machine, timed, timed_in_turns

OURS = "mitool"
BEFORE = ", before"
START = "mitool, start"

Programs = Mapping[str, Callable[[], object]]
Timer = Callable[[], Timed]
Result = tuple["Case", dict[str, Run]]


@dataclass(frozen=True)
class Case:
    """One piece of work by several programs, ours first.

    ``truth`` is its exact value, ``scale`` what a program's time is times, ``n_pairs`` how many
    pairs of columns the work is. Cases of larger ``weight`` begin earlier. What is ``new`` an older
    checkout does not have. A program called "mitool, start" is what mitool does before this work,
    and is taken off.
    """

    group: str
    name: str
    programs: Callable[[], Programs]
    repeats: int = 5
    truth: float | None = None
    scale: Mapping[str, float] | None = None
    n_pairs: int = 0
    weight: int = 1
    new: bool = False


def options(description: str | None) -> argparse.ArgumentParser:
    """What may be asked of benchmarks that are made of cases."""
    parser = argparse.ArgumentParser(description=description)
    add_before(parser)
    parser.add_argument("--at-once", type=int, default=1, help="cases beside each other")
    parser.add_argument("--only", help="only cases with this in their names; no page is written")
    return parser


# In the process of a case


def measured(module: str, number: int, before: str) -> None:
    """Measure one case here, and in an older checkout if one is named; print what was found."""
    case = case_of(module, number)
    programs = {name: partial(timed, program) for name, program in case.programs().items()}
    with ExitStack() as stack:
        if before and not case.new:
            ask = stack.enter_context(answers(f"serve({module!r}, {number})", Path(before)))
            programs = with_older(programs, ask)
        runs = timed_in_turns(programs, case.repeats)
    print(json.dumps({name: (r.turns.tolist(), r.value.tolist()) for name, r in runs.items()}))


def with_older(programs: Mapping[str, Timer], ask: Callable[[str], Any]) -> dict[str, Timer]:
    """Put after each program of ours the same as it was, which ``ask`` times by its name."""

    def older(name: str) -> Timed:
        seconds, value = ask(name)
        return seconds, np.array(value)

    both: dict[str, Timer] = {}
    for name, program in programs.items():
        both[name] = program
        if name.startswith(OURS):
            both[f"{name}{BEFORE}"] = partial(older, name)
    return both


def case_of(module: str, number: int) -> Case:
    """Give a case in a process that has all that its programs need."""
    from mitool.errors import MitoolWarning

    import_module("mitool.kernels.compiled")  # else small jobs would do without the compiler
    warnings.simplefilter("ignore", MitoolWarning)  # many dimensions, which is the point here
    case: Case = import_module(f"benchmarks.{module}").CASES[number]
    return case


def serve(module: str, number: int) -> None:
    """Time the programs of a case as they are asked for, by name, until nobody asks any more."""
    programs = case_of(module, number).programs()
    for line in sys.stdin:
        seconds, value = timed(programs[line.strip()])
        print(json.dumps((seconds, value.tolist())), flush=True)


# What is found, and how it is written


def apart(command: Sequence[str]) -> Any:
    """What a command prints, run on one thread."""
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def results(module: str, cases: Sequence[Case], asked: argparse.Namespace) -> list[Result]:
    """Measure cases, the longest first, and print the rows of each when it is known."""
    before = str(asked.before or "")

    def found(number: int) -> dict[str, Run]:
        printed = apart(calling(f"measured({module!r}, {number}, {before!r})"))
        runs = {name: Run(np.array(turns), np.array(v)) for name, (turns, v) in printed.items()}
        runs = without_start(runs)
        print("\n".join(lines_of(cases[number], runs)), flush=True)
        return runs

    names = [f"{case.group}, {case.name}".replace("\\", "") for case in cases]  # as they are read
    chosen = [number for number, name in enumerate(names) if (asked.only or "") in name]
    with ThreadPoolExecutor(asked.at_once) as pool:
        longest_first = sorted(chosen, key=lambda number: -cases[number].weight)
        waiting = {number: pool.submit(found, number) for number in longest_first}
        return [(cases[number], waiting[number].result()) for number in chosen]


def without_start(runs: Mapping[str, Run]) -> dict[str, Run]:
    """Take off mitool what it does before its work, where that was measured, now and before."""
    starts = {name.replace(START, OURS): run for name, run in runs.items() if START in name}
    works = {name: run for name, run in runs.items() if START not in name}
    return {n: run.beyond(starts[n]) if n in starts else run for n, run in works.items()}


HEADING = (
    "| work | rows | program | CPU | times mitool | difference | error |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
)


def lines_of(case: Case, runs: Mapping[str, Run]) -> list[str]:
    """Give the rows of a case, one for each program."""
    lines = []
    for program, run in runs.items():
        scale = (case.scale or {}).get(program, 1)
        reference = runs[program.removesuffix(BEFORE) if BEFORE in program else OURS]
        is_ours = program.startswith(OURS) and BEFORE not in program
        ratio = "" if is_ours else f"{_rounded(scale * run.times(reference))}×"
        off = np.abs(run.value - reference.value).max()
        difference = "" if program == OURS or np.isnan(off) else f"{off:.0e}"
        error = "" if case.truth is None else f"{run.value.item() - case.truth:+.4f}"
        label = f"{program} (timed on a sample)" if scale != 1 else program
        shown = _shown(scale * run.seconds, case.n_pairs)
        cells = (case.group, case.name, label, shown, ratio, difference, error)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _shown(seconds: float, n_pairs: int) -> str:
    whole = f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{_rounded(seconds)} s"
    return f"{whole}, {_rounded(1e6 * seconds / n_pairs)} µs a pair" if n_pairs else whole


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def circumstances(asked: argparse.Namespace) -> list[str]:
    """Say on what machine this was, and what mitool was before."""
    lines = [f"{machine()}; cases measured at once: {asked.at_once}."]
    if asked.before:
        lines.append(f"*Before* is mitool at {commit_of(asked.before)}, in its own environment.")
    return lines
