"""Footage providers, one file each; they come in by the entry points of pyproject.toml."""
