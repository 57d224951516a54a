"""The label as a whole: how it stands, its money, its settings, stop and go on."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from configs.names import variable
from configs.settings import Settings
from storage import knobs, ledger
from storage.knobs import KnobChange
from storage.label import Label as LabelRow
from storage.ledger import Spent
from storage.types import Frozen
from ui.standing import Status, caps_in_force, read_status
from ui.web.door import Limit, TheDesk, TheLabel

router = APIRouter(tags=["label"])


class Setting(Frozen):
    """One setting in force; keys are hidden."""

    name: str
    value: str
    group: str
    is_live: bool
    """Whether it can be changed here while the label runs."""
    is_used: bool
    """False where this version stores it and does not use it yet."""


class SettingList(Frozen):
    settings: tuple[Setting, ...]


class ChangeList(Frozen):
    """What was changed, the latest first."""

    changes: tuple[KnobChange, ...]


class NewValue(Frozen):
    """A setting's value as in `.env`; null gives it back to that."""

    value: Annotated[str, Field(max_length=1_000)] | None


@router.get("/status")
async def status(label: TheLabel) -> Status:
    """What is being made, what waits, what it cost."""
    return await read_status(label)


@router.get("/budget")
async def budget(label: TheLabel) -> Spent:
    """What was charged or is reserved, and the caps."""
    return await label.store.read(ledger.spent, caps=await caps_in_force(label))


@router.post("/stop")
async def stop(desk: TheDesk) -> LabelRow:
    """Halt all spending at once."""
    return await desk.house.stop()


@router.post("/resume")
async def resume(desk: TheDesk) -> LabelRow:
    """Allow them again; the owner's right."""
    return await desk.house.go_on()


@router.get("/settings")
async def list_settings(label: TheLabel) -> SettingList:
    """Every setting as it is in force."""
    return _settings(await label.live.now())


@router.get("/settings/changes")
async def list_changes(label: TheLabel, *, limit: Limit = 100) -> ChangeList:
    """Who changed what when."""
    return ChangeList(changes=tuple(await label.store.read(knobs.knob_changes, limit=limit)))


@router.put("/settings/{name}")
async def change_setting(name: str, new: NewValue, label: TheLabel, desk: TheDesk) -> Setting:
    """Change a setting while the label runs; the owner's right."""
    await desk.house.change_setting(name, new.value)
    return next(each for each in _settings(await label.live.now()).settings if each.name == name)


def _settings(now: Settings) -> SettingList:
    shown = now.shown()
    return SettingList(
        settings=tuple(
            Setting(
                name=variable(now, name),
                value=shown[variable(now, name)],
                group=group.title,
                is_live=group.is_live,
                is_used=group.is_used,
            )
            for group in Settings.groups
            for name in group.model_fields
        )
    )
