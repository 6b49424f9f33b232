"""Distributions with MI in closed form, written down again without the package's own formulas.

``TRUTHS`` maps a label of ``mitool.simulate`` to its MI in nats (given z where there is one).
"""

from __future__ import annotations

from math import log, pi

EULER = 0.5772156649015329


def gaussian(rho: float, n_pairs: int = 1) -> float:
    """Cover & Thomas (2006), example 8.5.1, once for each independent pair."""
    return -n_pairs / 2 * log(1 - rho * rho)


def bits(p: float) -> float:
    return -p * log(p) - (1 - p) * log(1 - p)


TRUTHS = {
    "gaussian:rho=0": 0.0,
    "gaussian:rho=0.3": gaussian(0.3),
    "gaussian:rho=0.6": gaussian(0.6),
    "gaussian:rho=-0.6": gaussian(0.6),
    "gaussian:rho=0.9": gaussian(0.9),
    "gaussian:rho=0.99": gaussian(0.99),
    "gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2": gaussian(0.8, 2),
    # dense: |R4| = (1 - r)³(1 + 3r), |R2| = 1 - r²
    "gaussian:rho=0.5,dim_x=2,dim_y=2,structure=dense": log(0.75) - log(0.5**3 * 2.5) / 2,
    "lognormal:rho=0.6,sigma=3": gaussian(0.6),
    "cubed:rho=0.8": gaussian(0.8),
    "normal-cdf:rho=0.75": gaussian(0.75),
    "half-cube:rho=0.75": gaussian(0.75),
    "wiggly:rho=0.75": gaussian(0.75),
    "bimodal:rho=0.75": gaussian(0.75),
    "swiss-roll:rho=0.75": gaussian(0.75),
    "spiral:rho=0.8": gaussian(0.8, 2),
    "scale-mismatch:rho=0.6": gaussian(0.6),
    "redundant:rho=0.9": gaussian(0.9),
    "ar1:phi=0.9,rho=0.6": gaussian(0.6),
    # Cauchy: entropy log(4π) a margin, log(2π) + 3 jointly
    "student:dof=1": 2 * log(4 * pi) - (log(2 * pi) + 3),
    "additive-uniform:width=0.1": 0.1 - log(0.2),
    "additive-uniform:width=1": 0.25,
    # ψ(½) = -γ - 2 log 2
    "gamma-exponential:shape=0.5": -EULER - 2 * log(2) + 2 + log(2),
    "gamma-exponential:shape=1": 1 - EULER,
    "clayton:theta=2": log(3) - 2 / 3,
    "uniform-steps:n_levels=5": log(5) - 0.8 * log(2),
    "gaussian-atoms": log(2) + (gaussian(0.9) + log(2) - bits(0.2)) / 2,
    "symmetric-channel:n_levels=4,flip=0.3": log(4) - bits(0.3) - 0.3 * log(3),
    "erasure-channel:n_levels=4,erased=0.3": 0.7 * log(4),
    "xor:flip=0.1": log(2) - bits(0.1),
    "independent": 0.0,
    "chain": 0.0,
    "fork": 0.0,
    "cosine-fork": 0.0,
    "label-fork": 0.0,
    "label-chain": 0.0,
    "direct:partial=0.5": gaussian(0.5),
    "xor-given:flip=0.1": log(2) - bits(0.1),
    # given z = x + y + noise: partial correlation -1/(1 + noise²)
    "collider:noise=0.5": gaussian(1 / 1.25),
    "transfer:phi=0.5,drive=0": 0.0,
}
