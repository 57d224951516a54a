"""Measuring recordings, whoever made them: tempo, key, tone and flaws."""
