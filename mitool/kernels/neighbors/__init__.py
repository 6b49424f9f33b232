"""Counting neighbours: sorted lines, strips, squares, sets of bits and trees of boxes."""
