"""Which epoch and which layer an array is of, by the names of its file, folder and key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from mitool.errors import MitoolError, UsageError

EPOCH = re.compile(r"epoch[_\-=. ]?(\d+)", re.IGNORECASE)
NUMBER = re.compile(r"\d+")
BARE = re.compile(r"^(?:act|acts|activation|activations)[_/.]|[/]?activations(?=/)", re.IGNORECASE)
EDGES = "_-./ "
LABELS = ("labels", "label", "y", "targets", "target")
INPUTS = ("inputs", "input", "x")
"""Names that are those of no layer, whatever is written large."""

FIELDS = {"epoch": r"(?P<epoch>\d+)", "layer": r"(?P<layer>.+?)"}


@dataclass(frozen=True)
class Name:
    """An epoch, if any is named, and what is left: a layer, or labels or inputs."""

    epoch: int | None
    layer: str

    @property
    def role(self) -> str:
        """Labels, inputs or layer."""
        last = self.layer.rpartition("/")[2].lower()
        return "labels" if last in LABELS else "inputs" if last in INPUTS else "layer"


def natural(text: str) -> list[tuple[int, str]]:
    """Give a key by which layer10 comes after layer9."""
    parts = re.split(r"(\d+)", text)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def name_of(path: str, key: str, pattern: re.Pattern[str] | None) -> Name:
    """Name an array of a file; ``path`` is that below the folder that was given."""
    if pattern is not None:
        return _by_pattern(path, key, pattern)
    file = PurePath(path).with_suffix("")
    if not key:
        text = _without_epoch(file.name) or _without_epoch(file.parent.name) or file.name
        return Name(_epoch_in(file.name, *reversed(file.parts[:-1])), text)
    parts = key.split("/")
    numbered = [part for part in parts if NUMBER.fullmatch(part)] if len(parts) > 1 else []
    epoch = int(numbered[0]) if numbered else _epoch_in(key, *reversed(file.parts))
    kept = "/".join(part for part in parts if part not in numbered)
    text = BARE.sub("", _without_epoch(kept) or kept).strip(EDGES)
    return Name(epoch, text or kept)


def _epoch_in(*texts: str) -> int | None:
    found = (EPOCH.search(text) for text in texts)
    return next((int(match[1]) for match in found if match), None)


def _without_epoch(text: str) -> str:
    return EPOCH.sub("", text).strip(EDGES)


def compiled_pattern(text: str | None) -> re.Pattern[str] | None:
    """Make ``epoch{epoch}_{layer}.npy`` a pattern of the ends of paths."""
    if text is None:
        return None
    parts = re.split(r"\{(\w+)\}", text)
    named = parts[1::2]
    if not named or len(set(named)) < len(named) or not set(named) <= FIELDS.keys():
        raise UsageError(
            "--pattern names {epoch} or {layer} or both, once each, such as "
            f"'epoch{{epoch}}_{{layer}}.npy'; got {text!r}"
        )
    whole = "".join(FIELDS[part] if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile(f"(?:.*/)?{whole}")


def _by_pattern(path: str, key: str, pattern: re.Pattern[str]) -> Name:
    match = pattern.fullmatch(PurePath(path).as_posix())
    if match is None:
        raise MitoolError(
            f"{path} does not fit --pattern; name its epoch and layer as the pattern says, or "
            "leave the file out"
        )
    found = match.groupdict()
    layer = found.get("layer") or name_of(path, key, None).layer
    if key and "layer" in found:
        layer = f"{layer}/{key}"
    epoch = found.get("epoch")
    return Name(None if epoch is None else int(epoch), layer)
