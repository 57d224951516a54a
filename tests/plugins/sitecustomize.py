"""What every process that tests start does first: it looks seldom through what stays for good, as `tests/conftest.py`.

A fifth of a second of each of Ray's workers, and there are a hundred of them.
"""

import gc

gc.set_threshold(50_000, 20, 100)
