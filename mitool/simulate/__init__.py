"""Distributions with exactly known mutual information: names, presets and where they live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mitool.errors import UsageError
from mitool.estimators.parameters import build

if TYPE_CHECKING:
    from mitool.simulate.base import Distribution

BUILTIN: dict[str, tuple[str, Mapping[str, Any]]] = {
    "absolute-value": ("regression:AbsoluteValue", {}),
    "additive-uniform": ("regression:AdditiveUniform", {}),
    "ar1": ("elliptic:AutoregressivePair", {}),
    "asinh-student": ("elliptic:Student", {"margins": "asinh"}),
    "bimodal": ("gaussian:Gaussian", {"margins": "bimodal"}),
    "blobs": ("planar:Blobs", {}),
    "censored": ("recorded:Censored", {}),
    "chain": ("conditional:GaussianFork", {}),
    "circle": ("planar:Circle", {}),
    "clayton": ("copulas:Clayton", {}),
    "collider": ("conditional:Collider", {}),
    "cosine-fork": ("conditional:CosineFork", {}),
    "cubed": ("gaussian:Gaussian", {"margins": "cube"}),
    "direct": ("conditional:GaussianFork", {"partial": 0.5}),
    "erasure-channel": ("discrete:ErasureChannel", {}),
    "fork": ("conditional:GaussianFork", {"rho_x": 0.6, "rho_y": 0.9}),
    "frank": ("copulas:Frank", {}),
    "gamma-exponential": ("planar:GammaExponential", {}),
    "gaussian": ("gaussian:Gaussian", {}),
    "gaussian-atoms": ("mixtures:GaussianAtoms", {}),
    "gumbel": ("copulas:Gumbel", {}),
    "half-cube": ("gaussian:Gaussian", {"margins": "half-cube"}),
    "heteroscedastic": ("regression:Heteroscedastic", {}),
    "independent": ("labels:Independent", {}),
    "label-chain": ("conditional_labels:LabelChain", {}),
    "label-fork": ("conditional:LabelFork", {}),
    "labelled-cloud": ("labels:LabelledCloud", {}),
    "labelled-normal": ("labels:LabelledNormal", {}),
    "lognormal": ("gaussian:LogNormal", {}),
    "normal-cdf": ("gaussian:Gaussian", {"margins": "normal-cdf"}),
    "product-noise": ("planar:ProductNoise", {}),
    "quadratic": ("regression:Quadratic", {}),
    "random-table": ("discrete:RandomTable", {}),
    "redundant": ("elliptic:Companion", {"rho": 0.9, "scale": 0.01, "redundant": True}),
    "rounded": ("recorded:Rounded", {}),
    "scale-mismatch": ("elliptic:Companion", {}),
    "sine": ("regression:Sine", {}),
    "spiral": ("gaussian:Spiral", {}),
    "step": ("regression:Step", {}),
    "student": ("elliptic:Student", {}),
    "swiss-roll": ("elliptic:SwissRoll", {}),
    "symmetric-channel": ("discrete:SymmetricChannel", {}),
    "transfer": ("series:Transfer", {}),
    "uniform-steps": ("mixtures:UniformSteps", {}),
    "wiggly": ("gaussian:Gaussian", {"margins": "wiggly"}),
    "x-shape": ("planar:XShape", {}),
    "xor": ("discrete:Xor", {}),
    "xor-given": ("conditional_labels:XorGiven", {}),
    "zero-inflated-poisson": ("mixtures:ZeroInflatedPoisson", {}),
}


def create(name: str, params: Mapping[str, Any] | None = None) -> Distribution:
    """Make the distribution of a name; texts are read by the type of their parameter."""
    kind, preset = load(name)
    return build(kind, name, {**preset, **(params or {})})


def parse(label: str) -> Distribution:
    """Make the distribution that a label like ``student:dof=2,rho=0.5`` stands for."""
    name, _, settings = label.partition(":")
    params = {}
    for setting in filter(None, settings.split(",")):
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"parameters look like KEY=VALUE, got {setting!r} in {label!r}")
        params[key.strip()] = value.strip()
    return create(name, params)


def labelled(name: str, settings: Sequence[str]) -> str:
    """Give the label of a name, or of a label, and further KEY=VALUE settings."""
    if not settings:
        return name
    return f"{name}{',' if ':' in name else ':'}{','.join(settings)}"


def load(name: str) -> tuple[type[Distribution], Mapping[str, Any]]:
    """Give the class of a name and the parameters the name stands for."""
    if name not in BUILTIN:
        near = get_close_matches(name, BUILTIN, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"no distribution {name!r}; {hint}there are: {', '.join(BUILTIN)}")
    target, preset = BUILTIN[name]
    module, _, attribute = target.partition(":")
    kind: type[Distribution] = getattr(import_module(f"mitool.simulate.{module}"), attribute)
    return kind, preset
