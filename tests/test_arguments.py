"""Arguments of the public functions: described alike, as the options are, and refused in a line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from dataclasses import fields
from inspect import getdoc, signature

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mitool
from mitool.api import arguments, entering
from mitool.api.arguments import CHECKS
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.ranking import RankingOptions
from mitool.cli.options.uncertainty import UncertaintyOptions
from mitool.limits import n_threads
from mitool.report import progress
from mitool.result.wording import in_python
from tests import typed_caller

VERBS = (
    *("bounds", "compare", "coupling", "diagnose", "entropy", "epiplexity", "estimate", "layers"),
    *("matrix", "predictions", "screen", "transfer"),
)
OF_SCORES = {"scores", "gaussian", "embeddings", "positives", "tokens", "bound", "marginals"}
OF_PREDICTIONS = {"probs", "losses", "labels", "split", "prior"}
OF_LAYERS = {"inputs", "weights"}
OF_DATA = (
    OF_SCORES
    | OF_PREDICTIONS
    | OF_LAYERS
    | {"x", "y", "given", "groups", "other", "by", "second", "data", "target"}
)
OF_COLUMNS = {"columns", "against", "discrete", "continuous"}
ALWAYS_THERE = {
    *((verb, "interval") for verb in ("bounds", "compare", "epiplexity", "predictions")),
    *(("compare", "permutations"), ("coupling", "target")),
}
"""What a comparison and a bound always have, and the others only if asked for; a target, which
only a coupling may lack."""


def parameters(verb: str) -> dict[str, object]:
    """Give the parameters of a function and their defaults."""
    return {n: p.default for n, p in signature(getattr(mitool, verb)).parameters.items()}


def described(verb: str) -> dict[str, str]:
    """Give what the docstring says of each parameter, or of several together."""
    text = getdoc(getattr(mitool, verb)) or ""
    section = re.search(r"^Parameters\n-+\n(.*?)\n\n", text, re.M | re.S)
    assert section
    found = re.findall(r"^(\w[\w, ]*)\n((?:    .*(?:\n|$))+)", section[1], re.M)
    return {names: " ".join(text.split()) for names, text in found}


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_is_described_in_order(verb):
    names = [name for heading in described(verb) for name in heading.split(", ")]
    assert sorted(names) == sorted(parameters(verb))


def test_one_name_is_described_by_one_text():
    texts: dict[str, set[str]] = {}
    for verb in VERBS:
        for name, text in described(verb).items():
            texts.setdefault(name, set()).add(text)
    several = {name for name, said in texts.items() if len(said) > 1}
    assert several <= {
        "x",
        "columns",
        "by",
        "target",
        "data",
        "labels",
        "axes",
        "log_probs",
        "bound",
    }
    # one variable or two; one set or two; two or many; a table or layers; of a model or a network


def test_one_name_has_one_default():
    defaults: dict[str, set[str]] = {}
    for verb in VERBS:
        for name, default in parameters(verb).items():
            if (verb, name) not in ALWAYS_THERE:
                defaults.setdefault(name, set()).add(repr(default))
    assert {name for name, values in defaults.items() if len(values) > 1} == set()


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_but_data_is_checked(verb):
    assert parameters(verb).keys() - OF_DATA - OF_COLUMNS <= CHECKS.keys()


RENAMED = {
    "ci": "interval",
    "ci_method": "interval_method",
    "bootstrap": "n_resamples",
    "param": "params",
}
OF_FILES = {field.name for field in fields(InputOptions)} - {"missing", "discrete", "continuous"}
ELSEWHERE = OF_FILES | {"exact", "tolerance", "estimator"}
"""Options of files; short forms of -p; -e, which may be given several times."""
OPTIONS = (InputOptions, EstimatorOptions, UncertaintyOptions, RankingOptions)


def test_options_are_arguments_with_the_same_defaults():
    options = {}
    for group in OPTIONS:
        made = group()
        options |= {field.name: getattr(made, field.name) for field in fields(group)}
    offered = parameters("screen")
    for option, default in options.items():
        name = RENAMED.get(option, option)
        if option not in ELSEWHERE:
            assert (offered[name] or None) == (default or None), option


N = 300


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    numbers = pd.DataFrame(rng.normal(size=(N, 3)), columns=["a", "b", "c"])
    return numbers.assign(label=rng.choice(["u", "v"], N))


CALLS = {
    "coupling": lambda **more: mitool.coupling([[0.5, 0.5], [0.3, 0.7]], **more),
    "bounds": lambda **more: mitool.bounds(np.eye(3), **more),
    "epiplexity": lambda **more: mitool.epiplexity([[1, 2.0], [2, 1.0]], **more),
    "predictions": lambda **more: mitool.predictions(np.eye(2)[[0, 1, 0, 1]], [0, 1, 0, 1], **more),
    "estimate": lambda **more: mitool.estimate([1.0, 2.0, 4.0], [1.0, 3.0, 2.0], **more),
    "entropy": lambda **more: mitool.entropy([1.0, 2.0, 4.0], **more),
    "transfer": lambda **more: mitool.transfer([1.0, 2.0, 4.0], [1.0, 3.0, 2.0], **more),
    "compare": lambda **more: mitool.compare([1.0, 2.0], [2.0, 3.0], [1.0, 2.0], **more),
    "diagnose": lambda **more: mitool.diagnose([1.0, 2.0, 4.0], [1.0, 3.0, 2.0], **more),
    "layers": lambda **more: mitool.layers({"fc": [[1.0, 2.0], [2.0, 1.0], [1.0, 1.0]]}, **more),
    "matrix": lambda **more: mitool.matrix({"a": [1, 2], "b": [2, 1]}, **more),
    "screen": lambda **more: mitool.screen({"a": [1, 2], "b": [2, 1]}, "a", **more),
}
CHECKED = [
    (verb, name)
    for verb in VERBS
    for name in parameters(verb)
    if name in CHECKS and name not in OF_DATA
]
THINGS = st.one_of(
    st.text(max_size=3).filter(lambda text: text not in ("", "bh", "by", "mi", "r")),
    st.floats(),
    st.just(-1),
    st.just(b"nats"),
    st.just(np.zeros((3, 2))),
    st.just(pd.DataFrame({"a": [1, 2]})),
    st.just(object()),
    st.just([1, 2, 3]),
    st.just({1: 2}),
)


@pytest.mark.parametrize(("verb", "name"), CHECKED)
@settings(deadline=None, max_examples=20)
@given(value=THINGS)
def test_what_an_argument_cannot_be_is_refused_in_one_line(verb, name, value):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            CALLS[verb](**{name: value})
    except mitool.MitoolError as error:
        assert "\n" not in str(error)


WRONG = [
    ({"unit": "bit"}, "unit must be one of nats, bits, got 'bit'"),
    ({"estimator": "kgs"}, "no estimator 'kgs'; did you mean 'ksg'?"),
    ({"estimator": 3}, "estimator must be a name, got 3"),
    ({"interval": 95}, "the level of an interval must lie between 0 and 1, got 95; 95 % is 0.95"),
    ({"interval": "0.95"}, "interval must be a number, got '0.95'"),
    ({"lag": N}, "lag 300 is longer than the series of 300 rows"),
    ({"lag": 1.5}, "lag must be a whole number, got 1.5"),
    ({"permutations": 0}, "permutations must be a whole number of at least 1, got 0"),
    ({"permutations": True}, "permutations must be a whole number of at least 1, got True"),
    ({"n_jobs": -1}, 'n_jobs must be a number of threads from 1, or "auto", got -1'),
    ({"tail": 1}, "tail must be True or False, got 1"),
    ({"params": [3]}, "params must be a mapping of names to values, got [3]"),
    ({"params": {"k": 3}}, "auto chooses its own parameters; name an estimator to set them"),
    ({"tail": True}, "tail=True is for a permutation test; add permutations=999"),
    ({"block": 5}, "blocks are for rows in time; add order='time'"),
    ({"discrete": "a,d"}, "the data has no column 'd'"),
    ({"y": list(range(N)), "discrete": "no"}, "the data has no column 'no'; it has a, y, x"),
    ({"discrete": 3}, "discrete must be the name of a column or a list of names, got 3"),
    ({"continuous": None}, "continuous must be the name of a column or a list of names, got None"),
    ({"discrete": "a", "continuous": "x"}, "column 'a' cannot be both discrete and continuous"),
    ({"groups": list("uv") * 150, "lag": 1}, "groups and rows in time exclude each other"),
    ({"x": None}, "x must be data, got None"),
    ({"n_jobs": True}, "n_jobs must be a number of threads from 1"),
    (
        {"x": frame()["a"].to_numpy(), "y": [1.0] * N, "discrete": "z"},
        "has no column 'z'; it has x, y",
    ),
    ({"discrete": "z"}, "the data has no column 'z'; it has a, b, x, y"),
    ({"x": [f"name {i}" for i in range(N)]}, "use discrete='x'"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=[" ".join(w) for w, _ in WRONG])
def test_errors_say_what_to_do_in_the_words_of_python(wrong, said):
    data = frame()
    sides = {"x": data["a"], "y": data["b"]}
    with pytest.raises(mitool.MitoolError) as raised:
        mitool.estimate(**sides | wrong)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("ci", "did you mean 'interval'?"),
        ("ci_method", "did you mean 'interval_method'?"),
        ("units", "did you mean 'unit'?"),
        ("bootstrap", "did you mean 'n_resamples'?"),
        ("permutation", "did you mean 'permutations'?"),
        ("cols", "it has x, y, estimator, given, "),
    ],
)
def test_the_name_of_an_option_leads_to_that_of_its_argument(name, advice):
    with pytest.raises(mitool.MitoolError) as wrong:
        mitool.estimate([1.0, 2.0], [2.0, 3.0], **{name: 1})
    assert str(wrong.value).startswith(f"estimate has no argument {name!r}; {advice}")
    assert isinstance(wrong.value, TypeError)  # what Python raises for it
    with pytest.raises(
        mitool.MitoolError, match="matrix has no argument 'cols'; did you mean 'col"
    ):
        mitool.matrix(frame(), cols="a")
    with pytest.raises(mitool.MitoolError, match="compare has no argument 'order'; it has x, y"):
        mitool.compare([1.0, 2.0], [2.0, 3.0], [3.0, 1.0], order="time")


def test_a_comparison_is_of_one_kind():
    with pytest.raises(mitool.MitoolError, match="give one of them"):
        mitool.compare([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(mitool.MitoolError, match="got other and by"):
        mitool.compare([1.0, 2.0], [1.0, 2.0], [2.0, 1.0], by=[0, 1])
    with pytest.raises(mitool.MitoolError, match=r"rows as a sample \(second\)"):
        mitool.compare([1.0, 2.0, 3.0], [1.0, 3.0, 2.0], by=[1, 2, 3])
    with pytest.raises(mitool.MitoolError, match="x and the y of another sample"):
        mitool.compare([1.0, 2.0], [1.0, 2.0], second=[2.0])
    with pytest.raises(mitool.MitoolError, match="1 columns in one sample and 2 in the other"):
        pair = np.ones((3, 2)), np.ones(3)
        mitool.compare(np.arange(3.0), np.arange(3.0), second=pair)
    with pytest.raises(mitool.MitoolError, match="number values in one sample but text"):
        mitool.compare(np.arange(3.0), np.arange(3.0), second=(list("aab"), np.arange(3.0)))


def test_a_target_of_its_own_has_the_rows_of_the_data():
    with pytest.raises(mitool.MitoolError, match="target has 3 rows, but the data have 300"):
        mitool.screen(frame(), np.arange(3.0))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"target": None}, "target must be data, got None"),
        ({"target": []}, "target names no column; name one of the data"),
        ({"target": "a", "given": []}, "given names no column"),
        ({"target": ["a", "z"]}, "'data' has no column 'z'"),
    ],
)
def test_what_a_screen_is_asked_of_is_there(wrong, said):
    with pytest.raises(mitool.MitoolError, match=f"^{said}"):
        mitool.screen(frame(), **wrong)


def test_a_list_of_a_text_for_each_row_is_labels():
    data = frame()
    labels = data["label"].tolist()
    found = mitool.screen(data[["a", "b"]], labels, groups=labels)
    expected = mitool.screen(data[["a", "b"]], np.array(labels), groups=np.array(labels))
    assert found == expected
    assert found[0].estimate.y == "target"


def test_an_estimator_is_described_by_its_name():
    with pytest.raises(mitool.MitoolError, match="name of an estimator must be a text, got 3"):
        mitool.estimators(3)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("use --permutations 999", "use permutations=999"),
        ("leave out --order time, --test, --tail", "leave out order='time', test, tail=True"),
        ("use --ci-method subsample or --ci", "use interval_method='subsample' or interval"),
        ("-e ross does, or change a kind with --discrete", "estimator='ross' does, or change a "
         "kind with discrete"),
        ("--groups and --order none", "groups and order='none'"),
        ("a well-known half-open range a - b of x-y", "a well-known half-open range a - b of x-y"),
        ("--no-header is of files", "--no-header is of files"),
        ("a missing value, add --na -999", "a missing value, replace it by None or NaN"),
        ("or mark them as missing with --na", "or replace them by None or NaN"),
        ("name one with --format, or use", "name one with format, or use"),
        ("it has one column, 'a;b': try --delimiter ';'", "it has one column, 'a;b': read the file "
         "with the separator ';'"),
        ("its header holds only numbers (0, 1): without a header use --no-header", "it has 0, 1"),
    ],
)  # fmt: skip
def test_options_in_a_message_become_arguments(message, said):
    assert in_python(message) == said


@pytest.mark.parametrize(
    ("estimator", "params"),
    [
        ("ksg", {"n_neighbors": 4.0}),
        ("ksg", {"n_neighbors": True}),
        ("ksg", {"n_neighbors": None}),
        ("ksg", {"n_neighbors": 2**60}),
        ("ksg", {"n_neighbors": np.ones((40, 2))}),
        ("ksg", {"algorithm": 3}),
        ("gcmi", {"bias_correction": 1}),
        ("kde-bounds", {"noise": object()}),
        ("csqmi", {"bandwidth": [1.0]}),
    ],
)
def test_a_parameter_of_an_estimator_is_of_its_type(estimator, params):
    (name,) = params
    with pytest.raises(mitool.MitoolError, match=rf"^{estimator}[.]{name} takes .*, got ") as wrong:
        mitool.estimate([1.0, 2.0, 4.0], [1.0, 3.0, 2.0], estimator, params=params)
    assert "\n" not in str(wrong.value)


def test_numbers_of_numpy_are_parameters():
    x, y = frame()["a"], frame()["b"]
    for params in ({"n_neighbors": np.int32(5)}, {"n_neighbors": "5"}):
        found = mitool.estimate(x, y, "ksg", params=params)
        assert found == mitool.estimate(x, y, "ksg", params={"n_neighbors": 5})
        assert json.loads(json.dumps(found.row()["params"]))["n_neighbors"] == 5


def test_warnings_of_an_estimate_name_arguments_and_its_report_options():
    x = np.where(np.arange(300) % 9 == 3, -999.0, frame()["a"])
    with pytest.warns(mitool.MitoolWarning, match="replace it by None or NaN"):
        found = mitool.estimate(x, frame()["b"])
    (warning,) = (note for note in found.warnings if note.code == "sentinel")
    (note,) = (note for note in found.notes if note.code == "sentinel")
    assert "replace it by None or NaN" in warning.message
    assert "replace it by None or NaN" in repr(found)
    assert "add --na -999" in note.message


def test_columns_are_chosen_by_expressions_lists_and_names_that_are_no_texts():
    data = frame()
    expected = [("a", "b"), ("a", "c"), ("b", "c")]
    for columns in ("a..c", ["a", "b", "c"], ["a,b", "c"], ("a..c",), data.columns[:3]):
        assert [(e.x, e.y) for e in mitool.matrix(data, columns, estimator="gcmi")] == expected
    numbered = pd.DataFrame(data[["a", "b", "c"]].to_numpy(), columns=[10, 20, 30])
    found = mitool.matrix(numbered, [10, 30], estimator="gcmi")
    assert [(pair.x, pair.y) for pair in found] == [("10", "30")]


def test_a_kind_is_decided_by_the_name_of_the_column_or_of_the_argument():
    data = frame()
    by_column = mitool.estimate(data["a"].round(), data["b"], discrete=["a"])
    by_argument = mitool.estimate(data["a"].round(), data["b"], discrete="x")
    assert by_column == by_argument
    assert by_column.kind_x == "discrete"


def test_a_target_may_be_a_column_or_values_of_its_own():
    data = frame()
    named = mitool.screen(data, "b", ["a", "c"], given="label", estimator="ksg")
    own = mitool.screen(data[["a", "c"]], data["b"], given=data["label"], estimator="ksg")
    assert named == own
    assert [row.estimate.given for row in named] == ["label", "label"]


def test_numbers_do_not_depend_on_the_threads():
    data = frame()
    how = {"interval": 0.9, "permutations": 59, "estimator": "gcmi"}
    one, three = (mitool.matrix(data[["a", "b", "c"]], **how, n_jobs=n) for n in (1, 3))
    assert one == three
    pair = [mitool.estimate(data["a"], data["b"], **how, n_jobs=n) for n in (1, 3, "auto")]
    assert pair[0] == pair[1] == pair[2]


def test_threads_are_those_of_the_command_line(monkeypatch):
    monkeypatch.setenv("MITOOL_THREADS", "3")
    assert entering.threads(None, 10, repeats=True) == n_threads(None) == 3
    assert entering.threads(None, 10**6, repeats=False) == 3
    assert entering.threads(None, 10, repeats=False) == 1  # nothing to share out
    assert entering.threads(2, 10, repeats=True) == n_threads("2")


@pytest.mark.parametrize("verb", [v for v in VERBS if "progress" in parameters(v)])
def test_progress_is_shown_where_it_is_asked_for_and_only_then(verb, capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    data = frame()
    sides = {
        "layers": ({"fc": data[["a", "b"]]}, None, data[["c"]]),
        "matrix": (data[["a", "b"]],),
        "screen": (data[["a", "b"]], "a"),
    }
    given = sides.get(verb, (data["a"], data["b"]))
    call = getattr(mitool, verb)
    call(*given, estimator="gcmi")
    assert capsys.readouterr() == ("", "")
    call(*given, estimator="gcmi", progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(r"mitool: 1 of 1 (estimates|layers|pairs|columns|diagnoses), about", err)


def test_a_strictly_typed_caller_runs():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mitool.MitoolWarning)
        typed_caller.main()


def loaded(code: str) -> set[str]:
    """Give the modules of other packages that a fresh process has after some code."""
    told = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


HEAVY = {"matplotlib", "numba", "numpy", "pandas", "pyarrow", "rich", "scipy", "sklearn"}


def test_importing_mitool_loads_nothing_but_its_door():
    bare, found = loaded(""), loaded("import mitool")
    assert {name for name in found if name.split(".")[0] == "mitool"} == {
        "mitool",
        "mitool.version",
    }
    assert not HEAVY & (found - bare)


def test_an_estimate_of_arrays_loads_no_library_of_tables_pictures_or_learning():
    code = "import mitool; mitool.estimate([0., 1., 3., 2.] * 9, [1., 0., 2., 3.] * 9, 'plugin'"
    found = loaded(f"{code}, discrete=['x', 'y'])")
    assert not {"matplotlib", "pandas", "sklearn", "rich", "mitool.screening"} & found


def test_lists_of_text_load_no_pandas_either():
    found = loaded("import mitool; mitool.estimate(list('aabb') * 9, list('abab') * 9, 'plugin')")
    assert "pandas" not in found


def test_a_warning_stands_at_the_line_that_called():
    data = frame()
    with pytest.warns(mitool.MitoolWarning) as caught:
        mitool.estimate(data["a"].round(1), data["b"], "ksg")
    assert {warning.filename for warning in caught} == {__file__}
    assert arguments.shown(np.zeros((50, 50))).count("\n") == 0


def test_a_plug_in_that_cannot_be_loaded_is_left_out_with_a_warning(monkeypatch):
    monkeypatch.setattr("mitool.estimators.plugins", lambda: {"broken": "no.such:Thing"})
    with pytest.warns(mitool.MitoolWarning, match="'broken' of another package") as caught:
        names = [entry.name for entry in mitool.estimators()]
    assert caught[0].filename == __file__
    assert "ksg" in names
    assert "broken" not in names


def test_auto_is_no_estimator():
    with pytest.raises(mitool.MitoolError, match="auto is a choice among estimators"):
        mitool.estimators("auto")
