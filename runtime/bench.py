"""The bench of a replay: what is on record of a song's steps, and where they are made again."""

from pathlib import Path
from typing import TypeVar

from configs.settings import Settings
from runtime.likeness import SAME, Finding, Likeness, by_another, compare, differs, left_out, worst
from runtime.steps import assets_in
from runtime.studio import StudioConfig
from storage.errors import AssetCorruptError, NotFoundError
from storage.records import CycleRecord, DoneStep
from storage.types import (
    Artwork,
    Asset,
    Composition,
    CycleStep,
    Films,
    Frozen,
    Master,
    Takes,
)

T = TypeVar("T", bound=Frozen)
OUTPUTS: dict[CycleStep, type[Frozen]] = {
    CycleStep.COMPOSE: Takes[Composition],
    CycleStep.PRODUCE: Takes[Master],
    CycleStep.PAINT: Artwork,
    CycleStep.FILM: Films,
}
"""The steps that make files."""


class Bench:
    """One cycle's recorded values and files beside those made again below a scratch folder."""

    def __init__(self, record: CycleRecord, settings: Settings, folder: Path) -> None:
        self.record = record
        self.kept = StudioConfig.of(settings)
        """The label's own files: read, never written."""
        self.studio = self.kept.model_copy(
            update={
                "assets_url": str(folder / "assets"),
                "releases_dir": folder / "releases",
                "scratch_dir": folder / "scratch",
            }
        )
        """The studio's configuration for what is made again."""

    def value(self, output: type[T], step: DoneStep) -> T:
        return output.model_validate_json(step.row.output or "")

    def same_value(self, step: DoneStep, made: Frozen) -> Finding:
        recorded = self.value(type(made), step)
        if recorded == made:
            return SAME
        names = [name for name in type(made).model_fields if getattr(recorded, name) != getattr(made, name)]
        return differs(f"other {', '.join(names)}")

    def damage(self, step: DoneStep) -> Finding | None:
        """What is wrong with the recorded files themselves: a comparison with them would prove nothing."""
        findings: list[Finding] = []
        for asset in self._assets(step):
            try:
                self.kept.assets.verify(asset.sha256)
            except AssetCorruptError:
                findings.append(differs(f"the stored {asset.kind} is damaged"))
            except NotFoundError:
                if asset.sha256 in self.record.deleted:
                    findings.append(left_out(f"{asset.kind} was deleted with time"))
                else:
                    findings.append(differs(f"the stored {asset.kind} is gone"))
        return worst(findings) if findings else None

    def files(self, step: DoneStep, made: Frozen) -> Finding | None:
        """The files of a step beside those made now; None where they are the same."""
        damaged = self.damage(step)
        if damaged:
            return damaged
        findings = [
            by_another(
                compare(
                    before.kind,
                    before.media_type,
                    self.kept.assets.fetch(before.sha256),
                    self.studio.assets.fetch(now.sha256),
                ),
                before.tool,
                now.tool,
            )
            for before, now in zip(self._assets(step), assets_in(made), strict=True)
            if before.sha256
            != now.sha256  # of a song that was sent back, one of its pictures may be the earlier one
        ]
        gravest = worst(findings)
        return None if gravest.likeness is Likeness.SAME else gravest

    def _assets(self, step: DoneStep) -> list[Asset]:
        return assets_in(self.value(OUTPUTS[step.row.name], step))

    def lend(self, asset: Asset) -> None:
        """Bring a recorded file to the bench, where steps look for what they need."""
        self.kept.assets.verify(asset.sha256)
        path = self.kept.assets.fetch(asset.sha256)
        self.studio.assets.put(path, kind=asset.kind, media_type=asset.media_type, tool=asset.tool)

    def pictured(self, cover: Asset) -> StudioConfig:
        """The bench for a cover like this one."""
        from PIL import Image

        with Image.open(self.kept.assets.fetch(cover.sha256)) as picture:
            return self.studio.model_copy(update={"cover_px": picture.width})

    def sized(self, video: Asset, *, turned: bool = False) -> StudioConfig:
        """The bench for a video like this one."""
        width, height = int(video.facts["width"]), int(video.facts["height"])
        if turned:
            width, height = height, width
        fps = round(float(video.facts["fps"]))
        return self.studio.model_copy(update={"video_width": width, "video_height": height, "video_fps": fps})
