"""The one `Settings`: every knob, read once from the environment and `$LABELMATE_HOME/.env`, then passed along."""

import os
from pathlib import Path
from typing import ClassVar, Self

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
)

from configs import keys, knobs
from configs.complaints import SettingsError, complaints, misspelt
from configs.lifecycle import THRESHOLDS, LifecycleProfile, load_profile
from configs.names import aliases, variable, variables

__all__ = ["Settings", "SettingsError"]


class Settings(
    knobs.Home,
    knobs.Money,
    knobs.Approval,
    knobs.Hours,
    knobs.Song,
    knobs.Video,
    knobs.Lifecycle,
    knobs.Planning,
    knobs.Trends,
    knobs.Capacity,
    knobs.Console,
    knobs.Trust,
    knobs.Repairs,
    keys.Access,
    keys.Models,
    keys.RepairModels,
    keys.MusicVendors,
    keys.FootageVendors,
    keys.Telegram,
    keys.AudienceServices,
    keys.TrendSources,
):
    """Everything an operator may turn. Read it with `Settings.load`, pass it on, never change it."""

    groups: ClassVar[tuple[type[knobs.Group], ...]]

    @classmethod
    def load(cls, home: Path | None = None, **overrides: object) -> Self:
        """Settings from overrides first, then the environment, then the home's `.env`, then the defaults.

        Raises:
            SettingsError: with one line for each wrong value, or each line of the `.env` that cannot be meant.
        """
        where = Path(home or os.environ.get("LABELMATE_HOME") or knobs.Home.model_fields["home"].default)
        env_file = where.expanduser() / ".env"
        lines = [f"{name} is no setting" for name in sorted(overrides.keys() - cls.model_fields.keys())]
        lines += misspelt(env_file, variables(cls))
        if lines:
            raise SettingsError(lines)
        try:
            return cls.model_validate({**overrides, "home": where})
        except ValidationError as error:
            raise SettingsError(complaints(error, cls)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The `.env` is the one of the home being loaded, wherever the process was started."""
        assert isinstance(init_settings, InitSettingsSource)
        home = init_settings.init_kwargs.get(variable(cls, "home"))
        assert home is not None, "settings are read with Settings.load"
        env_file = Path(str(home)).expanduser() / ".env"
        return init_settings, _Environment(settings_cls), _EnvFile(settings_cls, env_file=env_file)

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        _ = self.lifecycle
        if self.undecided_per_artist_max > self.undecided_per_label_max:
            raise ValueError("UNDECIDED_PER_ARTIST_MAX must not exceed UNDECIDED_PER_LABEL_MAX")
        return self

    @property
    def lifecycle(self) -> LifecycleProfile:
        """The lifecycle's rules: the chosen profile, with the thresholds that are set in its place."""
        retirement = {None: None, True: "automatic", False: "proposed"}[self.auto_retire]
        thresholds = {name: getattr(self, name) for name in THRESHOLDS}
        return load_profile(self.lifecycle_profile, **thresholds, retirement=retirement)

    @classmethod
    def secret_variables(cls) -> frozenset[str]:
        """Every variable that holds a key, token or password."""
        return frozenset(
            name
            for field, info in cls.model_fields.items()
            if "SecretStr" in str(info.annotation)
            for name in aliases(cls, field)
        )

    @classmethod
    def live_fields(cls) -> dict[str, str]:
        """Field by variable, of the settings that may change while the label runs."""
        return {
            variable(cls, field): field
            for group in cls.groups
            if group.is_live
            for field in group.model_fields
        }

    @classmethod
    def reread_fields(cls) -> frozenset[str]:
        """The settings whose value in `.env` counts while the label runs."""
        again = (group for group in cls.groups if group.is_live or group.is_reread)
        return frozenset(field for group in again for field in group.model_fields)

    def shown(self) -> dict[str, str]:
        """Every variable with its value as text, fit for a screen: keys hidden, empty where unset."""
        return {
            variable(self, name): self._as_text(name) for group in self.groups for name in group.model_fields
        }

    def _as_text(self, name: str) -> str:
        value = getattr(self, name)
        if isinstance(value, SecretStr) or (value and not type(self).model_fields[name].repr):
            return "(set, hidden)"
        if isinstance(value, tuple):
            return ",".join(map(str, value))
        return "" if value is None else str(value)


Settings.groups = tuple(base for base in Settings.__bases__ if issubclass(base, knobs.Group))


class _Environment(EnvSettingsSource):
    """Of 150 settings a few are set: only those are looked at closely, which saves half of the time of a `load`."""

    def prepare_field_value(
        self, field_name: str, field: FieldInfo, value: object, value_is_complex: bool
    ) -> object:
        return (
            None if value is None else super().prepare_field_value(field_name, field, value, value_is_complex)
        )


class _EnvFile(_Environment, DotEnvSettingsSource):
    """The same of a file."""
