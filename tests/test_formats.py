"""Formats of files: one entry in one table is all that a new one takes."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from mitool.cli.docs import readme
from mitool.tables import Column, ReadOptions
from mitool.tables.formats import FORMATS, Format
from mitool.tables.memoryreader import Held, MemoryReader
from mitool.tables.source import Source


def open_toy(source: Source, options: ReadOptions) -> MemoryReader:
    """Open a file whose every line is a column: its name, a colon and numbers."""
    with source.open() as stream:
        lines = [
            line.split(":") for line in stream.read().decode().removeprefix("TOY\n").split("\n")
        ]
    columns = [Column(name, np.array(words.split(), dtype=float)) for name, words in lines]
    return MemoryReader([Held.of(column) for column in columns], source.name)


TOY = Format("toy", "Toy tables", f"{__name__}:open_toy", (".toy", ".ty"))


@pytest.fixture
def numbers(rng: np.random.Generator) -> dict[str, np.ndarray]:
    x, noise = rng.normal(size=(2, 60))
    return {"x": x, "y": x + noise}


def result(outcome: Any) -> dict[str, Any]:
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    return report["results"][0] | {"format": report["input"][0]["format"]}


@pytest.mark.parametrize(
    ("entry", "head", "name", "words"),
    [
        (TOY, "", "a.toy", ()),
        (TOY, "", "a.ty.gz", ()),
        (TOY, "", "a.txt", ("--input-format", "toy")),
        (replace(TOY, magic=(b"TOY\n",)), "TOY\n", "a.csv", ()),
        (replace(TOY, text_starts=(b"x",)), "", "a.txt", ()),
    ],
    ids=["suffix", "packed", "option", "first bytes", "first character"],
)
def test_a_format_is_one_entry(mitool, monkeypatch, tmp_path, numbers, entry, head, name, words):
    monkeypatch.setitem(FORMATS, "toy", entry)
    rows = zip(*(map(float, values) for values in numbers.values()), strict=True)
    table = "".join(f"{x!r},{y!r}\n" for x, y in rows)
    (tmp_path / "expected.csv").write_text("x,y\n" + table)
    lines = [
        f"{name}:{' '.join(map(repr, map(float, values)))}" for name, values in numbers.items()
    ]
    path = tmp_path / name
    pack = gzip.compress if name.endswith(".gz") else bytes
    path.write_bytes(pack((head + "\n".join(lines)).encode()))
    pair = ("-x", "x", "-y", "y", "--format", "json")
    read = result(mitool("estimate", path, *words, *pair))
    assert read["format"] == "toy"
    expected = result(mitool("estimate", tmp_path / "expected.csv", *pair))
    assert read | {"format": "csv"} == expected


def test_messages_and_the_readme_list_a_new_format(mitool, monkeypatch, tmp_path):
    monkeypatch.setitem(FORMATS, "toy", TOY)
    outcome = mitool("estimate", tmp_path / "a.csv", "--input-format", "csvv")
    assert outcome.code == 2
    assert "toy" in outcome.err
    assert "| Toy tables | `.toy` `.ty` | `toy` |" in readme.formats()


def test_a_binary_format_is_not_taken_from_the_name_alone(mitool, monkeypatch, tmp_path):
    monkeypatch.setitem(FORMATS, "toy", replace(TOY, magic=(b"TOY\n",)))
    (tmp_path / "a.toy").write_text("x,y\n1,2\n")
    outcome = mitool("estimate", tmp_path / "a.toy", "-x", "x", "-y", "y")
    assert outcome.code == 3
    assert "is not in toy format, although it is named so" in outcome.err


def test_no_two_formats_are_recognised_by_the_same_thing():
    for first, second in combinations(FORMATS.values(), 2):
        assert not set(first.suffixes) & set(second.suffixes)
        assert not any(
            a.startswith(b) or b.startswith(a) for a in first.magic for b in second.magic
        )


@pytest.mark.parametrize("name", FORMATS)
def test_every_opener_is_there(name):
    assert callable(FORMATS[name].load_opener())
