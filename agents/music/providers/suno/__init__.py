"""Suno, which has no public interface of its own: every way to it is a gateway that speaks one of three dialects."""
