"""The embedded writer: grammar, word banks and pronunciation; no key, no network, same seed same words."""
