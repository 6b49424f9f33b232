"""The plane by any other estimator: what it can say of a layer with labels, and with inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from mitool.errors import UsageError, attempt
from mitool.estimators.base import Entropic
from mitool.measure.entropy import measure_entropy
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.networks.activations import Activations, label_entropy
from mitool.networks.layernotes import equality, saturation
from mitool.networks.quantities import ENTROPY, OF_INPUTS, OF_LABELS, Method, Quantity
from mitool.result import Estimate, Note
from mitool.result.codes import gravity_of
from mitool.variables import Variable

TELLING = (
    "prior_dependent",
    "outside_range",
    "kernel_too_wide",
    "kernel_too_narrow",
    "projected",
)
"""Notes that say something of the number although nothing follows from them."""

BOUNDED = ("mi", "noisy_mi", "compressed_mi", "binned_mi")
"""What is never more than the entropy of what it is shared with; other measures have no ceiling."""

OF_ROWS = ("duplicate_rows", "autocorrelation", "panel", "trend", "unit_root")
"""Notes on copies, said of the layer here, and on the order of rows, which layers does not use."""


@dataclass(frozen=True, eq=False)
class OtherPlane:
    """An estimator by the path that all commands take; of units nothing is said one by one."""

    settings: Settings

    @property
    def method(self) -> Method:
        """The words of a report, where there is no estimate."""
        return Method(self.settings.estimator, self.settings.params)

    @property
    def has_entropy(self) -> bool:
        """Whether it has an entropy of numbers."""
        estimator = self.settings.named
        alone = estimator.accepts_alone or {a for a, b in estimator.accepts if a == b}
        return isinstance(estimator, Entropic) and "continuous" in alone

    @property
    def _takes_labels(self) -> bool:
        """Whether it takes a layer with labels, in either order."""
        estimator = self.settings.named
        turned = estimator.symmetric and ("discrete", "continuous") in estimator.accepts
        return turned or ("continuous", "discrete") in estimator.accepts

    @property
    def _takes_inputs(self) -> bool:
        """Whether it takes a layer with inputs."""
        return ("continuous", "continuous") in self.settings.named.accepts

    def check(self, *, with_labels: bool, with_inputs: bool) -> None:
        """Refuse an estimator that could say nothing of what is given."""
        of_labels, of_inputs = (
            with_labels and self._takes_labels,
            with_inputs and self._takes_inputs,
        )
        name = self.settings.estimator
        if not (self._takes_labels or self._takes_inputs or self.has_entropy):
            raise UsageError(f"-e {name} takes no numbers, which activations are; use -e ebab")
        if not (of_labels or of_inputs or self.has_entropy):
            needed = "--labels" if self._takes_labels else "--inputs"
            raise UsageError(f"-e {name} needs {needed} to say anything of a layer")

    def read(self, layer: Activations) -> Iterator[Quantity]:
        """Measure a layer."""
        if layer.inputs is not None and self._takes_inputs:
            found = self._with(layer, OF_INPUTS, layer.inputs.variable)
            near: tuple[Note, ...] = ()
            if found.value is not None and found.estimand == "mi":
                near = tuple(saturation(layer, self.settings.estimator, found.value))
            most = layer.most if found.estimand in BOUNDED else None
            yield replace(found, y="X", ceiling=most, notes=(*found.notes, *near))
        if self.has_entropy:
            act = partial(measure_entropy, layer.variable, self.settings)
            yield self._quantity(layer, ENTROPY, act)
        for labels in layer.labels if self._takes_labels else ():
            found = self._with(layer, OF_LABELS, labels.variable)
            most = label_entropy(labels) if found.estimand in BOUNDED else None
            yield replace(found, y=labels.name, ceiling=most)

    def _with(self, layer: Activations, name: str, other: Variable) -> Quantity:
        act = partial(measure, layer.variable, other, None, self.settings)
        return self._quantity(layer, name, act)

    def _quantity(self, layer: Activations, name: str, act: Callable[[], Estimate]) -> Quantity:
        if layer.is_dead and name != ENTROPY:
            return Quantity(name, 0.0, estimand=self.settings.named.estimand)
        return attempt(
            lambda: self._found(layer, name, act()),
            lambda error: Quantity(name, None, message=str(error), is_failed=True),
        )

    def _found(self, layer: Activations, name: str, estimate: Estimate) -> Quantity:
        near = equality(layer) if self.settings.named.family == "neighbours" else ()
        return Quantity(
            name,
            estimate.mi,
            estimand=estimate.estimand,
            extras=estimate.extras,
            facts=estimate.facts,
            has_unit=estimate.unit is not None,
            error_bound=estimate.error_bound,
            notes=(*filter(_tells, estimate.notes), *near),
        )


def _tells(note: Note) -> bool:
    return note.code in TELLING or (gravity_of(note) != "plain" and note.code not in OF_ROWS)
