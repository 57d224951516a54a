"""Takes: audio that somebody else made, brought to our loudness and given a plan that it did not come with."""

from pathlib import Path
from typing import TYPE_CHECKING

from agents.music.analysis import AudioFacts, analyse
from agents.music.measured import LONGEST_S, MOST_FRAMES, measured_plan
from agents.music.order import MusicOrder
from agents.music.protocol import FetchedTake
from storage.errors import ProviderError, UsageError
from storage.types import SongPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST_S = 10.0
SLOWEST_RATE_HZ, FASTEST_RATE_HZ = 8_000, 192_000
SILENT_LUFS = -50.0
SILENT_SHARE = 0.5
WHOLE = 0.85
"""How much of the length that the provider states must be there."""


def plan_take(take: FetchedTake, order: MusicOrder, *, sings: bool = True) -> SongPlan:
    """The measured plan of a take.

    Raises ProviderError for what is no song: unreadable, silent, too short, too long or cut off.
    """
    brief, lyrics = order.brief, order.lyrics
    facts = require_song(take)
    return measured_plan(
        take.path,
        facts,
        title=brief.title,
        artist_name=brief.artist_name,
        genre=brief.genre,
        expected_bpm=brief.tempo_bpm,
        key=facts.key or brief.key,
        mode=facts.mode or brief.mode,
        lines=tuple((line, part.section) for part in lyrics.sections for line in part.lines),
        has_vocals=sings and not order.is_instrumental,
    )


def require_song(take: FetchedTake) -> AudioFacts:
    """What is measured on a take. Raises ProviderError as `plan_take` does."""
    import soundfile

    # The header alone at first: a file of hours would fill the memory before it could be refused.
    try:
        header = soundfile.info(take.path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ProviderError(f"What came back is no audio: {error}") from error
    duration_s = header.duration
    if header.channels > 2 or not SLOWEST_RATE_HZ <= header.samplerate <= FASTEST_RATE_HZ:
        raise ProviderError(
            f"What came back has {header.channels} channels at {header.samplerate} Hz; give stereo or mono at "
            f"{SLOWEST_RATE_HZ // 1000} to {FASTEST_RATE_HZ // 1000} kHz"
        )
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise ProviderError(
            f"What came back lasts {duration_s:.1f} s; a song has {SHORTEST_S:.0f} to {LONGEST_S:.0f}"
        )
    if header.frames > MOST_FRAMES:
        raise ProviderError(f"What came back has {header.frames} samples; give it at 44.1 or 48 kHz")
    if take.expected_s and duration_s < WHOLE * take.expected_s:
        raise ProviderError(
            f"What came back is cut off: {duration_s:.1f} s of the {take.expected_s:.1f} s that were promised"
        )
    try:
        facts = analyse(take.path)
    except UsageError as error:
        raise ProviderError(f"What came back cannot be measured: {error}") from error
    if facts.loudness_lufs < SILENT_LUFS:
        raise ProviderError(f"What came back is silent ({facts.loudness_lufs:.0f} LUFS)")
    if facts.silent_share > SILENT_SHARE:
        raise ProviderError(f"{100 * facts.silent_share:.0f} % of what came back is silence")
    return facts


def read_take(path: Path, sample_rate_hz: int) -> "NDArray[np.float32]":
    """A take as float32 (2, samples) at `sample_rate_hz`. Raises ProviderError for what is no audio."""
    import numpy as np
    import soundfile
    from scipy.signal import resample_poly

    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ProviderError(f"What came back is no audio: {error}") from error
    stereo = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]
    if rate_hz != sample_rate_hz:
        stereo = resample_poly(stereo, sample_rate_hz, rate_hz, axis=0)
    return np.ascontiguousarray(stereo.T, dtype=np.float32)
