"""Work in threads: the same results for any number of them; threads are kept in between."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from mitool import parallel
from mitool.diagnostics.row_notes import lags_one
from mitool.errors import MitoolError
from mitool.measure.settings import Settings
from mitool.parallel import for_slices, map_if_long, ordered_map, threads_inside
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import Variable


@pytest.fixture(autouse=True)
def none_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without threads, and leave those of others alone."""
    monkeypatch.setattr(parallel, "_idle", {})


def named(number: int) -> tuple[int, str]:
    time.sleep(0.002)  # else one thread may take all
    return number, threading.current_thread().name


def test_maps_that_follow_one_another_share_their_threads() -> None:
    first, second = (list(ordered_map(named, range(12), 2)) for _ in range(2))
    assert [number for number, _ in first] == [number for number, _ in second] == list(range(12))
    names = [{name for _, name in found} for found in (first, second)]
    assert names[0] | names[1] == names[0]
    assert 1 < len(names[0]) <= 2


def test_short_items_are_left_to_the_thread_that_asks_and_those_after_a_long_one_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = threading.current_thread().name

    def took(number: int) -> tuple[int, str]:
        monkeypatch.setattr(parallel, "perf_counter", lambda: 1.0 if number >= 3 else 0.0)
        return number, threading.current_thread().name

    monkeypatch.setattr(parallel, "perf_counter", lambda: 0.0)
    found = list(map_if_long(took, range(9), 2))
    assert [number for number, _ in found] == list(range(9))
    assert {name for _, name in found[:4]} == {here}
    assert here not in {name for _, name in found[4:]}
    assert [name for _, name in map_if_long(took, range(3), 1)] == [here] * 3


def test_an_error_of_a_short_item_comes_out_where_its_result_would_have() -> None:
    found = map_if_long(lambda number: 1 / (2 - number), range(5), 2)
    assert [next(found), next(found)] == [0.5, 1.0]
    with pytest.raises(ZeroDivisionError):
        next(found)


def test_a_map_within_a_map_has_threads_of_its_own() -> None:
    """With those of the outer one it would wait for itself."""

    def inner(number: int) -> list[int]:
        return list(ordered_map(lambda other: 10 * number + other, range(5), 2))

    assert list(ordered_map(inner, range(6), 2)) == [
        [10 * number + other for other in range(5)] for number in range(6)
    ]


def test_two_maps_at_once_have_threads_of_their_own() -> None:
    first, second = ordered_map(named, range(9), 2), ordered_map(named, range(9), 2)
    pairs = list(zip(first, second, strict=True))
    assert [(a[0], b[0]) for a, b in pairs] == [(i, i) for i in range(9)]
    assert not {a[1] for a, _ in pairs} & {b[1] for _, b in pairs}


def test_a_map_that_is_left_does_no_more_and_keeps_no_threads() -> None:
    done: list[int] = []

    def note(number: int) -> int:
        time.sleep(0.01)
        done.append(number)
        return number

    mapped = ordered_map(note, range(1000), 2)
    assert next(mapped) == 0
    mapped.close()
    n_done = len(done)
    time.sleep(0.05)
    assert len(done) == n_done < 1000
    assert parallel._idle == {}


def test_the_first_error_comes_out_in_its_place() -> None:
    def refuse(number: int) -> int:
        if number % 4 == 3:
            raise MitoolError(f"no {number}")
        return number

    mapped = ordered_map(refuse, range(20), 2)
    assert [next(mapped) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(MitoolError, match="no 3"):
        next(mapped)
    assert list(ordered_map(named, range(4), 2))[-1][0] == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are forked here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_starts_threads_of_its_own(tmp_path: Path) -> None:
    """Those of its parent are not in it: work given to them would wait for ever."""
    list(ordered_map(named, range(4), 2))
    found = tmp_path / "found"
    child = os.fork()
    if not child:
        found.write_text(str([number for number, _ in ordered_map(named, range(4), 2)]))
        os._exit(0)
    for _ in range(200):
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(0.05)
    else:
        os.kill(child, 9)
    assert found.read_text() == "[0, 1, 2, 3]"


@pytest.mark.parametrize("n_rows", [100, 16_384, 20_000, 99_999, 300_001])
def test_slices_hold_every_row_once_and_are_as_many_for_each_thread(n_rows: int) -> None:
    slices: list[tuple[int, int]] = []
    with threads_inside(2):
        for_slices(lambda start, stop: slices.append((start, stop)), n_rows)
    slices.sort()
    assert [row for ends in slices for row in range(*ends)] == list(range(n_rows))
    assert len(slices) == 1 or len(slices) % 2 == 0
    sizes = [stop - start for start, stop in slices]
    assert max(sizes) - min(sizes) <= 2 * parallel.ROWS_TOGETHER


def test_the_likeness_of_neighbours_does_not_depend_on_the_threads_of_blas(
    rng: np.random.Generator,
) -> None:
    values = np.cumsum(rng.standard_normal(50_000)) % 7.0
    with threadpool_limits(1):
        alone = lags_one(values[None, :])[0]
    with threadpool_limits(4):
        assert lags_one(values[None, :])[0] == alone
    centred = values - values.mean()
    assert alone == pytest.approx(np.corrcoef(centred[1:], centred[:-1])[0, 1], abs=1e-4)


@pytest.mark.parametrize("n_rows", [60, 150, 2000])
@pytest.mark.parametrize("estimator", ["ksg", "ross", "gcmi"])
def test_an_interval_and_its_checks_are_the_same_for_any_number_of_threads(
    estimator: str, n_rows: int, rng: np.random.Generator
) -> None:
    x = rng.standard_normal((n_rows, 1))
    y = x + 0.1 * rng.standard_normal((n_rows, 1)) ** 3
    label = estimator == "ross"
    second = Variable(("y",), (y > 0).astype(float), ("discrete",)) if label else None
    sides = Variable(("x",), x, ("continuous",)), second or Variable(("y",), y, ("continuous",))
    found = [
        assess(*sides, settings=Settings(estimator), uncertainty=Uncertainty(level=0.9), n_jobs=n)
        for n in (1, 2, 3)
    ]
    assert found[0].interval is not None
    assert found[0] == found[1] == found[2]
