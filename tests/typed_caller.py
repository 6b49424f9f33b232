"""A caller who checks types strictly: `make lint` has mypy read this file, the tests run it."""

from __future__ import annotations

from typing import Any, assert_type

import numpy as np
import pandas as pd

import mitool


def main() -> None:
    """Call every public function, and say what each gives."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=300)
    y = x + rng.normal(size=300)
    frame = pd.DataFrame({"x": x, "y": y, "noise": rng.normal(size=300)})
    found = mitool.estimate(
        x, y, "gcmi", interval=0.95, permutations=19, order="none", n_jobs="auto"
    )
    assert_type(found, mitool.Estimate)
    assert_type(found.value, float | None)
    assert_type(found.warnings, tuple[mitool.Note, ...])
    assert_type(found.interval, mitool.Interval | None)
    assert_type(found.test, mitool.Test | None)
    if found.interval is not None:
        assert_type(found.interval.low, float)
    assert_type(mitool.entropy(x, unit="bits"), mitool.Estimate)
    assert_type(mitool.transfer(x, y, history=(1, 2)), mitool.Estimate)
    assert_type(mitool.compare(x, y, 2 * x - y, "gcmi", n_jobs=1), mitool.Estimate)
    pairs = mitool.matrix(frame, ["x", "y"], adjust=None, estimator="gcmi")
    assert_type(pairs, mitool.Results[mitool.Estimate])
    assert_type(pairs[0], mitool.Estimate)
    assert_type(pairs[:1], mitool.Results[mitool.Estimate])
    assert_type(pairs.to_frame(), pd.DataFrame)
    assert_type(pairs.square(), pd.DataFrame)
    assert_type(pairs.rows(), list[dict[str, Any]])
    assert_type(pairs.warnings, tuple[mitool.Note, ...])
    ranked = mitool.screen(frame, "y", top=1, method="mi")
    assert_type(ranked[0].rank, int)
    assert_type(ranked[0].estimate, mitool.Estimate)
    verdict = mitool.diagnose(x, y, progress=False)
    assert_type(verdict.sentence, str)
    assert_type(verdict[1].estimate, mitool.Estimate)
    assert_type(mitool.Results([found, found])[1], mitool.Estimate)
    assert_type([entry.name for entry in mitool.estimators()], list[str])
    assert_type(mitool.estimators("ksg").summary, str)


if __name__ == "__main__":
    main()
