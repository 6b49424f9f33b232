"""Compiled loops and nothing else; ``compiled.kernel`` owns the flags of the compiler."""
