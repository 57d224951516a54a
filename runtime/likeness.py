"""How alike two files are that ought to be the same: by their bytes, or else by what they hold.

Scores and plans are alike byte for byte or not at all. Sound may differ by what processors compute differently, pictures
and videos by how they were encoded; so those are decoded and measured.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from storage.assets import hash_file
from storage.types import Frozen

if TYPE_CHECKING:  # heavy: each function imports what it needs
    import numpy as np
    from numpy.typing import NDArray

PCM_DBFS = -80.0
"""Peak of the difference up to which two recordings are the same."""
MP3_DBFS = -40.0
"""An encoder's choices make more of a difference that is itself below `PCM_DBFS`."""
MEASURE_SHARE = 0.01
"""Share by which something measured on a recording may differ."""
PICTURE_DB = 40.0
"""Peak signal-to-noise ratio from which two pictures are the same."""
VIDEO_DB = 35.0


class Likeness(StrEnum):
    SAME = "same"
    WITHIN_TOLERANCE = "within tolerance"
    DIFFERS = "differs"
    NOT_REPLAYED = "not replayed"


class Finding(Frozen):
    """The outcome of a comparison, and what differs."""

    likeness: Likeness
    what: str = ""


SAME = Finding(likeness=Likeness.SAME)


def compare(kind: str, media_type: str, recorded: Path, made: Path) -> Finding:
    """The recorded file beside the one made now."""
    if hash_file(recorded) == hash_file(made):
        return SAME
    match media_type.partition("/")[0]:
        case "audio":
            return _sounds(kind, recorded, made, MP3_DBFS if media_type == "audio/mpeg" else PCM_DBFS)
        case "image":
            return _pictures(kind, recorded, made)
        case "video":
            return _videos(kind, recorded, made)
        case _ if kind == "facts":
            return _measures(kind, recorded, made)
        case _:
            return differs(f"{kind} has other bytes")


def differs(what: str) -> Finding:
    """A difference that is none of tolerance."""
    return Finding(likeness=Likeness.DIFFERS, what=what)


def left_out(why: str) -> Finding:
    """Not made again."""
    return Finding(likeness=Likeness.NOT_REPLAYED, what=why)


def by_another(found: Finding, then: str, now: str) -> Finding:
    """The finding, with the tools that made the two files where these are others: then a difference is no riddle."""
    if found is SAME or then == now:
        return found
    return found.model_copy(update={"what": f"{found.what} (made by {then}, here is {now})"})


def worst(findings: list[Finding]) -> Finding:
    """One finding for many: the gravest likeness, with everything that is not the same."""
    order = (Likeness.DIFFERS, Likeness.WITHIN_TOLERANCE, Likeness.NOT_REPLAYED, Likeness.SAME)
    gravest = min((finding.likeness for finding in findings), key=order.index, default=Likeness.SAME)
    told = [finding.what for finding in findings if finding.likeness is gravest and finding.what]
    return Finding(likeness=gravest, what="; ".join(told))


def _sounds(kind: str, recorded: Path, made: Path, tolerance_dbfs: float) -> Finding:
    import numpy as np
    import soundfile

    (before, before_hz), (now, now_hz) = (
        soundfile.read(path, dtype="float64", always_2d=True) for path in (recorded, made)
    )
    if (before.shape, before_hz) != (now.shape, now_hz):
        return differs(f"{kind} was {len(before)} samples at {before_hz} Hz and is {len(now)} at {now_hz} Hz")
    peak = float(np.max(np.abs(before - now), initial=0.0))
    peak_dbfs = 20 * np.log10(max(peak, 1e-9))
    return _within(
        peak_dbfs <= tolerance_dbfs, f"{kind} differs by {peak_dbfs:.0f} dBFS", f"{tolerance_dbfs:.0f} dBFS"
    )


def _measures(kind: str, recorded: Path, made: Path) -> Finding:
    """What was measured on sound that is itself within its tolerance."""
    before, now = (dict(_numbers(json.loads(path.read_text()))) for path in (recorded, made))
    if before.keys() != now.keys():
        return differs(f"{kind} are others")
    far = [
        name for name in before if abs(before[name] - now[name]) > MEASURE_SHARE * max(1.0, abs(before[name]))
    ]
    return (
        differs(f"{kind} differ in {', '.join(far[:3])}")
        if far
        else Finding(
            likeness=Likeness.WITHIN_TOLERANCE, what=f"{kind} differ by less than {MEASURE_SHARE:.0%}"
        )
    )


def _numbers(value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a JSON value under its path; words stand in the path, so that they must be equal."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _numbers(part, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _numbers(part, f"{name}.{index}")
    elif isinstance(value, int | float):
        yield name, float(value)
    else:
        yield f"{name}={value}", 0.0


def _pictures(kind: str, recorded: Path, made: Path) -> Finding:
    import numpy as np
    from PIL import Image

    before, now = (np.asarray(Image.open(path).convert("RGB"), dtype=np.float64) for path in (recorded, made))
    if before.shape != now.shape:
        return differs(f"{kind} was {_size(before)} and is {_size(now)}")
    ratio_db = _ratio_db(before, now)
    return _within(ratio_db >= PICTURE_DB, f"{kind} is alike by {ratio_db:.0f} dB", f"{PICTURE_DB:.0f} dB")


def _videos(kind: str, recorded: Path, made: Path) -> Finding:
    least_db = float("inf")
    for before, now in zip_longest(_frames(recorded), _frames(made)):
        if before is None or now is None:
            return differs(f"{kind} is {'longer' if before is None else 'shorter'} than it was")
        if before.shape != now.shape:
            return differs(f"{kind} was {_size(before)} and is {_size(now)}")
        least_db = min(least_db, _ratio_db(before, now))
    return _within(
        least_db >= VIDEO_DB, f"{kind} is alike by {least_db:.0f} dB or more", f"{VIDEO_DB:.0f} dB"
    )


def _frames(path: Path) -> "Iterator[NDArray[np.float64]]":
    import av

    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            yield frame.to_ndarray(format="rgb24").astype("float64")


def _ratio_db(before: "NDArray[np.float64]", now: "NDArray[np.float64]") -> float:
    import numpy as np

    error = float(np.mean((before - now) ** 2))
    return float("inf") if error == 0 else 10 * np.log10(255.0**2 / error)


def _size(picture: "NDArray[np.float64]") -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"


def _within(is_alike: bool, what: str, tolerance: str) -> Finding:
    if is_alike:
        return Finding(likeness=Likeness.WITHIN_TOLERANCE, what=what)
    return differs(f"{what}, tolerance is {tolerance}")
