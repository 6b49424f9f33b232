"""HDF5 files: all data sets of numbers, by their paths in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mitool.errors import ExitStatus, MitoolError
from mitool.networks.layernames import natural
from mitool.networks.storedarrays import Array, Stored
from mitool.tables.source import Source, damage


class Hdf5(Stored):
    """A data set of an HDF5 file."""

    def load(self) -> Array:
        """Read it alone."""
        with damage(Source(self.path)), _opened(self.path) as file:
            array: Array = file[self.key][()]
        return array


def hdf5_arrays(path: str) -> Iterator[Stored]:
    """Find all data sets, in the natural order of their paths."""
    found: dict[str, tuple[int, ...]] = {}

    def visit(name: str, item: Any) -> None:
        if hasattr(item, "shape"):
            found[name] = tuple(item.shape)

    with damage(Source(path)), _opened(path) as file:
        file.visititems(visit)
    return (Hdf5(path, name, found[name]) for name in sorted(found, key=natural))


def _opened(path: str) -> Any:
    try:
        import h5py
    except ImportError as error:
        raise MitoolError(
            f"{path} needs h5py; install it with: pip install 'mitool[hdf5]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    return h5py.File(path, "r")
