"""Counting equal rows: codes, tables of pairs, and entropies of what was counted."""
