"""Safetensors files, without torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mitool.errors import ExitStatus, MitoolError
from mitool.networks.layernames import natural
from mitool.networks.storedarrays import Array, Stored
from mitool.tables.source import Source, damage

WHOLE = {"BF16": np.uint16}
"""Types that the library does not give as NumPy arrays: their bits are taken from the file."""


class Tensor(Stored):
    """A tensor of a safetensors file."""

    def load(self) -> Array:
        """Read it alone; brain floats by their bits."""
        with damage(Source(self.path)), _opened(self.path) as file:
            kind = str(file.get_slice(self.key).get_dtype())
            if kind not in WHOLE:
                array: Array = file.get_tensor(self.key)
                return array
        return _by_bits(self.path, self.key, kind)


def tensor_arrays(path: str) -> Iterator[Stored]:
    """Find all tensors of a file."""
    with damage(Source(path)), _opened(path) as file:
        shapes = {
            name: file.get_slice(name).get_shape() for name in sorted(file.keys(), key=natural)
        }
    return (Tensor(path, name, tuple(shape)) for name, shape in shapes.items())


def _opened(path: str) -> Any:
    try:
        from safetensors import safe_open
    except ImportError as error:
        raise MitoolError(
            f"{path} needs the package safetensors; install it with: "
            "pip install 'mitool[safetensors]'",
            exit_status=ExitStatus.MISSING_EXTRA,
        ) from error
    return safe_open(path, framework="numpy")


def _by_bits(path: str, key: str, kind: str) -> Array:
    from safetensors import deserialize

    read: Any = deserialize
    entry = dict(read(Path(path).read_bytes()))[key]
    bits = np.frombuffer(bytes(entry["data"]), dtype=WHOLE[kind])
    return bits.reshape(entry["shape"]).view(np.dtype("V2"))
