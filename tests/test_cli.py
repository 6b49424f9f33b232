"""The command line as a user meets it: what it prints, and the status it leaves."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from mitool.cli import commands
from mitool.cli.app import COMMANDS
from tests.reports import results

PROGRAM = [sys.executable, "-m", "mitool"]
PAIR = ["d.csv", "-x", "height", "-y", "weight", "-e", "gaussian"]

CONSTANT = ["constant.csv", "-x", "a", "-y", "b", "--continuous", "a", "-e", "gaussian"]


def lines(**columns: object) -> str:
    return pd.DataFrame(columns).to_csv(index=False)


@pytest.fixture
def folder(tmp_path, monkeypatch, rng) -> Path:
    """A folder to be in, with a good table of 60 rows and many a bad one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    height, noise, row = rng.normal(size=60), rng.normal(size=60), np.arange(60)
    good = {"height": height, "weight": height + noise, "group": row % 3, "sex": ["u", "v"] * 30}
    texts = {
        "d.csv": lines(**good),
        "empty.csv": "",
        "header.csv": "a,b\n",
        "semicolon.csv": "a;b\n" + "1;2\n" * 60,
        "ragged.csv": "a,b\n1,2\n3\n4,5\n",
        "twice.csv": "a,a,b\n1,2,3\n4,5,6\n",
        "void.csv": "a,b\n,1\n,2\n,3\n",
        "one.csv": "a,b\n1.5,2\n",
        "few.csv": "a,b\n1.5,2\n2,3.5\n3.5,1\n",
        "constant.csv": lines(a=np.ones(60), b=noise),
        "level.csv": lines(a=["u"] * 60, b=row % 3),
        "gaps.csv": lines(a=height, b=np.where(row % 10, noise, np.nan)),
        "infinite.csv": lines(a=np.where(row, height, np.inf), b=noise),
        "names.csv": lines(name=[f"n{i}" for i in row], b=noise),
    }
    for name, text in texts.items():
        Path(name).write_text(text)
    Path("folder").mkdir()
    Path("junk.csv").write_bytes(rng.bytes(1000) + bytes(100))
    Path("cut.csv.gz").write_bytes(gzip.compress(texts["d.csv"].encode())[:300])
    pd.DataFrame(good).to_parquet("d.parquet")
    Path("cut.parquet").write_bytes(Path("d.parquet").read_bytes()[:-20])
    np.save("x.npy", np.column_stack([height, noise]))
    np.save("y.npy", height + noise + rng.normal(size=60))
    np.save("short.npy", height[:9])
    np.save("objects.npy", np.array([1, "a"], dtype=object), allow_pickle=True)
    np.save("cube.npy", np.zeros((3, 3, 3)))
    return tmp_path


# The main door


def test_a_pair_of_columns_gives_one_result(mitool, folder):
    outcome = mitool("estimate", *PAIR)
    assert outcome.code == 0
    [result] = results(outcome)
    assert (result["x"], result["y"], result["n_used"]) == ("height", "weight", 60)
    assert result["mi"] == pytest.approx(0.35, abs=0.15)  # ln(2)/2 in truth


def test_several_variables_and_estimators_give_all_combinations(mitool, folder):
    words = [
        "-x",
        "height",
        "-x",
        "weight",
        "-y",
        "weight,height",
        "-y",
        "height",
        "-e",
        "gaussian",
        "-e",
        "gcmi",
    ]
    found = results(mitool("estimate", "d.csv", *words))
    names = [(row["x"], row["y"], row["estimator"]) for row in found]
    assert names == [
        (x, y, e)
        for x in ("height", "weight")
        for y in ("weight,height", "height")
        for e in ("gaussian", "gcmi")
    ]


def test_what_fails_among_several_is_reported_and_not_fatal(mitool, folder):
    outcome = mitool(
        "estimate", "d.csv", *["-x", "height", "-x", "sex", "-y", "weight", "-e", "gaussian"]
    )
    assert outcome.code == 4
    assert [row["status"] for row in results(outcome)] == ["ok", "failed"]
    assert "gaussian does not take 'sex' (discrete)" in results(outcome)[1]["message"]
    assert [row["n_used"] for row in results(outcome)] == [60, 60]


def test_a_pair_that_fails_says_how_many_rows_are_complete(mitool, folder):
    rows = (f"{i},{'' if i % 3 else i * i % 11},{'ab'[i % 2]}" for i in range(30))
    Path("gaps.csv").write_text("\n".join(["a,b,label", *rows]) + "\n")
    outcome = mitool("matrix", "gaps.csv", "-e", "gcmi", "--json")
    counts = [(r["status"], r["n_used"], r["n_dropped"]) for r in results(outcome)]
    assert counts == [("ok", 10, 20), ("failed", 30, 0), ("failed", 10, 20)]


def test_every_source_gives_the_same_results(mitool, folder):
    expected = results(mitool("estimate", *PAIR))
    stdin = Path("d.csv").read_bytes()
    assert results(mitool("estimate", "-", *PAIR[1:], stdin=stdin)) == expected
    assert results(mitool("estimate", "d.parquet", *PAIR[1:])) == expected


def test_two_arrays_are_two_variables(mitool, folder):
    [result] = results(mitool("estimate", "x.npy", "y.npy", "-e", "gaussian"))
    assert (result["x"], result["y"]) == ("x_1,x_2", "y")
    assert (result["dim_x"], result["dim_y"]) == (2, 1)


def test_value_is_a_bare_number_for_the_shell(mitool, folder):
    outcome = mitool("estimate", *PAIR, "--value", "-q")
    assert float(outcome.out) == results(mitool("estimate", *PAIR))[0]["mi"]
    assert (outcome.out.count("\n"), outcome.err) == (1, "")


def test_bits_are_nats_over_ln_2(mitool, folder, monkeypatch):
    nats = float(mitool("estimate", *PAIR, "--value").out)
    bits = float(mitool("estimate", *PAIR, "--value", "-u", "bits").out)
    assert bits == pytest.approx(nats / np.log(2), rel=1e-15)
    monkeypatch.setenv("MITOOL_UNITS", "bits")
    assert float(mitool("estimate", *PAIR, "--value").out) == bits


def test_formats_hold_the_same_numbers(mitool, folder):
    [row] = results(mitool("estimate", *PAIR))
    [line] = csv.DictReader(io.StringIO(mitool("estimate", *PAIR, "--format", "csv").out))
    assert float(line["mi"]) == row["mi"]
    assert json.loads(mitool("estimate", *PAIR, "--format", "jsonl").out) == row
    assert mitool("estimate", *PAIR, "-o", "r.parquet").out == ""
    assert pq.read_table("r.parquet").to_pylist()[0]["mi"] == row["mi"]
    assert f"{row['mi']:.6g}" in mitool("estimate", *PAIR, "--format", "table").out


@pytest.mark.parametrize(("words", "status"), [(["env"], 0), (["no such command"], 2)])
def test_a_process_outlives_the_command_line_that_it_calls(monkeypatch, words, status):
    from mitool.__main__ import main

    monkeypatch.setattr(sys, "argv", ["mitool", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == status


def test_a_format_of_the_environment_that_is_none_is_named(mitool, folder, monkeypatch):
    monkeypatch.setenv("MITOOL_FORMAT", "xml")
    outcome = mitool("estimate", "d.csv", "-x", "height", "-y", "weight")
    assert outcome.code == 2
    assert "MITOOL_FORMAT takes one of auto, table, json" in outcome.err
    assert "but got 'xml'" in outcome.err
    assert mitool("estimate", "d.csv", "-x", "height", "-y", "weight", "--value").code == 0


def test_the_machine_may_set_the_format_and_the_user_overrides_it(mitool, folder, monkeypatch):
    monkeypatch.setenv("MITOOL_FORMAT", "csv")
    assert mitool("estimate", *PAIR).out.startswith("x,y,")
    assert mitool("estimate", *PAIR, "--json").out.startswith("{")
    mitool("estimate", *PAIR, "-o", "r.jsonl")
    assert Path("r.jsonl").read_text().startswith('{"x"')


def test_a_report_names_its_input_and_settings(mitool, folder):
    document = json.loads(mitool("estimate", *PAIR, "--seed", "7").out)
    assert document["tool"]["argv"] == ["estimate", *PAIR, "--seed", "7"]
    assert document["settings"]["seed"] == 7
    [source] = document["input"]
    size = Path("d.csv").stat().st_size
    assert source == {"path": "d.csv", "format": "csv", "bytes": size, "rows": 60, "columns": 4}


def test_parameters_go_to_the_estimators_that_have_them(mitool, folder):
    words = ["-e", "gaussian", "-e", "bins", "-p", "n_bins=4"]
    gaussian, bins = results(mitool("estimate", *PAIR[:5], *words))
    assert "n_bins" not in gaussian["params"]
    assert bins["params"]["n_bins"] == 4
    assert results(mitool("estimate", *PAIR[:5], *words[:5], "bins.n_bins=4")) == [gaussian, bins]


def test_warnings_reach_standard_error_and_the_report(mitool, folder):
    outcome = mitool("estimate", *CONSTANT)
    assert outcome.code == 0
    assert "mitool: warning: column 'a' has one value in all rows used" in outcome.err
    assert results(outcome)[0]["mi"] == 0.0
    assert "constant" in results(outcome)[0]["warning_codes"].split()
    assert mitool("estimate", *CONSTANT, "-q").err == ""


def test_missing_rows_are_dropped_and_counted(mitool, folder):
    [row] = results(mitool("estimate", "gaps.csv", "-x", "a", "-y", "b", "-e", "gaussian"))
    assert (row["n_used"], row["n_dropped"]) == (54, 6)


def test_an_interval_and_a_test_stand_beside_the_estimate(mitool, folder):
    outcome = mitool("estimate", *PAIR, "--ci", "0.9", "--permutations", "99")
    assert outcome.code == 0
    [row] = results(outcome)
    assert row["ci_low"] < row["mi"] < row["ci_high"]
    assert (row["ci_level"], row["p_n"], row["p_value"]) == (0.9, 99, 0.01)
    assert row["reliability"] in ("ok", "low")


def test_resamples_alone_ask_for_an_interval(mitool, folder):
    [row] = results(mitool("estimate", *PAIR, "-b", "20"))
    assert (row["ci_level"], row["ci_n"]) == (0.95, 20)


def test_results_do_not_depend_on_the_number_of_threads(mitool, folder, monkeypatch):
    words = [*PAIR[:5], "-e", "ksg", "-b", "20", "--permutations", "19"]
    one, two = mitool("estimate", *words, "-j", "1"), mitool("estimate", *words, "-j", "2")
    assert results(one) == results(two)
    assert json.loads(two.out)["runtime"]["threads"] == 2
    monkeypatch.setenv("MITOOL_THREADS", "3")
    assert json.loads(mitool("estimate", *PAIR).out)["runtime"]["threads"] == 3


# Bad input


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("no.csv -x a -y b", 3, "no file 'no.csv'"),
        ("empty.csv -x a -y b", 3, "empty.csv is empty"),
        ("header.csv -x a -y b", 3, "header.csv has a header but no rows"),
        ("folder -x a -y b", 3, "folder is a directory; name its files"),
        ("junk.csv -x a -y b", 3, "junk.csv line 1 is not utf-8 text"),
        ("cut.csv.gz -x height -y weight", 3, "cut.csv.gz is cut short or damaged"),
        ("cut.parquet -x height -y weight", 3, "cut.parquet is cut short or damaged"),
        ("semicolon.csv --delimiter , -x a -y b", 3, "try --delimiter ';'"),
        ("ragged.csv -x a -y b", 3, "ragged.csv line 3 has 1 field, but the header has 2"),
        ("d.csv -x heigth -y weight", 3, "has no column 'heigth'; did you mean 'height'?"),
        ("twice.csv -x a -y b", 3, "twice.csv has 2 columns named 'a'"),
        ("d.csv -x height -y sex --continuous sex", 3, "holds text ('u' …), which cannot be"),
        ("d.csv -x height -y weight --discrete sexx", 3, "did you mean 'sex'?"),
        ("void.csv -x a -y b", 3, "no row has a value in 'a' and 'b'"),
        ("one.csv -x a -y b", 3, "one row tells nothing of dependence"),
        ("few.csv -x a -y b -e ksg", 3, "needs more than 3 rows, got 3"),
        ("names.csv -x name -y b", 3, "names every row differently"),
        ("gaps.csv -x a -y b --missing error", 3, "6 of 60 rows have a missing value in 'b'"),
        ("infinite.csv -x a -y b", 3, "column 'a' has 1 infinite of 60 values"),
        ("x.npy short.npy", 3, "'x_1,x_2' has 60, 'short' has 9"),
        ("objects.npy y.npy", 3, "objects.npy holds Python objects, which are never unpickled"),
        ("cube.npy y.npy", 3, "cube.npy has 3 dimensions"),
        ("d.csv -x height -y weight -e gausian", 2, "no estimator 'gausian'; did you mean"),
        ("d.csv -x height -y weight -e bins -p bins=3", 2, "bins has no parameter 'bins'"),
        ("d.csv -x height -y weight -e bins -p n_bins=x", 2, "bins.n_bins takes"),
        ("d.csv -x height -y weight -e bins -p n_bins", 2, "-p takes KEY=VALUE, got 'n_bins'"),
        ("d.csv -x height -y weight -e bins -p ksg.k=1", 2, "is for 'ksg', but -e names bins"),
        ("d.csv -x height -y weight --sample 9 --lag 1", 2, "--sample leaves gaps between rows"),
        ("d.csv -x height -y weight --sample 9 --transfer", 2, "--sample leaves gaps between"),
        ("d.csv -x height -y weight --sample 9 --order time", 2, "use --rows A:B for a stretch"),
        ("d.csv -x height -y weight -p k=1", 2, "auto chooses its own parameters"),
        ("d.csv -x a -y b -e gcmi -e bins -p k=1", 2, "none of gcmi, bins has a parameter 'k'"),
        ("d.csv -x height -y weight -o no/such.csv", 3, "cannot write no/such.csv"),
        ("d.csv -x height -y weight -o folder", 3, "cannot write folder: it is a folder"),
        ("d.csv -x height -y weight -o r.xls", 2, "no format goes by the suffix '.xls'"),
        ("d.csv -x height -y weight --format yaml", 2, "'yaml' is not one of 'auto', 'table'"),
        ("d.csv -x height -y weight --json --value", 2, "--json and --value cannot both be"),
        ("d.csv -x height -y weight -q -v", 2, "--quiet and --verbose cannot both be meant"),
        ("d.csv -x height -y weight --seed -1", 2, "-1 is not in the range x>=0"),
        ("d.csv -x height -y weight --sample 1.5", 2, "'1.5' is not a whole number; see"),
        ("d.csv -x height -y weight --ci high", 2, "'high' is not a number; see"),
        ("d.csv -x height -y weight --bogus", 2, "no such option: --bogus"),
        ("d.csv -x height -y weight --rows 9", 2, "rows '9' is not a range A:B"),
        ("d.csv", 2, "name columns with -x and -y; d.csv has height, weight, group, sex"),
        ("d.csv -x height", 2, "name columns with -y; d.csv has"),
        ("x.npy d.csv", 2, "only two .npy files can do without"),
        ("x.npy y.npy -z a", 2, "two array files have only x and y"),
        ("x.npy y.npy --groups a", 2, "--groups names columns of a table; two array files have"),
        ("d.csv -x height -y sex --discrete sex --continuous sex", 2, "cannot be both"),
        ("d.csv -x height -y weight --ci 1.5", 2, "must lie between 0 and 1, got 1.5"),
        ("d.csv -x height -y weight --ci 95", 2, "0 and 1, got 95; 95 % is 0.95"),
        ("d.csv -x height -y weight --permutations 0", 2, "0 is not in the range x>=1"),
        ("d.csv -x height -y weight --order time --block 0", 2, "0 is not in the range x>=1"),
        ("d.csv -x height -y weight -e ksg -p n_neighbors=0", 2, "ksg: n_neighbors must be at l"),
        ("d.csv -x height -y weight --block 5", 2, "add --order time"),
        ("d.csv -x height -y weight -z height", 3, "'height' stands in the condition and in x"),
        ("d.csv -x height -y sex --discrete height", 3, "has a different value in each of its 60"),
        ("d.csv -x height -y weight --lag 60", 3, "lag 60 is longer than the series of 60 rows"),
        ("d.csv -x height -y weight --lag 5:1", 2, "with A at most B, got '5:1'"),
        ("d.csv -x height -y weight --lag x", 2, "--lag takes a whole number, or a range A:B"),
        ("d.csv -x height -y weight --transfer --history 60", 3, "history 60 is longer than the"),
        ("level.csv -x a -y b --normalize min", 3, "--normalize min would divide by an entropy"),
        ("d.csv -x height -y weight -e nsb", 3, "nsb does not take 'height' (continuous) with"),
        ("d.csv -x height -y weight -e nsb", 3, "; -e two-scales does, or change a kind"),
        ("d.csv -x height -y weight --exact", 2, "--exact is for csqmi, dse, dsmi, hsic, renyi"),
        ("d.csv -x height -y weight -e ksg --tolerance 1", 2, "renyi; -e names ksg"),
        ("d.csv -x height -y weight -e hsic --tolerance 1 --exact", 2, "cannot both be meant"),
        ("d.csv -x height -y weight -e hsic --tolerance 0", 2, "tolerance must be positive"),
        ("", 2, "missing argument 'FILE...'; see mitool estimate --help"),
    ],
)
def test_bad_input_is_one_clear_line(mitool, folder, words, status, message):
    outcome = mitool("estimate", *words.split())
    assert outcome.code == status
    assert outcome.out == ""
    assert outcome.err.startswith("mitool: error: ")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_folder_that_may_not_be_written_is_refused_before_any_work(mitool, folder, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write anywhere
    outcome = mitool("estimate", *PAIR, "-o", "r.csv")
    message = "cannot write r.csv: permission denied; choose another place"
    assert (outcome.code, outcome.err) == (3, f"mitool: error: {message}\n")


def test_exact_and_tolerance_are_short_for_parameters(mitool, folder):
    words = [*PAIR[:5], "-e", "gaussian", "-e", "csqmi", "-e", "hsic"]
    for short, key, value in (("--exact", "exact", True), ("--tolerance=0.5", "tolerance", 0.5)):
        gaussian, *kernels = results(mitool("estimate", *words, short))
        assert key not in gaussian["params"]
        assert [row["params"][key] for row in kernels] == [value, value]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_module:Broken", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("mitool.units:Broken", "AttributeError: module 'mitool.units' has no attribute 'Broken'"),
        ("mitool.result:Note", "TypeError: Note does not derive from Estimator"),
    ],
)
def test_a_damaged_plugin_is_one_clear_line_and_harms_no_other(
    mitool, folder, monkeypatch, target, message
):
    monkeypatch.setattr("mitool.estimators.plugins", lambda: {"broken": target})
    message = (
        f"estimator 'broken' of another package ({target}) cannot be loaded ({message}); "
        "repair or uninstall that package\n"
    )
    outcome = mitool("estimate", *PAIR[:5], "-e", "broken")
    assert (outcome.code, outcome.err) == (3, f"mitool: error: {message}")
    listed = mitool("estimators", "--json")
    assert (listed.code, listed.err) == (0, f"mitool: warning: {message}")
    assert "ksg" in {each["name"] for each in json.loads(listed.out)}
    assert "no conditional form" in mitool("estimate", *PAIR[:5], "-e", "hsic", "-z", "sex").err


def test_what_an_estimator_does_otherwise_than_its_source_is_told(mitool):
    shown = " ".join(mitool("estimators", "mesner").out.split())
    assert "Two differences from the authors' program. Different labels are infinitely" in shown
    details = json.loads(mitool("estimators", "mesner", "--json").out)["details"]
    assert " ".join(details.split()) in shown


def test_a_command_that_does_not_exist_is_a_usage_error(mitool):
    outcome = mitool("estimat")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "mitool: error: no command 'estimat'; did you mean 'estimate'? there are: estimate"
    )


def test_version(mitool):
    from mitool import __version__

    assert mitool("--version").out == f"mitool {__version__}\n"


def test_a_command_is_a_file_and_a_line():
    files = Path(commands.__file__).parent.glob("[!_]*.py")
    assert {path.stem for path in files} == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_a_command_by_what_it_says_of_itself(name):
    command = getattr(import_module(f"mitool.cli.commands.{name}"), name)
    assert COMMANDS[name] == command.__doc__.partition("\n")[0]


def test_help_is_plain_and_loads_no_library(folder):
    code = (
        "import sys; from mitool.cli.app import main; main(['--help']); "
        "sys.exit(bool({'numpy', 'numba', 'scipy', 'pyarrow', 'pandas', 'rich'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
    assert b"estimate" in done.stdout
    assert b"\x1b" not in done.stdout


# What the system does to a process


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    ("words", "place"),
    [("-o /dev/full --format csv", b"/dev/full"), ("--json", b"standard output")],
)
def test_a_full_disk_is_one_line(folder, words, place):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "estimate", *PAIR, "-q", *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    message = b"mitool: error: cannot write %s: no space left on device\n" % place
    assert (done.returncode, done.stderr) == (1, message)


def test_a_closed_pipe_ends_silently(folder):
    many = ["-x", "height"] * 20 + ["-y", "weight"] * 20
    command = [*PROGRAM, "estimate", "d.csv", *many, "-e", "gaussian", "-q", "--format", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    with process.stderr as stream:
        error = stream.read()
    assert (process.wait(timeout=30), error) == (141, b"")


def heed_interrupts():
    """Undo what a shell does to a job that it starts by ``&``: such a one ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("sent", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_leaves_nothing_behind(folder, sent, status):
    before = {path.name for path in folder.iterdir()}
    command = [*PROGRAM, "estimate", "-", *PAIR[1:], "-o", "r.csv", "--meta", "m.json"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_interrupts
    )
    process.stdin.write(b"1," * 200_000)  # more than a pipe holds: mitool is up and reading
    process.send_signal(getattr(signal, sent))
    _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (status, b"")
    assert {path.name for path in folder.iterdir()} == before


def test_blas_is_asked_for_one_thread(mitool, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    assert mitool("estimators").code == 0
    assert (os.environ["OPENBLAS_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("1", "3")
