"""Numbers beyond all bounds, in options and in what batch systems say: one line, soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from mitool.errors import UsageError
from mitool.limits import n_threads
from mitool.tasks.shards import parse_shard

ROOT = Path(__file__).parent.parent
WINE = ROOT / "sample_data" / "wine.csv"
DIGITS = "9" * 5000
ESTIMATE = ("estimate", WINE, "-x", "alcohol", "-y", "ash")
MATRIX = ("matrix", WINE, "--cols", "alcohol,ash")
SCREEN = ("screen", WINE, "-t", "alcohol")

OPTIONS = [
    (*ESTIMATE, "--lag", "0:99999999999"),
    (*ESTIMATE, "--lag", "-99999999999:0"),
    (*ESTIMATE, "--lag", f"0:{DIGITS}"),
    (*ESTIMATE, "--transfer", "--history", "99999999999"),
    (*ESTIMATE, "--transfer", "--history", DIGITS),
    (*ESTIMATE, "-p", f"n_neighbors={10**30}", "-e", "ksg"),
    (*ESTIMATE, "-p", f"n_bins={10**12}", "-e", "bins"),
    (*ESTIMATE, "-p", f"n_bins={10**30}", "-e", "bins"),
    (*ESTIMATE, "-p", f"n_neighbors={DIGITS}", "-e", "ksg"),
    (*ESTIMATE, "--permutations", "99999999999"),
    (*ESTIMATE, "--permutations", "1999999999"),
    (*ESTIMATE, "--permutations", DIGITS),
    (*ESTIMATE, "-b", "99999999999"),
    (*ESTIMATE, "-b", "-99999999999"),
    (*ESTIMATE, "--order", "time", "--block", "99999999999"),
    (*ESTIMATE, "--skip-rows", "99999999999"),
    (*ESTIMATE, "--skip-rows", "2147483647"),
    (*ESTIMATE, "--sample", "99999999999999999999"),
    (*ESTIMATE, "--rows", f"{DIGITS}:"),
    (*ESTIMATE, "--rows", "99999999999999:"),
    (*ESTIMATE, "-s", DIGITS),
    (*ESTIMATE, "-j", DIGITS),
    (*ESTIMATE, "-j", "99999999"),
    (*MATRIX, "--time-limit", DIGITS, "--checkpoint", "k"),
    (*MATRIX, "--time-limit", f"{DIGITS}:00", "--checkpoint", "k"),
    (*MATRIX, "--shard", f"1/{DIGITS}", "-o", "k.part"),
    (*MATRIX, "--scheduler", f"local:{DIGITS}"),
    (*MATRIX, "--scheduler", "local:99999999"),
    (*SCREEN, "--top", "99999999999999999999"),
    (*SCREEN, "--budget", "99999999999999999999"),
    ("simulate", "gaussian", "-n", "2147483647"),
    ("simulate", "gaussian", "-n", DIGITS),
    ("simulate", "gaussian", "-p", f"d={10**15}"),
    ("benchmark", "--repeats", "99999999999999"),
]


@pytest.mark.parametrize("arguments", OPTIONS, ids=lambda a: "_".join(map(str, a[-2:]))[:40])
def test_huge_numbers_in_options(arguments, mitool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = mitool(*arguments)
    assert outcome.code in (2, 3), outcome.err
    errors = [line for line in outcome.err.splitlines() if line.startswith("mitool: error: ")]
    assert len(errors) == 1
    assert len(errors[0]) <= 400
    assert outcome.out == ""


@pytest.mark.parametrize("name", ["SLURM_CPUS_PER_TASK", "NSLOTS", "NCPUS", "PBS_NCPUS"])
@pytest.mark.parametrize("text", [DIGITS, "٣", "-1", "1e9", "0x10", "", "99999999999"])
def test_huge_grants_are_not_believed(name, text):
    assert 1 <= n_threads(environment={name: text}) <= 4096


@pytest.mark.parametrize("text", [DIGITS, "99999999999", "-1", "1e9"])
def test_huge_wishes_are_refused(text):
    with pytest.raises(UsageError, match="MITOOL_THREADS takes"):
        n_threads(environment={"MITOOL_THREADS": text})


@pytest.mark.parametrize("name", ["SLURM_MEM_PER_NODE", "SLURM_MEM_PER_CPU", "SLURM_CPUS_PER_TASK"])
def test_huge_memory_of_a_job(name, mitool, monkeypatch):
    monkeypatch.setenv("SLURM_MEM_PER_CPU", "4000")
    monkeypatch.setenv(name, DIGITS)
    assert mitool(*MATRIX, "-q", "--dry-run").code == 0


@pytest.mark.parametrize(
    "name",
    ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"],
)
@pytest.mark.parametrize("text", [DIGITS, "99999999999999", "x", ""])
def test_huge_numbers_of_an_array_job(name, text):
    environment = {
        "SLURM_ARRAY_TASK_ID": "1",
        "SLURM_ARRAY_TASK_MIN": "1",
        "SLURM_ARRAY_TASK_MAX": "4",
        "SLURM_ARRAY_TASK_STEP": "1",
        "SLURM_ARRAY_TASK_COUNT": "4",
        name: text,
    }
    try:
        shard = parse_shard("auto", environment)
    except UsageError as error:
        assert "--shard auto" in str(error)
    else:
        assert 1 <= shard.index <= shard.count


def test_a_wide_range_of_lags_is_worked_off(mitool):
    outcome = mitool(*ESTIMATE, "--lag", "0:2", "-q", "--value", "-e", "gaussian")
    assert outcome.out.count("\n") == 3
