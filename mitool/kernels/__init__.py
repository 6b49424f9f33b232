"""Loops over arrays and the structures that they fill, a room for each kind of structure.

A file ``*_loops.py`` holds compiled loops and nothing else, each marked by ``compiled.kernel``,
which owns the flags of the compiler. NumPy that allocates for them and reduces after them stands
beside, in the module of the same first name: ``tree.py`` drives ``tree_build_loops.py`` and
``tree_nearest_loops.py``. Loops that serve several modules have no driver: ``words_loops.py``.

A loop may call one of another file: code on disk is thrown away when any file of loops changes
(Numba alone would look at the caller's file only). Modules import loops when they need them, not
before: a small job is done sooner than the compiler is loaded (``budget``).
"""
