"""Processes for tests that race or kill them: forked from a server that has imported what they need, so they start at once."""

import multiprocessing

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["storage.ledger", "storage.store", "tests.runtime.owner"])
