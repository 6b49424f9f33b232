"""The options of activations: where labels and inputs are, what names and axes mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import Pooling, Unit
from mitool.cli.named_files import Role
from mitool.cli.options import option

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.networks.layerplan import LayerRequest


@dataclass(frozen=True)
class ActivationOptions:
    """Where labels and inputs are, what names and axes mean, and what else is measured."""

    labels: Annotated[
        list[str],
        option(
            "--labels",
            metavar="FILE[:KEY]",
            help="A set of labels, a key of an array file or a column of a table; repeatable.",
        ),
        Role.READ,
    ] = field(default_factory=list)
    inputs: Annotated[
        str | None,
        option(
            "--inputs",
            metavar="FILE[:KEY]",
            help="The inputs, rows as in the layers: equal ones count as one.",
        ),
        Role.READ,
    ] = None
    pattern: Annotated[
        str | None,
        option(
            "--pattern",
            metavar="TEXT",
            help="How paths name epoch and layer, such as 'epoch{epoch}_{layer}.npy'.",
        ),
    ] = None
    axes: Annotated[
        str | None,
        option(
            "--axes",
            metavar="NAMES",
            help="What the axes of larger arrays are: n rows, d units, s places of a map, layer, "
            "epoch; such as n,layer,d.",
            show_default="n,d,s,s,…",
        ),
    ] = None
    pool: Annotated[
        Pooling,
        typer.Option("--pool", help="Flatten maps, or take a number for each channel."),
    ] = "none"
    pool_epochs: Annotated[
        bool, option("--pool-epochs", help="Bins of ebab by all epochs of a layer together.")
    ] = False
    spectra: Annotated[
        bool,
        typer.Option(
            "--spectra/--no-spectra",
            help="The effective rank of each layer: of its singular values as they are (rankme), "
            "and of its covariance (von-neumann).",
        ),
    ] = True
    gap_bound: Annotated[
        bool,
        option(
            "--gap-bound",
            help="I(X;Z|Y) with noise, and the term of the generalisation bound made of it.",
        ),
    ] = False
    noise: Annotated[
        float | None,
        option(
            "--noise",
            metavar="SD",
            help="Standard deviation of the noise of --gap-bound (else found on a grid) and of the "
            "channels of --weights (else 1); -p noise of kde-bounds is a variance.",
        ),
    ] = None
    weights: Annotated[
        list[str],
        option(
            "--weights",
            metavar="FILE",
            help="Matrices of weights: condition number, log-volume, channel information.",
        ),
        Role.READ,
    ] = field(default_factory=list)

    def request(self, settings: Sequence[Settings], unit: Unit) -> LayerRequest:
        """Give what is asked, checked."""
        from mitool.networks.layerplan import LayerRequest

        asked = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return LayerRequest(settings, **asked, unit=unit)
