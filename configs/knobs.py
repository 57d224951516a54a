"""What an operator may turn, in groups; `configs/settings.py` joins them into the one `Settings`.

A field's name in capitals is its variable in the environment and in the home's `.env`; the text below it is
what `.env.example` says. Units stand in the names or in the text.
"""

import re
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Captions = Literal["auto", "always", "never"]
"""When lyrics are written on a video."""
VIDEO_SIZES: dict[str, tuple[int, int]] = {
    "draft": (320, 180),
    "sd": (640, 360),
    "hd": (1280, 720),
    "full_hd": (1920, 1080),
}
"""Width and height in pixels of the 16:9 picture; 9:16 swaps them."""


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an OSError: a folder of zones, such as America
        raise ValueError("a time zone of the IANA list, such as UTC or Europe/Berlin") from None
    return name


def _database_url(url: str) -> str:
    # SQLAlchemy needs the driver's name; people copy the short form from their host's page.
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")
    return url


def _ray_address(address: str) -> str:
    if address != "auto" and not re.fullmatch(r"[\w.\-]+:\d{1,5}", address):
        raise ValueError("auto, or HOST:PORT of a running cluster, or empty for a Ray of its own")
    return address


def _bind_address(host: str) -> str:
    if host != "localhost":
        try:
            ip_address(host)
        except ValueError:
            raise ValueError("localhost or an IP address of this machine, such as 127.0.0.1") from None
    return host


def _or_none(names: tuple[str, ...]) -> tuple[str, ...]:
    return () if names == ("none",) else names


def _country(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValueError("country codes of two letters, such as US,GB,DE")
    return code


def _split_at_commas(value: object) -> object:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


CommaList = BeforeValidator(_split_at_commas)
Capitals = BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
Country = Annotated[str, Capitals, AfterValidator(_country)]
Rate = Annotated[float, Field(ge=0, le=1)]
Usd = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


def _hours(span: str) -> str:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", span.replace(" ", ""))
    if span != "none" and (found is None or max(map(int, found.groups())) > 23):
        raise ValueError("two hours from 0 to 23, such as 22-8, or none")
    return span.replace(" ", "")


class Group(BaseSettings):
    """Settings that belong together."""

    model_config = SettingsConfigDict(
        defer_build=True,
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    title: ClassVar[str]
    is_used: ClassVar[bool] = True
    """False where this version stores the settings and does not use them yet."""
    is_live: ClassVar[bool] = False
    """Whether people may change them while the label runs; the rest is read at its start."""
    is_reread: ClassVar[bool] = False
    """Whether the home's `.env` is read again for them, though nobody turns them in the console: keys of models."""


class Home(Group):
    """Where everything lives."""

    title: ClassVar[str] = "Home"

    home: Annotated[Path, Field(validation_alias="LABELMATE_HOME")] = Path("~/.labelmate")
    """Folder of the label: database, assets, releases, logs and this file. Set it in the environment only."""
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(None, repr=False)
    """sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME. Empty: SQLite in the home."""
    assets_url: str | None = Field(None, repr=False)
    """Folder or fsspec URL (file://, s3://BUCKET/PREFIX) for songs, covers and videos. Empty: in the home."""
    label_timezone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    """IANA time zone in which the label's days and months begin, for budgets and schedules."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Capitals] = "INFO"
    """How much the logs say."""
    disk_floor_mb: int = Field(1024, ge=0, le=10_000_000)
    """Making waits while less than this many megabytes are free."""
    rejected_media_days: int = Field(30, ge=0, le=3650)
    """Days after which a rejected song's media are deleted; rows and hashes stay."""


class Money(Group):
    """What may be spent."""

    title: ClassVar[str] = "Money"
    is_live: ClassVar[bool] = True

    budget_daily_usd: Usd = Decimal(5)
    """Most US dollars the whole label may spend in a day; 0 buys nothing."""
    budget_monthly_usd: Usd = Decimal(50)
    """Most US dollars the whole label may spend in a month; 0 buys nothing."""
    unpriced_max_usd_per_call: Usd | None = None
    """US dollars to reserve for a call whose price is unknown. Empty: such calls are refused."""
    bought_revisions_max: int = Field(0, ge=0, le=10)
    """Revisions of a song that may buy music again."""


class Approval(Group):
    """What people are asked."""

    title: ClassVar[str] = "Approval"
    is_live: ClassVar[bool] = True

    approval_deadline_h: float = Field(72, gt=0, le=8760)
    """Hours from its delivery, while the label is awake, until an undecided song is called overdue; it can still be decided."""
    undo_s: float = Field(10, ge=0, le=3600)
    """Seconds until a decision takes effect; until then it can be undone."""
    later_h: float = Field(4, gt=0, le=168)
    """Hours for which a song that a person puts off comes after the others."""
    autopilot_releases_per_week: int = Field(5, ge=0, le=10_000)
    """Songs that all artists' autopilots together may approve in seven days."""
    undecided_per_artist_max: int = Field(2, ge=1, le=1000)
    """Songs of one artist that may wait for a decision before it makes no more."""
    undecided_per_label_max: int = Field(12, ge=1, le=100_000)
    """Songs of all artists that may wait for a decision before nobody makes more."""


class Hours(Group):
    """When messages may come."""

    title: ClassVar[str] = "Hours of the day"
    is_live: ClassVar[bool] = True

    telegram_digest_hour: int = Field(9, ge=0, le=23)
    """Hour of the day, in LABEL_TIMEZONE, from which the one daily digest is sent."""
    quiet_hours: Annotated[str, AfterValidator(_hours)] = "22-8"
    """From which hour to which, in LABEL_TIMEZONE, previews and alerts wait; `none` for no such hours."""


class Song(Group):
    """How a song is made."""

    title: ClassVar[str] = "Song"
    is_live: ClassVar[bool] = True

    song_seconds: float = Field(120, ge=10, le=600)
    """Length of a song in seconds, where neither artist nor request say otherwise."""
    loudness_lufs: float = Field(-14.0, ge=-30, le=-9)
    """Integrated loudness of the master in LUFS."""
    sample_rate_hz: int = Field(44_100, ge=8_000, le=48_000)
    """Samples a second of everything the embedded engine renders."""
    music_providers: Annotated[tuple[str, ...], NoDecode, CommaList] = ()
    """Installed providers that may be bought from, most wanted first, separated by commas. Empty: the embedded engine."""
    on_outage: Literal["wait", "engine"] = "wait"
    """What a song does whose provider fails: wait for it, or take the embedded engine."""
    critic_threshold: Rate = 0.6
    """Critic's score, 0 to 1, from which a song is shown to people."""
    critic_max_revisions: int = Field(2, ge=0, le=10)
    """Times a song below the threshold is made anew before it is given up."""


class Video(Group):
    """How a video is made."""

    title: ClassVar[str] = "Video"
    is_live: ClassVar[bool] = True

    video_preset: Literal["draft", "sd", "hd", "full_hd"] = "hd"
    """Picture size: draft 320x180, sd 640x360, hd 1280x720, full_hd 1920x1080."""
    video_formats: Literal["16:9", "9:16", "all"] = "all"
    """Which full videos an approved song gets."""
    cover_px: int = Field(3000, ge=300, le=6000)
    """Width and height of a cover in pixels; shops ask for 3000."""
    video_fps: int = Field(30, ge=5, le=60)
    """Pictures a second."""
    video_captions: Captions = "auto"
    """Words on the picture: auto where a voice sings and its times are known, always (a lyric video), never."""
    video_encoder_preset: Literal[
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"
    ] = "superfast"
    """x264 preset: a slower one makes smaller files."""

    @property
    def video_aspects(self) -> tuple[str, ...]:
        """The formats one by one."""
        return ("16:9", "9:16") if self.video_formats == "all" else (self.video_formats,)

    @property
    def video_width(self) -> int:
        """Width in pixels of the 16:9 picture."""
        return VIDEO_SIZES[self.video_preset][0]

    @property
    def video_height(self) -> int:
        """Height in pixels of the 16:9 picture."""
        return VIDEO_SIZES[self.video_preset][1]


class Lifecycle(Group):
    """When an artist is promoted, evolved, paused or retired."""

    title: ClassVar[str] = "Lifecycle of artists"
    is_live: ClassVar[bool] = True

    roster_max: int = Field(5, ge=1, le=100_000)
    """Most artists that are not retired; the label creates none beyond it."""
    artist_creation_probability: Rate = 0.0
    """Chance, 0 to 1, that a lifecycle check creates an artist by itself."""
    lifecycle_check_interval_minutes: float = Field(360, gt=0, le=525_600)
    """Minutes between two checks of the whole roster."""
    lifecycle_profile: Literal["label", "original"] = "label"
    """Rules of lifecycle.yaml: label (persons' verdicts, proven rates, no retirement by itself) or original."""
    performance_evaluation_period_days: int | None = Field(None, ge=1, le=3650)
    """Days of outcomes that count. Empty, here and below: as the profile says."""
    min_runs_for_evaluation: int | None = Field(None, ge=1, le=10_000)
    """Decided songs in that period before an artist is judged at all."""
    evolution_poor_perf_approval_rate: Rate | None = None
    """Approval rate, 0 to 1, below which an artist evolves."""
    evolution_good_perf_approval_rate: Rate | None = None
    """Approval rate, 0 to 1, above which a candidate is a proven success."""
    pause_approval_rate_threshold: Rate | None = None
    """Approval rate, 0 to 1, below which an artist is paused."""
    pause_error_rate_threshold: Rate | None = None
    """Share of runs, 0 to 1, that failed by our own fault, above which an artist is paused."""
    pause_inactivity_days: int | None = Field(None, ge=1, le=3650)
    """Days without a run after which an artist is paused."""
    retirement_consecutive_rejections: int | None = Field(None, ge=1, le=1000)
    """Rejections in a row, by people, after which an artist retires."""
    retirement_paused_days: int | None = Field(None, ge=1, le=3650)
    """Days paused after which an artist retires."""
    retirement_failed_evolutions: int | None = Field(None, ge=1, le=100)
    """Evolutions without improvement after which an artist retires."""
    window_decisions: int | None = Field(None, ge=1, le=10_000)
    """At most so many of the latest verdicts are judged."""
    return_after_days: int | None = Field(None, ge=1, le=3650)
    """Days after which an artist that its verdicts paused is tried again."""
    retirement_window_decisions: int | None = Field(None, ge=1, le=10_000)
    """Latest verdicts since the last step up that make a career, on which retirement is proposed."""
    false_promotion_max: float | None = Field(None, gt=0, lt=1)
    """Chance of promoting wrongly within one window, 0 to 1."""
    false_evolution_max: float | None = Field(None, gt=0, lt=1)
    """Chance of evolving wrongly within one window, 0 to 1."""
    false_pause_max: float | None = Field(None, gt=0, lt=1)
    """Chance of pausing wrongly for the approval rate within one window, 0 to 1."""
    false_faults_max: float | None = Field(None, gt=0, lt=1)
    """Chance of pausing wrongly for failed runs within one window, 0 to 1."""
    false_retirement_max: float | None = Field(None, gt=0, lt=1)
    """Chance of proposing retirement wrongly in one career, 0 to 1."""
    on_consecutive_rejections: Literal["pause", "retire"] | None = None
    """What that many rejections in a row do: pause or retire."""
    audience_weight: Rate | None = None
    """What a released song's real audience counts in the lifecycle beside a verdict, 0 to 1; 0, the profiles' own, leaves it out."""
    auto_retire: bool | None = None
    """Whether rules retire by themselves. Otherwise, under the label profile, retirement is proposed to people."""
    experiment_promotion: Literal["person", "policy"] = "person"
    """Who ends an experiment: person, or policy, which promotes or stops by the rule."""
    ab_testing_enabled: bool = False
    """Whether planners try variants and learn which are approved."""


class Planning(Group):
    """What the label begins by itself."""

    title: ClassVar[str] = "Content plan"
    is_live: ClassVar[bool] = True

    plan_ahead_days: int = Field(28, ge=0, le=365)
    """Days for which each accepted artist's calendar is drawn and its songs begun. 0: songs are made when asked for."""


class Trends(Group):
    """What is in the air, and how far artists listen to it."""

    title: ClassVar[str] = "Trends"
    is_live: ClassVar[bool] = True

    trend_sources: Annotated[tuple[str, ...], NoDecode, CommaList, AfterValidator(_or_none)] = ("season",)
    """Sources to read, separated by commas: season asks nobody; listenbrainz, apple, deezer, google need no key. `none`: none."""
    trend_countries: Annotated[tuple[Country, ...], NoDecode, CommaList] = ("US", "GB", "DE", "JP", "BR")
    """Countries whose charts count, as ISO 3166 codes separated by commas."""
    trend_fresh_h: float = Field(24, ge=1, le=720)
    """Hours for which what was read of a source is not read again."""
    trend_calls_per_day: int = Field(100, ge=0, le=100_000)
    """Most requests a day to one source, all countries together."""


class Capacity(Group):
    """How much runs at once, and where."""

    title: ClassVar[str] = "Capacity and cluster"

    cycles_in_flight_max: int | None = Field(None, ge=1, le=100_000)
    """Songs in the making at once. Empty: derived from processors."""
    live_artists_max: int | None = Field(None, ge=1, le=100_000)
    """Artist actors alive on a node. Empty: derived from memory."""
    artist_idle_s: float = Field(300, ge=0, le=86_400)
    """Seconds an artist without work keeps its process; to wake it again takes about one."""
    lease_s: float = Field(60, ge=1, le=3600)
    """Seconds an artist's claim holds without renewal."""
    claims_without_progress_max: int = Field(5, ge=1, le=100)
    """Claims of a cycle that may end without a finished step before it is parked."""
    ray_address: Annotated[str, AfterValidator(_ray_address)] | None = None
    """auto or HOST:PORT of a running cluster. Empty: labelmate starts a Ray of its own."""
    ray_dashboard_port: int = Field(8265, ge=0, le=65_535)
    """Port of Ray's dashboard on 127.0.0.1."""


class Console(Group):
    """The console and the HTTP API beside it."""

    title: ClassVar[str] = "Console"

    console_host: Annotated[str, AfterValidator(_bind_address)] = "127.0.0.1"
    """Address on which console and API listen. Another than 127.0.0.1 needs CONSOLE_LOGINS, or API_TOKEN."""
    console_port: int = Field(7860, ge=0, le=65_535)
    """Port of console and API; a taken one is replaced by the next free one, 0 is any."""
    session_h: float = Field(12, gt=0, le=720)
    """Hours after which somebody who signed in has to do so again."""


class Trust(Group):
    """What models may read."""

    title: ClassVar[str] = "Trust"
    is_live: ClassVar[bool] = True

    share_reasons_with_models: bool = False
    """Whether hosted models may read why people turned earlier songs down, without their names."""


class Repairs(Group):
    """What the error-fixer is allowed to do about bugs in labelmate's own code."""

    title: ClassVar[str] = "Repairs"
    is_live: ClassVar[bool] = True

    patch_proposals_enabled: bool = False
    """Whether a model may be asked to mend a bug: it reads our code and the redacted trace, and its tests are run."""
    auto_fix_enabled: bool = False
    """Whether a patch whose tests passed is applied without asking, and taken back when its fault returns."""
    patches_per_day_max: int = Field(3, ge=0, le=100)
    """Patches asked for in a day without a person having asked."""
    patch_tests: Annotated[tuple[str, ...], NoDecode, CommaList] = ()
    """Tests that a patch has to pass, as paths of the checkout, separated by commas. Empty: those of the changed files."""
    patch_tests_s: float = Field(300, ge=5, le=3600)
    """Seconds that these tests may take."""
    patch_memory_mb: int = Field(4096, ge=512, le=1_000_000)
    """Megabytes of memory that these tests may take."""
