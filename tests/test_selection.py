from __future__ import annotations

import pytest

from mitool.errors import MitoolError, UsageError
from mitool.tables.columnspecs import select

NAMES = ("id", "gene_1", "gene_2", "gene_10", "sex", "a,b", "x..y", "w*", "weight")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("sex", ["sex"]),
        (" sex ", ["sex"]),
        ("gene_*", ["gene_1", "gene_2", "gene_10"]),
        ("gene_?", ["gene_1", "gene_2"]),
        ("gene_[12]", ["gene_1", "gene_2"]),
        ("gene_2..sex", ["gene_2", "gene_10", "sex"]),
        ("sex,id", ["sex", "id"]),
        ("sex, id,sex", ["sex", "id"]),
        ("gene_*,gene_1", ["gene_1", "gene_2", "gene_10"]),
        ("a,b", ["a,b"]),
        (r"a\,b", ["a,b"]),
        (r"id,a\,b", ["id", "a,b"]),
        ("x..y", ["x..y"]),
        ("x..y..weight", ["x..y", "w*", "weight"]),
        ("w*", ["w*"]),
        ("w?*", ["weight", "w*"][::-1]),
    ],
)
def test_a_spec_means_these_columns(spec: str, expected: list[str]) -> None:
    assert select(spec, NAMES, "d.csv") == expected


def test_a_group_means_all_its_columns() -> None:
    groups = {"a": ("a_1", "a_2")}
    assert select("b,a", ("a_1", "a_2", "b"), "d.npz", groups) == ["b", "a_1", "a_2"]


@pytest.mark.parametrize(
    ("spec", "names", "message"),
    [
        (
            "heigth",
            ("height", "weight", "sex"),
            "d.csv has no column 'heigth'; did you mean 'height'? (columns: height, weight, sex)",
        ),
        ("SEX", ("a", "sex"), "d.csv has no column 'SEX'; did you mean 'sex'? (columns: a, sex)"),
        ("q", ("a", "b"), "d.csv has no column 'q'; it has a, b"),
        ("g_*", ("a", "b"), "d.csv has no column 'g_*'; it has a, b"),
        ("a..z", ("a", "b"), "d.csv has no column 'z'; it has a, b"),
        ("b..a", ("a", "b"), "d.csv: 'b' stands after 'a'; write a..b"),
        (
            "a",
            ("a;b;c",),
            "d.csv has no column 'a'; it has one column, 'a;b;c': try --delimiter ';'",
        ),
        (
            "a",
            ("1.5", "2"),
            "d.csv has no column 'a'; its header holds only numbers (1.5, 2): "
            "without a header use --no-header",
        ),
        (
            "a",
            ("a", "b", "a"),
            "d.csv has 2 columns named 'a' (numbers 1 and 3); rename them, or say which: "
            "'a:1' or 'a:2'",
        ),
        (
            "z",
            tuple(f"v{i}" for i in range(100)),
            "d.csv has no column 'z'; it has v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, … 100 in all",
        ),
    ],
)
def test_what_it_says_of_columns_that_are_not_there(
    spec: str, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(MitoolError) as error:
        select(spec, names, "d.csv")
    assert str(error.value) == message
    assert error.value.exit_status == 3


def test_an_empty_spec_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="an empty name is not a column"):
        select(" ", NAMES, "d.csv")
