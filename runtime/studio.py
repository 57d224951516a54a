"""The studio: steps' heavy work as plain functions from values to values, run as Ray tasks by workers.py.

Each takes the studio's configuration and what the step knows, works in a scratch folder of its own, and
hands back content-addressed assets. A killed one leaves nothing but its scratch folder, which the next
sweep removes.
"""

import hashlib
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Generic, ParamSpec, Self, TypeVar

from configs.knobs import Captions
from configs.settings import Settings
from storage.assets import AssetStore
from storage.errors import ProviderError, RenderError, UnusableTakeError
from storage.types import (
    Asset,
    Brief,
    Clearance,
    Composition,
    Footage,
    Frozen,
    Lyrics,
    Master,
    Persona,
    Release,
    Score,
    Takes,
    Video,
)

if TYPE_CHECKING:  # the studio's tools are heavy: each function imports what it needs
    from agents.mending.checkout import ChangedFile, Checkout
    from agents.mending.trial import Limits, Trial
    from agents.music.analysis import AudioFacts
    from agents.music.order import MusicOrder
    from agents.music.protocol import Batch
    from agents.packager import PackageJob
    from agents.visuals.footage.choice import Delivery, Shape
    from agents.visuals.footage.reception import Receipt

P = ParamSpec("P")
T = TypeVar("T")
ENGINE = "labelmate-engine/6"
PORTRAITIST = "labelmate-portrait/4"
VISUALIZER = "labelmate-visualizer/9"
CUTTER = "labelmate-cutter/8"
COVER_PAINTER = "labelmate-cover/5"
"""Each number rises when the same seed gives something else: it is in every asset's record, and a replay tells it."""
ENGINES = (
    "agents.llm.offline.writer",
    "agents.music.local.mix",
    "agents.music.analysis",
    "soundfile",
    "cv2",
    "PIL.Image",
)


class StudioConfig(Frozen):
    """What the studio needs to know of the settings."""

    assets_url: str
    releases_dir: Path
    scratch_dir: Path
    quarantine_dir: Path
    sample_rate_hz: int
    loudness_lufs: float
    cover_px: int
    video_width: int
    video_height: int
    video_fps: int
    video_encoder_preset: str
    video_captions: Captions
    disk_floor_mb: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            assets_url=settings.assets_url or str(settings.home / "assets"),
            releases_dir=settings.home / "releases",
            scratch_dir=settings.home / "scratch",
            quarantine_dir=settings.home / "quarantine",
            sample_rate_hz=settings.sample_rate_hz,
            loudness_lufs=settings.loudness_lufs,
            cover_px=settings.cover_px,
            video_width=settings.video_width,
            video_height=settings.video_height,
            video_fps=settings.video_fps,
            video_encoder_preset=settings.video_encoder_preset,
            video_captions=settings.video_captions,
            disk_floor_mb=settings.disk_floor_mb,
        )

    @property
    def assets(self) -> AssetStore:
        return AssetStore(self.assets_url)

    def frame(self, aspect: str) -> tuple[int, int]:
        """Width and height of a full video in pixels."""
        if aspect == "9:16":
            return self.video_height, self.video_width
        return self.video_width, self.video_height


@dataclass(frozen=True)
class Timed(Generic[T]):
    """A result and the CPU seconds it took, of this process and of the programs it ran."""

    value: T
    cpu_s: float


def timed(work: Callable[P, T]) -> Callable[P, Timed[T]]:
    """Measure a piece of studio work."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> Timed[T]:
        started_s = process_time() + _children_s()
        value = work(*args, **kwargs)
        return Timed(value, process_time() + _children_s() - started_s)

    return run


@timed
def warm_up() -> None:
    """Import the engines: seconds of CPU that the first song need not wait for."""
    from importlib import import_module

    for engine in ENGINES:
        import_module(engine)


@timed
def compose(config: StudioConfig, brief: Brief, lyrics: Lyrics) -> Composition:
    """The embedded composer: a score and the plan of the song's time."""
    from agents import composer
    from agents.music.similarity import melody_grams

    score, plan = composer.compose(brief, lyrics)
    with scratch(config) as folder:
        score_asset = _keep_text(
            config, folder / "score.json", score.model_dump_json(), "score", ENGINE, brief.seed
        )
        plan_asset = _keep_text(
            config, folder / "plan.json", plan.model_dump_json(indent=1), "plan", ENGINE, brief.seed
        )
    return Composition(
        plan=plan,
        plan_asset=plan_asset,
        score=score_asset,
        melody_grams=melody_grams(score),
        source="embedded",
    )


@timed
def produce(config: StudioConfig, brief: Brief, song: Composition) -> Master:
    """A finished recording: of a score by the embedded engine, of a provider's take by mastering it."""
    from agents import producer
    from agents.music.analysis import analyse
    from agents.music.measured import octave_nearest
    from agents.music.resemblance import sound_of

    rate = {"sample_rate_hz": config.sample_rate_hz, "loudness_lufs": config.loudness_lufs}
    origin = song.origin
    source = config.assets.fetch(origin.sha256)
    with scratch(config) as folder:
        if song.score is None:
            made = producer.remaster(source, folder, brief, **rate)
        else:
            score = Score.model_validate_json(source.read_text())
            made = producer.produce(brief, score, song.plan, folder, **rate)
        facts = analyse(made.wav)
        heard = folder / "facts.json"
        heard.write_text(facts.model_dump_json())
        measured: dict[str, float | int | str] = {
            "duration_s": round(made.duration_s, 3),
            "loudness_lufs": round(made.loudness_lufs, 2),
            "true_peak_dbtp": round(made.true_peak_dbtp, 2),
            "sample_rate_hz": made.sample_rate_hz,
        }

        def keep(path: Path, kind: str, media_type: str) -> Asset:
            return config.assets.put(
                path,
                kind=kind,
                media_type=media_type,
                tool=ENGINE,
                parents=(origin.sha256,),
                provider=origin.provider,
                licence=origin.licence,
                clearance=origin.clearance,
                ai_role=origin.ai_role,
                seed=brief.seed,
                facts=measured,
            )

        return Master(
            wav=keep(made.wav, "wav", "audio/wav"),
            flac=keep(made.flac, "flac", "audio/flac"),
            mp3=keep(made.mp3, "mp3", "audio/mpeg"),
            facts=keep(heard, "facts", "application/json"),
            duration_s=made.duration_s,
            loudness_lufs=made.loudness_lufs,
            true_peak_dbtp=made.true_peak_dbtp,
            tempo_bpm=octave_nearest(facts.tempo_bpm, song.plan.tempo_bpm),
            key=facts.key,
            mode=facts.mode,
            sound=sound_of(facts),
            source=song.source,
        )


def heard(config: StudioConfig, master: Master) -> "AudioFacts":
    """What was measured on a finished recording."""
    from agents.music.analysis import AudioFacts

    return AudioFacts.model_validate_json(config.assets.fetch(master.facts.sha256).read_text())


@timed
def receive(config: StudioConfig, order: "MusicOrder", batch: "Batch") -> Takes[Composition]:
    """Keep the takes that are songs, each with its measured plan; junk is set apart with the reason.

    Raises UnusableTakeError where no take is a song; everything is in quarantine then.
    """
    from agents.music.takes import plan_take

    songs: list[Composition] = []
    junk: list[str] = []
    heard: set[str] = set()
    for take in batch.takes:
        try:
            plan = plan_take(take, order, sings=batch.terms.sings)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's file does to a decoder or a measure
            why = str(error) if isinstance(error, ProviderError) else f"it cannot be measured ({error!r})"
            junk.append(f"{why} ({_quarantine(config, batch.provider, take.path, why)})")
            continue
        recording = config.assets.put(
            take.path,
            kind="take",
            media_type=take.media_type,
            tool=batch.provider,
            provider=batch.provider,
            licence=batch.terms.licence,
            clearance=batch.terms.clearance,
            ai_role=batch.ai_role,
            seed=order.brief.seed,
            cost_usd=batch.cost_usd / len(batch.takes),
        )
        if recording.sha256 in heard:  # the same file twice is no choice
            continue
        heard.add(recording.sha256)
        with scratch(config) as folder:
            text = plan.model_dump_json(indent=1)
            plan_asset = _keep_text(
                config, folder / "plan.json", text, "plan", batch.provider, order.brief.seed
            )
        songs.append(
            Composition(plan=plan, plan_asset=plan_asset, recording=recording, source=batch.provider)
        )
    if not songs:
        raise UnusableTakeError(f"{batch.provider} sent no song: {'; '.join(junk)}")
    return Takes[Composition](each=tuple(songs))


def _quarantine(config: StudioConfig, provider: str, path: Path, why: str) -> str:
    """Set a file apart from everything that is used, with the reason beside it; tells where."""
    with path.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    config.quarantine_dir.mkdir(parents=True, exist_ok=True)
    apart = config.quarantine_dir / f"{provider}-{mark}"
    shutil.move(path, apart)
    apart.with_suffix(".txt").write_text(f"{why}\n")
    return f"kept as quarantine/{apart.name}"


@timed
def paint_cover(
    config: StudioConfig, persona: Persona, brief: Brief, plan_asset: Asset, seed: int
) -> tuple[Asset, Asset]:
    """A cover and its thumbnail."""
    from agents import painter

    with scratch(config) as folder:
        made = painter.paint_cover(
            painter.dressed(persona.visual, brief),
            persona.name,
            brief.title,
            brief.mood,
            seed,
            folder,
            size_px=config.cover_px,
        )

        def keep(path: Path, kind: str) -> Asset:
            return config.assets.put(
                path,
                kind=kind,
                media_type="image/jpeg",
                tool=COVER_PAINTER,
                clearance=Clearance.CLEARED,
                parents=(plan_asset.sha256,),
                seed=seed,
                facts={"notes": "; ".join(made.notes)} if made.notes else None,
            )

        return keep(made.cover, "cover"), keep(made.thumbnail, "thumbnail")


@timed
def draw_portrait(config: StudioConfig, persona: Persona) -> tuple[Asset, Asset]:
    """An artist's avatar and logo, from its visual identity."""
    from agents.visuals import portrait

    with scratch(config) as folder:
        portrait.draw_avatar(persona.visual, persona.signature_seed, folder / "avatar.png")
        portrait.draw_logo(persona.visual, persona.name, folder / "logo.png")

        def keep(kind: str) -> Asset:
            return config.assets.put(
                folder / f"{kind}.png",
                kind=kind,
                media_type="image/png",
                tool=PORTRAITIST,
                clearance=Clearance.CLEARED,
                seed=persona.signature_seed,
            )

        return keep("avatar"), keep("logo")


def keep_photo(config: StudioConfig, source: Path, licence: str) -> Asset:
    """An avatar that a person gives. Raises UsageError for what is no picture, DiskFullError without room."""
    from agents.visuals import portrait

    with scratch(config) as folder:
        portrait.take_photo(source, folder / "avatar.png")
        return config.assets.put(
            folder / "avatar.png",
            kind="avatar",
            media_type="image/png",
            tool="person",
            provider="person",
            licence=licence,
            clearance=Clearance.CLEARED,
            ai_role="human",
        )


@timed
def film_preview(
    config: StudioConfig,
    persona: Persona,
    song: Composition,
    master: Master,
    seed: int,
    footage: Footage | None = None,
) -> Asset:
    """Thirty seconds for a messenger, from just before the song's first height."""
    from agents import painter

    span_s = painter.preview_span(song.plan)
    size = painter.preview_size(config.video_width, config.video_height)
    return _film(config, persona, song, master, "preview", size, seed, span_s, footage).asset


@timed
def film(
    config: StudioConfig,
    persona: Persona,
    song: Composition,
    master: Master,
    aspect: str,
    seed: int,
    footage: Footage | None = None,
) -> Video:
    """The whole music video in one aspect."""
    span_s = (0.0, None)
    return _film(config, persona, song, master, aspect, config.frame(aspect), seed, span_s, footage)


def _film(
    config: StudioConfig,
    persona: Persona,
    song: Composition,
    master: Master,
    aspect: str,
    size: tuple[int, int],
    seed: int,
    span_s: tuple[float, float | None],
    footage: Footage | None,
) -> Video:
    """Cut from footage where there is enough, and drawn where there is not."""
    from agents import painter

    width, height = size
    with scratch(config) as folder:
        out = folder / "video.mp4"
        made = painter.film_song(
            song.plan,
            config.assets.fetch(master.wav.sha256),
            persona.visual,
            out,
            clips=[(clip, config.assets.fetch(clip.asset.sha256)) for clip in footage.clips]
            if footage
            else [],
            width=width,
            height=height,
            fps=config.video_fps,
            seed=seed,
            start_s=span_s[0],
            end_s=span_s[1],
            preset=config.video_encoder_preset,
            captions=config.video_captions,
            missed=footage.note if footage else "",
        )
        facts, shown = made.facts, made.clips
        told = {"footage": made.note, "notes": "; ".join(facts.notes)}
        asset = config.assets.put(
            out,
            kind="preview" if aspect == "preview" else "video",
            media_type="video/mp4",
            tool=CUTTER if shown else VISUALIZER,
            provider="+".join(sorted({clip.asset.provider for clip in shown})) or "embedded",
            clearance=Clearance.CLEARED,
            parents=(song.plan_asset.sha256, master.wav.sha256, *sorted(clip.asset.sha256 for clip in shown)),
            seed=seed,
            facts={
                "width": facts.width,
                "height": facts.height,
                "fps": facts.fps,
                "duration_s": round(facts.duration_s, 3),
                **{name: note for name, note in told.items() if note},
            },
        )
    return Video(asset=asset, aspect=aspect, width=facts.width, height=facts.height)


@timed
def receive_footage(
    config: StudioConfig, shape: "Shape", deliveries: "tuple[Delivery, ...]"
) -> tuple["Receipt", ...]:
    """Look at downloaded clips and keep those that are what they were said to be; each is gone from its place."""
    from agents.visuals.footage.reception import Receipt, attributed, look_at

    receipts: list[Receipt] = []
    for delivery in deliveries:
        path = Path(delivery.path) if delivery.path else config.assets.fetch(delivery.sha256)
        try:
            facts = look_at(path, shape)
        except RenderError as error:
            receipts.append(Receipt(asset=None, note=f"{delivery.pick.offer.page_url} {error}"))
        else:
            asset = config.assets.put(
                path,
                kind="footage",
                media_type="video/mp4",
                tool=delivery.pick.offer.provider,
                provider=delivery.pick.offer.provider,
                licence=delivery.terms.licence,
                clearance=delivery.terms.clearance,
                ai_role="human",
                facts=attributed(delivery, facts),
            )
            receipts.append(Receipt(asset=asset))
        finally:
            if delivery.path:
                path.unlink(missing_ok=True)
    return tuple(receipts)


@timed
def package(config: StudioConfig, job: "PackageJob") -> Release:
    """Write the release bag."""
    from agents import packager

    # Footage is in the videos; its clips themselves are not for delivery.
    lineage = job.lineage().items()
    files = {sha256: config.assets.fetch(sha256) for sha256, asset in lineage if asset.kind != "footage"}
    with _room(config):
        bag = packager.package(job, files, config.releases_dir)
    return Release(id=bag.id, title=bag.title, directory=bag.directory, manifest_sha256=bag.manifest_sha256)


@timed
def try_patch(
    config: StudioConfig,
    files: "tuple[ChangedFile, ...]",
    checkout: "Checkout",
    tests: tuple[str, ...],
    limits: "Limits",
) -> "Trial":
    """Run a patch's tests in a copy of the source."""
    from agents.mending import trial

    require_room(config)
    return trial.run_trial(files, checkout, tests=tests, limits=limits, scratch=config.scratch_dir)


def _keep_text(config: StudioConfig, path: Path, text: str, kind: str, tool: str, seed: int) -> Asset:
    path.write_text(text)
    return config.assets.put(
        path, kind=kind, media_type="application/json", tool=tool, seed=seed, clearance=Clearance.CLEARED
    )


@contextmanager
def scratch(config: StudioConfig) -> Iterator[Path]:
    """A folder that is gone afterwards. Raises DiskFullError when there is no room, or is none any more."""
    config.scratch_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=config.scratch_dir) as folder, _room(config):
        yield Path(folder)


@contextmanager
def _room(config: StudioConfig) -> Iterator[None]:
    """Whatever an engine says when the disk fills up under it, the disk is the reason: the cycle waits for room."""
    require_room(config)
    try:
        yield
    except Exception:
        require_room(config)
        raise


def require_room(config: StudioConfig) -> None:
    """Raise DiskFullError while the files' disk, or the home's, is below its floor."""
    config.assets.require_space(config.disk_floor_mb)
    AssetStore(str(config.scratch_dir)).require_space(config.disk_floor_mb)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
