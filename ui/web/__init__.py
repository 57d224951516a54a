"""The console's process: pages, HTTP API, metrics and media behind one sign-in; `python -m ui.web` runs it."""
