"""The claims of studies/spectral.md, checked by the same code: ``make study``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from studies import spectral

pytestmark = pytest.mark.study


def rows(experiment: Any, **choices: Any) -> dict[tuple[Any, ...], list[float]]:
    """Rows of an experiment by what stands in their first columns."""
    n_keys = {spectral.dimension: 3, spectral.clusters: 1, spectral.correlation: 1}
    k = n_keys.get(experiment, 2)
    return {tuple(row[:k]): row[k:] for row in experiment(**choices)}


def test_dse_against_dimension_is_the_published_figure() -> None:
    found = rows(spectral.dimension, dims=(102, 512))
    published = {
        ("uniform", 102, "1%"): (0, 2.97),
        ("uniform", 102, "10%"): (0, 3.55),
        ("uniform", 102, "50%"): (0, 8.33),
        ("uniform", 512, "1%"): (1, 0.63),
        ("uniform", 512, "50%"): (1, 6.38),
        ("normal", 102, "1%"): (0, 6.18),
        ("normal", 102, "50%"): (1, 3.39),
    }
    for key, (place, value) in published.items():
        assert found[key][place] == pytest.approx(value, abs=0.06)


def test_dsmi_falls_to_zero_as_labels_are_corrupted() -> None:
    found = rows(spectral.corruption_on_trees)
    published = {2: 0.746, 5: 1.756, 10: 2.412}
    for n_branches, value in published.items():
        course = [found[n_branches, ratio][0] for ratio in (0.0, 0.25, 0.5, 1.0)]
        assert course[0] == pytest.approx(value, abs=0.15)
        assert np.all(np.diff(course) < 0)
        assert abs(course[-1]) < 0.15


def test_late_dse_counts_clusters() -> None:
    found = rows(spectral.clusters)
    assert found[(3,)][2] == pytest.approx(np.log2(3), abs=1e-3)
    assert found[(1,)][2] == pytest.approx(0.0, abs=1e-3)


def test_csqmi_and_hsic_rise_with_correlation() -> None:
    found = np.array(list(rows(spectral.correlation).values()))
    assert np.all(np.diff(found, axis=0) > 0)
    assert found[:, 0] == pytest.approx([0.027, 0.134, 0.466, 0.897], abs=0.02)
    assert found[:, 3] == pytest.approx([0.0012, 0.0067, 0.032, 0.079], abs=0.004)
    assert found[:, 1] == pytest.approx(found[:, 2], abs=0.02)


def test_defaults_see_labels_in_any_unit() -> None:
    distances = [row[-1] for row in spectral.defaults()]
    assert min(distances) > 5
