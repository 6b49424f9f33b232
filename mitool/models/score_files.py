"""The files that bounds are asked of: which arrays they hold, and what these are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from mitool.errors import MitoolError, UsageError
from mitool.models.bound_finding import BoundFinding
from mitool.models.long_scores import NEEDED, is_long
from mitool.models.score_question import ScoreQuestion
from mitool.tables import open_table
from mitool.tables.arrayreader import Array
from mitool.tables.namedarrays import NamedArrays, is_numpy, named_arrays, whole
from mitool.variables import Matrix

SCORES = ("scores", "sim", "logits_per_image")
LOG_PROBS = "logp"
ENCODER = ("mu", "logvar")


@dataclass(frozen=True)
class ScoreFiles:
    """Opened files: what the report says of each, and how a question is asked of them.

    ``is_long``: the file is a table that names its contexts, so that groups are a column of it.
    """

    entries: list[dict[str, Any]]
    answer: Callable[[ScoreQuestion], list[BoundFinding]]
    is_long: bool = False


def open_scores(paths: Sequence[str], *, gaussian: bool, embeddings: bool) -> ScoreFiles:
    """Open the files of one input, by what they are said to be or what their names say."""
    if gaussian and embeddings:
        raise UsageError("--gaussian and --embeddings exclude each other; leave one out")
    if embeddings:
        return _embeddings(paths)
    if gaussian or (len(paths) == 1 and is_numpy(paths[0]) and _is_encoder(paths[0])):
        return _encoder(paths)
    if len(paths) > 1:
        raise UsageError(
            f"scores are one file, got {len(paths)}; for two embeddings add --embeddings, for mu "
            "and logvar of an encoder --gaussian"
        )
    return _matrix(named_arrays(paths[0])) if is_numpy(paths[0]) else _table(paths[0])


def _is_encoder(path: str) -> bool:
    return set(ENCODER) <= named_arrays(path).arrays.keys()


def _matrix(file: NamedArrays) -> ScoreFiles:
    array = file.first_of((*SCORES, LOG_PROBS), "scores")
    is_log = LOG_PROBS in file.arrays and array is file.arrays[LOG_PROBS]

    def answer(question: ScoreQuestion) -> list[BoundFinding]:
        log_probs = question.request.log_probs or is_log
        request = replace(question.request, log_probs=log_probs)
        return replace(question, request=request).of_scores(file.label, array)

    return ScoreFiles([file.entry], answer)


def _table(path: str) -> ScoreFiles:
    table = open_table([path])
    if not is_long(table):
        raise UsageError(
            f"{table.label} has the columns {', '.join(table.names[:5])}; scores are a .npy or "
            f".npz file, or a long table with the columns {', '.join(NEEDED)}"
        )
    entries = [asdict(entry) for entry in table.inputs]
    return ScoreFiles(
        entries, lambda question: question.of_long(table, question.belonging.group_name), True
    )


def _encoder(paths: Sequence[str]) -> ScoreFiles:
    files = [named_arrays(path) for path in paths]
    if len(files) == 1:
        if not set(ENCODER) <= files[0].arrays.keys():
            raise MitoolError(
                f"{files[0].label} holds no mu and logvar; save both in it, or name a file each"
            )
        mu, logvar = (files[0].arrays[name] for name in ENCODER)
        z: Array | None = files[0].arrays.get("z")
    elif len(files) in (2, 3):
        mu, logvar, *rest = (_only(file) for file in files)
        z = rest[0] if rest else None
    else:
        raise UsageError(f"--gaussian takes MU LOGVAR [Z], got {len(files)} files")

    def answer(question: ScoreQuestion) -> list[BoundFinding]:
        label = files[0].label
        drawn = None if z is None else _as_matrix(z, "z")
        return question.of_encoder(label, _as_matrix(mu, "mu"), _as_matrix(logvar, "logvar"), drawn)

    return ScoreFiles([file.entry for file in files], answer)


def _embeddings(paths: Sequence[str]) -> ScoreFiles:
    if len(paths) != 2:
        raise UsageError(f"--embeddings takes two files, A B, got {len(paths)}")
    files = [named_arrays(path) for path in paths]
    label = " ".join(file.label for file in files)

    def answer(question: ScoreQuestion) -> list[BoundFinding]:
        return question.of_embeddings(
            label, *(_as_matrix(_only(file), file.label) for file in files)
        )

    return ScoreFiles([file.entry for file in files], answer)


def _only(file: NamedArrays) -> Array:
    return file.first_of(("embedding",), "array")


def _as_matrix(array: Array, label: str) -> Matrix:
    """Read a whole array; one dimension is one column."""
    values = whole(array, label)
    return values[:, None] if values.ndim == 1 else values
