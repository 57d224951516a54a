"""Timelines made into files: the fast path, MoviePy, and what both share."""
