"""From files and folders to the layers of all epochs, none of them read yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from mitool.errors import MitoolError
from mitool.networks.layernames import Name, name_of, natural
from mitool.networks.storedarrays import Stored
from mitool.networks.unitaxes import Layout, Place
from mitool.tables.foreign import pickled

OPENERS = {
    ".npy": "mitool.networks.storedarrays:npy_arrays",
    ".npz": "mitool.networks.storedarrays:npz_arrays",
    ".h5": "mitool.networks.hdf5arrays:hdf5_arrays",
    ".hdf5": "mitool.networks.hdf5arrays:hdf5_arrays",
    ".safetensors": "mitool.networks.tensorarrays:tensor_arrays",
    ".parquet": "mitool.networks.columnarrays:column_arrays",
    ".pq": "mitool.networks.columnarrays:column_arrays",
}
"""What reads a file of activations, by its suffix."""

MARKED = "act_"
"""Where a key of a file begins so, the others that do not are no layers."""


@dataclass(frozen=True, eq=False)
class Named:
    """An array and what its names say of it."""

    name: Name
    stored: Stored


@dataclass(frozen=True, eq=False)
class StoredLayer:
    """One layer of one epoch, where it is, and the labels and inputs that lie beside it."""

    epoch: int | None
    layer: str
    stored: Stored
    place: Place
    n_rows: int
    labels: dict[str, Stored] = field(default_factory=dict)
    inputs: Stored | None = None

    @property
    def title(self) -> str:
        """What messages call it."""
        return titled(self.layer, self.epoch)


def titled(layer: str, epoch: int | None) -> str:
    """Give what messages call a layer."""
    return f"layer {layer!r}" + ("" if epoch is None else f" of epoch {epoch}")


def arrays_of(path: str) -> list[Stored]:
    """Find the arrays of a file by the opener of its suffix; no number is read."""
    suffix = Path(path).suffix.lower()
    if suffix not in OPENERS:
        raise MitoolError(f"{path} {pickled(path) or _unknown()}")
    if not Path(path).is_file():
        raise MitoolError(f"no file {path!r}")
    module, _, name = OPENERS[suffix].partition(":")
    return list(getattr(import_module(module), name)(path))


def _unknown() -> str:
    return f"is no file of arrays that layers reads; its suffix must be one of {', '.join(OPENERS)}"


def collected(
    paths: Sequence[str], layout: Layout, pattern: re.Pattern[str] | None
) -> list[StoredLayer]:
    """Find the layers in files and folders, by epoch and then in the order of their names there."""
    files = [(path, inner) for path in paths for inner in _files(Path(path))]
    named = [one for path, inner in files for one in _named(Path(path), inner, pattern)]
    layers = in_order(list(_placed(named, layout)))
    if not layers:
        raise MitoolError(
            f"{', '.join(paths)} holds no layers: arrays of two axes or more, the first of rows"
        )
    _require_apart(layers)
    require_same_rows(layers)
    return layers


def _files(path: Path) -> list[Path]:
    """Give a file, or all files of arrays below a folder in their natural order."""
    if not path.is_dir():
        return [path]
    inside = [file for file in path.rglob("*") if file.is_file() and file.name[0] != "."]
    files = [file for file in inside if file.suffix.lower() in OPENERS]
    if not files:
        reasons = filter(None, (pickled(str(file)) for file in inside))
        why = next(reasons, f"no file that ends in {', '.join(OPENERS)} lies in it")
        raise MitoolError(f"{path} holds no arrays: {why}")
    return sorted(files, key=lambda file: natural(file.relative_to(path).as_posix()))


def _named(root: Path, file: Path, pattern: re.Pattern[str] | None) -> Iterator[Named]:
    """Name the arrays of a file that may be of use."""
    below = file.relative_to(root) if root.is_dir() else file
    shown = Path(root.name) / below if root.is_dir() else file
    arrays = arrays_of(str(file))
    marked = any(_is_marked(stored) for stored in arrays)
    for stored in arrays:
        plain = name_of(shown.as_posix(), stored.key, None)
        if pattern is not None and plain.role == "layer":
            plain = name_of(shown.as_posix(), stored.key, pattern)
        if not marked or _is_marked(stored) or plain.role != "layer":
            yield Named(plain, stored)


def _is_marked(stored: Stored) -> bool:
    return stored.key.rpartition("/")[2].startswith(MARKED)


def _placed(named: Sequence[Named], layout: Layout) -> Iterator[StoredLayer]:
    """Take layers apart that share an array, and give each its labels and inputs."""
    for one in named:
        stored = one.stored
        if one.name.role != "layer" or len(stored.shape) < 2 or 0 in stored.shape:
            continue
        for place in layout.places(stored.shape, stored.where):
            epoch = one.name.epoch if place.epoch is None else place.epoch
            layer = one.name.layer if place.layer is None else f"{one.name.layer}[{place.layer}]"
            labels = {n.name.layer: n.stored for n in _beside(named, "labels", epoch)}
            inputs = next((n.stored for n in _beside(named, "inputs", epoch)), None)
            n_rows = layout.n_rows(stored.shape, stored.where)
            yield StoredLayer(epoch, layer, stored, place, n_rows, labels, inputs)


def _beside(named: Iterable[Named], role: str, epoch: int | None) -> list[Named]:
    """Give the labels or inputs of an epoch, or those of all where it has none of its own."""
    found = [one for one in named if one.name.role == role]
    own = [one for one in found if one.name.epoch == epoch]
    return own or [one for one in found if one.name.epoch is None]


def in_order(layers: list[StoredLayer]) -> list[StoredLayer]:
    """Sort by epoch; layers keep the order in which they are first met."""
    order = {layer: at for at, layer in enumerate(dict.fromkeys(one.layer for one in layers))}
    return sorted(
        layers, key=lambda one: (-1 if one.epoch is None else one.epoch, order[one.layer])
    )


def _require_apart(layers: Sequence[StoredLayer]) -> None:
    met: dict[tuple[int | None, str], StoredLayer] = {}
    for one in layers:
        twin = met.setdefault((one.epoch, one.layer), one)
        if twin is one:
            continue
        if one.epoch is None:
            raise MitoolError(
                f"{twin.stored.where} and {one.stored.where} both hold layer {one.layer!r} and "
                "neither name says an epoch; name files or folders epoch1, epoch2, …, or say "
                "where it stands by --pattern 'run{epoch}_{layer}.npy'"
            )
        raise MitoolError(
            f"{twin.stored.where} and {one.stored.where} are both {one.title}; rename one, or tell "
            "them apart by --pattern"
        )


def require_same_rows(layers: Sequence[StoredLayer]) -> None:
    """Refuse layers of one epoch that have different numbers of rows."""
    first: dict[int | None, StoredLayer] = {}
    for one in layers:
        other = first.setdefault(one.epoch, one)
        if other.n_rows != one.n_rows:
            raise MitoolError(
                f"{one.title} has {one.n_rows} rows, but {other.title} has {other.n_rows}; rows "
                "are matched by their order, so all layers of an epoch have the same"
            )
