"""What an ensemble disagrees about, as findings and item by item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.choices import Unit
from mitool.errors import MitoolError, UsageError
from mitool.inference.jackknife import delete_one
from mitool.models.classes.class_rows import Form, check_prior, log_probabilities
from mitool.models.classes.ensembles import Spread, spread
from mitool.models.finding import Finding
from mitool.result.fields import Field
from mitool.units import PER_NAT
from mitool.variables import Vector

AXES = ("member", "item", "class")

ITEM_FIELDS = (
    Field("item", "integer"),
    Field("total", "number"),
    Field("aleatoric", "number"),
    Field("gain", "number"),
    Field("unit"),
    Field("rank", "integer"),
)
"""The columns of a file of items; ``item`` counts from 0, rank 1 has the largest gain."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Probabilities of members for the same items, (members, items, classes)."""

    name: str
    probs: NDArray[np.float64]
    prior: Vector | None = None

    @classmethod
    def of(
        cls, name: str, values: Any, axes: str, form: Form = "probabilities", prior: Any = None
    ) -> Ensemble:
        """Put the axes in their order, by names such as ``member,item,class``."""
        if form == "truth":
            raise UsageError("members of an ensemble need probabilities; leave out --truth")
        names = tuple(name.strip() for name in axes.split(","))
        known = [order for n in (2, 3) for order in permutations(AXES, n) if "class" in order]
        if names not in known or "member" not in names:
            raise UsageError(
                f"--axes names the axes {', '.join(AXES)} in the order of the array, got {axes!r}"
            )
        array = np.asarray(values)
        if array.ndim != len(names):
            raise MitoolError(
                f"{name} has {array.ndim} axes, and --axes names {len(names)} ({', '.join(names)})"
            )
        if "item" not in names:
            array, names = array[None], ("item", *names)
        probs = np.exp(
            log_probabilities(array.transpose([names.index(axis) for axis in AXES]), form, name)
        )
        known_prior = None if prior is None else check_prior(prior, len(probs), "members")
        return cls(name, probs, known_prior)

    @property
    def spread(self) -> Spread:
        """The entropies of each item."""
        return spread(self.probs, self.prior)


def ensemble_findings(ensemble: Ensemble, found: Spread, level: float | None) -> Iterator[Finding]:
    """Give the mean over items of what the members say together, each alone, and the gain.

    The gain is exact for these members: the interval is of the mean over more such items.
    """
    parts = {"total": found.total, "aleatoric": found.aleatoric, "gain": found.gain}
    n_members, n_items, n_classes = ensemble.probs.shape
    facts = {"members": n_members, "items": n_items, "classes": n_classes}
    for name, values in parts.items():
        mean = float(values.mean())
        interval = None
        if level is not None and n_items > 1:
            interval = delete_one(mean, (values.sum() - values) / (n_items - 1), level)
        yield Finding(
            x=ensemble.name,
            y=None,
            estimator=name,
            mi=mean,
            estimand="mi" if name == "gain" else "entropy",
            facts=facts,
            interval=interval,
            n_used=n_items,
        )


def item_records(found: Spread, unit: Unit) -> Iterator[dict[str, Any]]:
    """Give one record an item, as ``ITEM_FIELDS`` names them."""
    scale = PER_NAT[unit]
    ranks = np.empty(len(found.gain), dtype=np.int64)
    ranks[np.argsort(-found.gain, kind="stable")] = np.arange(1, len(found.gain) + 1)
    columns = (found.total * scale, found.aleatoric * scale, found.gain * scale, ranks)
    for item, values in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        total, aleatoric, gain, rank = values
        yield {
            "item": item,
            "total": total,
            "aleatoric": aleatoric,
            "gain": gain,
            "unit": unit,
            "rank": rank,
        }
