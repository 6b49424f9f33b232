"""Variables made of arrays, as the tests need them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mitool.tables import from_python
from mitool.tables.column import Column
from mitool.variables import Kind, Variable, gather


def variable(values: object, kind: Kind = "continuous", name: str = "v") -> Variable:
    """Give (n,) or (n, d) values as they are, all of one kind: columns v0, v1 and so on."""
    matrix = np.asarray(values, dtype=np.float64)
    matrix = np.ascontiguousarray(matrix.reshape(len(matrix), -1))
    names = tuple(f"{name}{j}" for j in range(matrix.shape[1]))
    return Variable(names, matrix, (kind,) * len(names))


def discrete(values: object, name: str = "v") -> Variable:
    """Give (n,) or (n, d) codes of levels, as they are."""
    return variable(values, "discrete", name)


def numbers(values: object, name: str = "x") -> Variable:
    """Give (n,) numbers through the gate, declared continuous."""
    return gather([Column(name, np.asarray(values, float))], continuous=[name])


def labels(values: object, name: str = "x") -> Variable:
    """Give (n,) codes of labels through the gate, declared discrete."""
    return gather([Column(name, np.asarray(values, float))], discrete=[name])


def text_column(words: Sequence[str], name: str = "title") -> Column:
    """Give a column of text, as a file has it."""
    levels, places = np.unique(words, return_inverse=True)
    return Column(name, places.astype(np.float64), tuple(levels.tolist()), "text")


def gathered(values: object, name: str = "x") -> Variable:
    """Give (n,) or (n, d) values through the gate, which finds their kinds itself."""
    table = from_python(np.asarray(values, dtype=float), name)
    return gather(table.read(table.names))
