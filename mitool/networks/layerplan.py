"""From what a user asks to a batch of layers; all that can be refused without reading is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from mitool.choices import Pooling, Unit
from mitool.errors import MitoolError, UsageError
from mitool.estimators.ebab import EBAB
from mitool.measure.settings import Settings
from mitool.networks.collecting import StoredLayer, collected
from mitool.networks.companions import Labels, labels_of, require_rows, stored_inputs
from mitool.networks.countplane import CountPlane
from mitool.networks.gapbound import GapBound
from mitool.networks.layerbatch import LayerBatch
from mitool.networks.layernames import compiled_pattern
from mitool.networks.otherplane import OtherPlane
from mitool.networks.planes import DEFAULT, Plane, plane_of
from mitool.networks.pooledbins import PooledEdges
from mitool.networks.storedarrays import Stored
from mitool.networks.unitaxes import Layout
from mitool.networks.weightmatrices import stored_weights


@dataclass(frozen=True)
class LayerRequest:
    """What is asked of which files; ``labels`` and ``inputs`` are FILE or FILE:KEY."""

    settings: Sequence[Settings]
    labels: Sequence[str] = ()
    inputs: str | None = None
    pattern: str | None = None
    axes: str | None = None
    pool: Pooling = "none"
    pool_epochs: bool = False
    spectra: bool = True
    gap_bound: bool = False
    noise: float | None = None
    weights: Sequence[str] = ()
    unit: Unit = "nats"

    def __post_init__(self) -> None:
        if self.noise is not None and not 0 < self.noise < inf:
            raise UsageError(f"--noise is a deviation and must be positive, got {self.noise!r}")
        if self.noise is not None and not (self.gap_bound or self.weights):
            raise UsageError(
                "--noise is for --gap-bound or --weights; kde-bounds has -p noise=X, a variance"
            )

    @property
    def layout(self) -> Layout:
        """How arrays of more than two axes are taken."""
        return Layout.parsed(self.axes, self.pool)

    def batch(self, paths: Sequence[str]) -> LayerBatch:
        """Find the layers in files and folders, and plan what is done with each."""
        layers = self.found(paths)
        labels = [labels_of(text) for text in self.labels]
        inputs = stored_inputs(self.inputs) if self.inputs else None
        return self.planned(layers, labels, inputs)

    def found(self, paths: Sequence[str]) -> list[StoredLayer]:
        """Find the layers in files and folders."""
        if not paths and not self.weights:
            raise UsageError("name files or a folder of activations, or --weights")
        pattern = compiled_pattern(self.pattern)
        return collected(paths, self.layout, pattern) if paths else []

    def planned(
        self, layers: Sequence[StoredLayer], labels: Sequence[Labels], inputs: Stored | None
    ) -> LayerBatch:
        """Plan what is done with layers that were found; labels and inputs are those of all."""
        _require_unique([one.name for one in labels])
        for layer in layers:
            require_rows(layer, _lengths(layer, labels, inputs))
        with_labels = bool(labels) or any(layer.labels for layer in layers)
        if not layers:
            self._require_weights_alone(labels, inputs)
        self._require_maps(layers)
        if self.gap_bound and not (labels or all(layer.labels for layer in layers)):
            raise UsageError(
                "--gap-bound needs labels; give --labels FILE, or save them as 'labels'"
            )
        with_inputs = inputs is not None or any(layer.inputs for layer in layers)
        known = {"with_labels": with_labels, "with_inputs": with_inputs}
        return LayerBatch(
            layers,
            self._planes(layers, known) if layers else (),
            labels=list(labels) or None,
            inputs=inputs,
            layout=self.layout,
            with_spectra=self.spectra,
            bound=GapBound(self.noise) if self.gap_bound else None,
            weights=stored_weights(self.weights),
            channel_noise=1.0 if self.noise is None else self.noise,
            unit=self.unit,
        )

    def _require_weights_alone(self, labels: Sequence[Labels], inputs: Stored | None) -> None:
        """Refuse what is for layers where there are none."""
        asked: dict[str, object] = {
            "--labels": labels,
            "--inputs": inputs,
            "--gap-bound": self.gap_bound,
        }
        asked |= {"--pattern": self.pattern, "--axes": self.axes, "--pool": self.pool != "none"}
        asked["--pool-epochs"] = self.pool_epochs
        names = [name for name, given in asked.items() if given]
        if names:
            raise UsageError(f"{' and '.join(names)} is for layers; --weights alone has none")

    def _require_maps(self, layers: Sequence[StoredLayer]) -> None:
        """Refuse to pool layers none of which has an axis to pool over."""
        stored = [layer.stored for layer in layers]
        has_maps = any("s" in self.layout.of(one.shape, one.where) for one in stored)
        if self.pool != "none" and stored and not has_maps:
            raise UsageError(
                f"--pool {self.pool} is for maps, whose places have axes behind rows and channels; "
                "no layer here has such an axis: leave it out, or name it s in --axes"
            )

    def _planes(self, layers: Sequence[StoredLayer], known: Mapping[str, bool]) -> list[Plane]:
        settings = [one for each in self.settings for one in expanded(each)]
        planes = [plane_of(one, **known) for one in settings]
        for one, plane in zip(settings, planes, strict=True):
            if one.transform is not None and not isinstance(plane, OtherPlane):
                raise UsageError(f"-e {one.estimator} takes layers as they are; drop --transform")
            if one.reduce is not None and not isinstance(plane, OtherPlane):
                raise UsageError(f"-e {one.estimator} takes layers as they are; drop --reduce")
        if not self.pool_epochs:
            return planes
        pooled = [self._pooled(plane, layers) for plane in planes]
        if pooled == planes:
            raise UsageError("--pool-epochs is for the bins of -e ebab")
        return pooled

    def _pooled(self, plane: Plane, layers: Sequence[StoredLayer]) -> Plane:
        if isinstance(plane, CountPlane) and isinstance(plane.estimator, EBAB):
            edges = PooledEdges(plane.estimator, layers, self.layout)
            return replace(plane, edges_of_all=edges)
        return plane


def expanded(settings: Settings) -> list[Settings]:
    """Give the estimators that ``auto`` stands for here, or the one that is named."""
    if settings.estimator != "auto":
        return [settings]
    return [replace(settings, estimator=name) for name in DEFAULT]


def _lengths(layer: StoredLayer, labels: Sequence[Labels], inputs: Stored | None) -> dict[str, int]:
    """Give how many rows labels and inputs of a layer have, by what messages call them."""
    lengths = {f"the set of labels {one.name!r}": len(one.variable) for one in labels}
    if not labels:
        lengths = {s.where: s.shape[0] for s in layer.labels.values() if s.shape}
    beside = inputs or layer.inputs
    if beside is not None and beside.shape:
        lengths[beside.where] = beside.shape[0]
    return lengths


def _require_unique(names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MitoolError(
            f"two sets of labels are called {twice!r}; name their files or keys differently"
        )
