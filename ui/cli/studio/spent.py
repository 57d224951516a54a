"""What a studio command has taken of the machine so far."""

import resource
import sys


def cpu_s() -> float:
    """CPU seconds, user and system, of this process since it started and of the encoders that it has waited for."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(sum(one.ru_utime + one.ru_stime for one in spent), 2)


def peak_rss_mb() -> int:
    """The largest memory of this process since it started."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))  # macOS counts bytes, Linux kilobytes
