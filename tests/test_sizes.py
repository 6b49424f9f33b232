"""Numbers of extreme size: the same estimate as of others, or one line that says why not."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.errors import MitoolError
from mitool.measure.entropy import measure_entropy
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.variables import Variable
from mitool.variables.magnitudes import deviation, near_one

SIZES = (1e-300, 1e-160, 1e160, 1e300)


def pair(size: float, *, tied: bool = False) -> tuple[Variable, Variable]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(200)
    y = x + rng.standard_normal(200)
    x = np.round(x, 1) if tied else x
    names = (("x", x * size), ("y", y))
    return tuple(Variable((name,), v[:, None], ("continuous",)) for name, v in names)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("name", ["ksg", "gcmi", "gaussian", "two-scales", "hsic", "bins"])
def test_the_unit_does_not_matter(name, size, tied):
    settings = Settings(name, transform="standard")
    expected = measure(*pair(1.0, tied=tied), settings=settings).mi
    assert measure(*pair(size, tied=tied), settings=settings).mi == pytest.approx(
        expected, rel=1e-6
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e290])
@pytest.mark.parametrize("name", ["ksg", "mesner", "mixed-ksg"])
def test_the_unit_of_plain_distances_does_not_matter(name, size):
    x, y = pair(1.0)
    settings = Settings(name, transform="none")
    scaled = (Variable(each.names, each.values * size, each.kinds) for each in (x, y))
    assert measure(*scaled, settings=settings).mi == pytest.approx(
        measure(x, y, settings=settings).mi, abs=1e-9
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", SIZES)
def test_the_unit_moves_an_entropy_by_its_logarithm(size):
    found, expected = (measure_entropy(pair(each)[0], Settings("kl")).mi for each in (size, 1.0))
    assert found == pytest.approx(expected + np.log(size))


@pytest.mark.parametrize("name", ["hsic", "csqmi", "kde-bounds"])
@pytest.mark.parametrize("size", SIZES)
def test_distances_without_squares_are_refused(name, size):
    x, y = pair(size)
    if name == "kde-bounds":
        y = Variable(("y",), np.sign(y.values), ("discrete",))
    with pytest.raises(MitoolError, match=r"'x' holds values as large as .* change their unit"):
        measure(x, y, settings=Settings(name, transform="none"))


@pytest.mark.parametrize("size", (1.0, *SIZES))
def test_scaling_is_exact(size):
    values = np.random.default_rng(0).standard_normal(50) * size
    ratio = near_one(values) / values
    assert np.all(ratio == ratio[0])
    assert deviation(values) == pytest.approx(np.std(values / size) * size)
    assert near_one(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
