"""The registry: names of estimators and where they live, each imported when asked for."""

from __future__ import annotations

import sys
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from mitool.errors import MitoolError, UsageError

if TYPE_CHECKING:
    from mitool.estimators.base import Estimator

BUILTIN = {
    "bins": "mitool.estimators.bins:Bins",
    "compress-knn": "mitool.estimators.compress_knn:CompressKNN",
    "cs-divergence": "mitool.estimators.cs_divergence:CSDivergence",
    "csqmi": "mitool.estimators.csqmi:CSQMI",
    "dse": "mitool.estimators.dse:DSE",
    "dsmi": "mitool.estimators.dsmi:DSMI",
    "ebab": "mitool.estimators.ebab:EBAB",
    "gaussian": "mitool.estimators.gaussian:Gaussian",
    "gcmi": "mitool.estimators.gaussian:GaussianCopula",
    "gcmi-cd": "mitool.estimators.mixture:GaussianMixture",
    "gcmi2": "mitool.estimators.gaussian:SecondOrderCopula",
    "hsic": "mitool.estimators.csqmi:HSIC",
    "kde-bounds": "mitool.estimators.kde_bounds:KDEBounds",
    "kde-loo": "mitool.estimators.kde_loo:LeaveOneOutKDE",
    "kl": "mitool.estimators.kl:KozachenkoLeonenko",
    "knn-or-copula": "mitool.estimators.combined:KnnOrCopula",
    "ksg": "mitool.estimators.ksg:KSG",
    "mesner": "mitool.estimators.mesner:MesnerShalizi",
    "mist": "mitool.estimators.mist:Mist",
    "mixed-ksg": "mitool.estimators.mixed_ksg:MixedKSG",
    "nml": "mitool.estimators.nml:NML",
    "nsb": "mitool.estimators.nsb:NSB",
    "online-code": "mitool.estimators.online_code:OnlineCode",
    "plugin": "mitool.estimators.plugin:Plugin",
    "renyi": "mitool.estimators.renyi:Renyi",
    "ross": "mitool.estimators.ross:Ross",
    "two-scales": "mitool.estimators.two_scales:TwoScales",
    "wasserstein": "mitool.estimators.wasserstein:Wasserstein",
    "wkl": "mitool.estimators.wkl:WeightedKL",
}

GROUP = "mitool.estimators"


@cache
def plugins() -> dict[str, str]:
    """Estimators that other installed packages offer under the entry-point group."""
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=GROUP)}


def names() -> list[str]:
    """All names that ``load`` knows, in alphabetical order."""
    return sorted({**plugins(), **BUILTIN})


def load(name: str) -> type[Estimator]:
    """Give the class registered under a name."""
    target = BUILTIN.get(name) or plugins().get(name)
    if target is None:
        near = get_close_matches(name, names(), 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"no estimator {name!r}; {hint}there are: auto, {', '.join(names())}")
    if name in BUILTIN:
        return _imported(target)
    from mitool.estimators.guest import guest

    return guest(name, target)


def classes() -> dict[str, type[Estimator]]:
    """Give every estimator that can be loaded; a damaged plug-in says so where it is named."""
    loaded = {}
    for name in names():
        with suppress(MitoolError):
            loaded[name] = load(name)
    return loaded


def _imported(target: str) -> type[Estimator]:
    module, _, attribute = target.partition(":")
    kind: type[Estimator] = getattr(import_module(module), attribute)
    return kind


class _Room(ModuleType):
    """A room that can be called: ``mitool.estimators()``, whoever has imported it before."""

    def __call__(self, name: str | None = None) -> object:
        describe = import_module(f"{__name__}.catalogue").estimators
        return describe() if name is None else describe(name)


sys.modules[__name__].__class__ = _Room
