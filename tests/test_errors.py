"""What becomes of an error: one of many is told of, wrong usage is raised, each has its status."""

from __future__ import annotations

import pickle

import pytest

from mitool.errors import ExitStatus, MitoolError, MitoolWarning, UsageError, attempt
from mitool.tables.source import Source, damage


def failing(error):
    def call():
        raise error

    return call


def test_a_call_that_succeeds_gives_what_it_makes():
    assert attempt(lambda: 3, lambda error: -1) == 3


def test_a_call_that_fails_gives_what_is_made_of_its_error():
    assert attempt(failing(MitoolError("too few rows")), str) == "too few rows"


@pytest.mark.parametrize("error", [UsageError("no such option"), ZeroDivisionError()])
def test_wrong_usage_and_faults_of_ours_are_raised(error):
    with pytest.raises(type(error)):
        attempt(failing(error), str)


@pytest.mark.parametrize(
    ("n_failed", "n_results", "status"), [(0, 0, 0), (0, 3, 0), (1, 3, 4), (3, 3, 3)]
)
def test_a_run_leaves_with_how_many_of_its_results_failed(n_failed, n_results, status):
    assert ExitStatus.of_results(n_failed, n_results) == status


def test_errors_leave_with_their_status():
    assert MitoolError("").exit_status == 3
    assert UsageError("").exit_status == 2
    assert MitoolError("", exit_status=ExitStatus.MISSING_EXTRA).exit_status == 5


def test_errors_are_caught_as_those_of_other_libraries():
    with pytest.raises(ValueError, match="too few rows"):
        raise MitoolError("too few rows")


def test_what_a_reader_says_itself_is_not_taken_for_damage(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(MitoolError, match=r"^say this$"), damage(Source(str(path))):
        raise MitoolError("say this")


@pytest.mark.parametrize(
    "raised",
    [
        MitoolError("no rows", exit_status=ExitStatus.BROKEN),
        UsageError("no such option"),
        MitoolWarning("ties", "column 'x' has 3 different values"),
    ],
)
def test_what_is_raised_in_a_worker_comes_back_as_it_was(raised):
    back = pickle.loads(pickle.dumps(raised))
    assert (type(back), str(back), vars(back)) == (type(raised), str(raised), vars(raised))
