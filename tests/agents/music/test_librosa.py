"""Our analysis beside librosa's, where somebody installed it: it brings numba, so the locks leave it out.

Tempo and pitch classes only: of these songs' beats, librosa 0.11 was measured 60 to 80 ms late by their plans.
"""

import numpy as np
import pytest

from agents.music.analysis import analyse_samples
from tests.agents.music.songs import RATE_HZ, rendered

librosa = pytest.importorskip("librosa", reason="librosa is not in the locks: pip install librosa to compare")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("genre", ["synthwave", "house", "folk"])
def test_tempo_and_pitch_classes_agree(genre):
    _, _, audio = rendered(genre)
    facts, mono = analyse_samples(audio, RATE_HZ), audio.mean(axis=0)
    bpm = float(np.atleast_1d(librosa.beat.beat_track(y=mono, sr=RATE_HZ, hop_length=128)[0])[0])
    assert any(bpm == pytest.approx(own, rel=0.02) for own in facts.tempo_candidates_bpm)
    chroma = librosa.feature.chroma_stft(y=mono, sr=RATE_HZ, n_fft=8192).mean(axis=1)
    assert np.corrcoef(chroma, facts.pitch_classes)[0, 1] > 0.8
