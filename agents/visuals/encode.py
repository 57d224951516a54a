"""Raw pictures in, MP4 out: one ffmpeg process per film, and nothing left behind when it fails."""

from dataclasses import dataclass
from pathlib import Path

from agents.ffmpeg import Feed

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow")
ARGUMENTS = """
-nostdin -y -loglevel error
-f rawvideo -pix_fmt yuv420p -s {width}x{height} -r {fps}
-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 -i pipe:0
-ss {start_s:.6f} -i {audio}
-map 0:v:0 -map 1:a:0 -t {duration_s:.6f} -threads 1
-c:v libx264 -preset {preset} -crf {crf} -aq-mode 3 -aq-strength 0.8 -maxrate {rate_kbps}k -bufsize {buffer_kbps}k
-x264-params mbtree=1:rc-lookahead=12:vbv-init=0.1{b_frames} -g {key_frames} -pix_fmt yuv420p
-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709
-af apad=pad_dur={half_frame_s:.6f} -c:a aac -b:a 192k -ar 48000 -ac 2
-map_metadata -1 -fflags +bitexact -movflags +faststart -f mp4 {target}
"""
"""ffmpeg's words. The fastest presets switch the macroblock tree
off, and with it on `superfast` makes files as small as `veryfast` does, in half the time. The buffer begins all but
empty, for films open from black, and with two seconds' worth to spend at once a short one would pass its ceiling. One thread, because with
more and a ceiling of the rate no two films are alike; the other core is busy drawing. The last picture may outlast the
sound by half of one: silence fills that and no more, so that sound which breaks off is still found out."""


@dataclass(frozen=True)
class Quality:
    """How x264 keeps pictures: its constant rate factor, and the ceiling of the rate at 1280×720 and 30 a second."""

    crf: int
    rate_720p30_kbps: int
    b_frames: int | None = None
    """How many pictures in a row may be made from one before and one after them; None leaves it to the preset."""


DRAWN = Quality(21, 1360, b_frames=0)
"""With the sound, at most 12 MB a minute, which lively passages reach. At 30 a second every other picture shares its
light with the one before: to look both ways saves 3 % of the file then, and takes a quarter of the encoder's time."""
FILMED = Quality(24, 2600)
"""Of what a camera saw: grain and leaves need more."""


@dataclass(frozen=True)
class Reel:
    """The shape of a film: size in pixels, frames a second, and the span of the audio it shows."""

    width: int
    height: int
    fps: int
    frames: int
    start_s: float

    @property
    def duration_s(self) -> float:
        return self.frames / self.fps


class Encoder(Feed):
    """A context that takes yuv420p frames, the Y plane, then U and V at half size, and writes `target`."""

    def __init__(self, reel: Reel, audio: Path, target: Path, preset: str, quality: Quality = DRAWN) -> None:
        super().__init__(_words(reel, audio, target, preset, quality), "video")


def _words(reel: Reel, audio: Path, target: Path, preset: str, quality: Quality) -> list[str]:
    # Larger pictures need more, but less than in proportion: their detail is coarser.
    size = reel.width * reel.height * reel.fps / (1280 * 720 * 30)
    rate_kbps = round(quality.rate_720p30_kbps * size**0.75)
    values = vars(reel) | {
        "audio": audio.resolve(),
        "target": target.resolve(),
        "preset": preset,
        "crf": quality.crf,
        "b_frames": "" if quality.b_frames is None else f":bframes={quality.b_frames}",
        "key_frames": reel.fps * 4,
        "duration_s": reel.duration_s,
        "half_frame_s": 0.5 / reel.fps,
        "rate_kbps": max(100, rate_kbps),
        "buffer_kbps": 2 * max(100, rate_kbps),
    }
    # Formatted word by word, so that a path with spaces stays one argument.
    return [word.format(**values) for word in ARGUMENTS.split()]
