"""The core types, in the order in which a song meets them.

Everything here is frozen and crosses process boundaries as itself: small typed values and `Asset`
references, never bytes. Units stand in the names; times are aware UTC and end in `_at`.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Literal, NamedTuple, NewType, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

ArtistId = NewType("ArtistId", str)
CycleId = NewType("CycleId", str)
T = TypeVar("T")
Text60 = Annotated[str, Field(min_length=1, max_length=60)]
Unit = Annotated[float, Field(ge=0, le=1)]
Bipolar = Annotated[float, Field(ge=-1, le=1)]
TAIL_S = 2.5
"""Time after the last bar of a song whose length nobody asked for."""


class Frozen(BaseModel):
    """An immutable value: a change is a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ---------------------------------------------------------------- who


class LifecycleState(StrEnum):
    CANDIDATE = "candidate"
    ACTIVE = "active"
    EVOLVING = "evolving"
    PAUSED = "paused"
    RETIRED = "retired"


class VisualIdentity(Frozen):
    """What makes an artist's pictures theirs. It never evolves."""

    palette: str
    """A name in configs/palettes.yaml."""
    display_font: str
    text_font: str
    compositions: tuple[str, ...]
    """Cover compositions, most preferred first."""
    scenes: tuple[str, ...]
    """Visualizer scenes, most preferred first."""
    emblem: str
    motion: Unit
    """0 is still and slow, 1 is restless."""
    grain: Unit
    motion_style: str = "glide"
    """How the light behind the scenes moves, and how they change: a name in `agents/visuals/identity.py`."""


class VocalIdentity(Frozen):
    """The voice that is asked of those who sing; the embedded engine sings nothing. It never evolves."""

    gender: Literal["", "female", "male"] = ""
    """Empty leaves it to the vendor."""
    timbre: str = ""
    """Such as `breathy` or `warm baritone`."""
    vendor_personas: dict[str, str] = Field(default_factory=dict)
    """A vendor's own id of this voice, by the vendor's name: `suno`."""


class SoundDna(Frozen):
    """What makes an artist's songs sound like theirs (agents/music/dna.py). It evolves, by one small step at a time."""

    instruments: dict[str, str]
    """Who plays each part, of the engine's stock: melody, counter, chords, pad, arpeggio, bass; and the kit."""
    syncopation: float
    """How readily a melody strikes off the beat, 0.3 to 1.6."""
    leaps: Unit
    """Share of a melody's steps that are leaps."""
    motif_seeds: tuple[int, ...]
    """Of the motifs that melodies grow from, sparse ones first."""


class NameSearch(Frozen):
    """A person's own search for others of an artist's name: what no offline list can do."""

    by: str
    at: datetime
    found: str


class Cadence(Frozen):
    """How often an artist makes and posts, for its content plan."""

    days_per_song: Annotated[int, Field(ge=1, le=365)] = 7
    teasers_per_song: Annotated[int, Field(ge=0, le=7)] = 2
    posts_per_week: Annotated[int, Field(ge=0, le=7)] = 3


class Persona(Frozen):
    """A virtual artist's identity; name, voice, look and language never evolve."""

    name: str
    genre: str
    secondary_genres: tuple[str, ...] = ()
    language: str = "en"
    tagline: str
    backstory: str
    lyrical_voice: str
    themes: tuple[str, ...]
    moods: tuple[str, ...]
    audience: str
    influences: tuple[str, ...] = ()
    """Styles and eras, never the names of real people."""
    visual: VisualIdentity
    vocal: VocalIdentity = VocalIdentity()
    sound: SoundDna | None = None
    """None for artists of before it was on record: what their signature gives."""
    signature_seed: int
    """Picks the artist's own instrument stock, motif stock and emblem."""
    cadence: Cadence = Cadence()
    trend_adaptability: Unit = 0.5
    """How far it listens to what is in the air: 0 not at all."""
    platforms: tuple[str, ...] = ("tiktok", "threads", "youtube_shorts")
    """Where it is heard of, names of configs/posts.yaml; the content plan takes them in turn."""
    calls_to_action: tuple[str, ...] = ("Listen with headphones.", "Follow for the next one.")
    """What posts ask for; the content plan takes them in turn."""
    name_search: NameSearch | None = None
    """None: nobody has searched yet, as somebody must before a first release."""
    pinned: tuple[str, ...] = ()
    """Genes, and `sound` and `style_notes`, that never change by themselves."""
    leanings: tuple[str, ...] = ()
    """What trends moved of it when it was drafted, one line each."""
    avatar_sha256: str | None = None
    """The asset that shows the artist: drawn from the visual identity, or given by a person."""
    logo_sha256: str | None = None
    """The asset of the name beside the emblem."""
    source: str
    """What made this persona: `offline` or provider:model."""


class PersonaWish(Frozen):
    """What a person fixes of an artist; None leaves it to the creator, or as it is."""

    name: Annotated[str, Field(min_length=2, max_length=32)] | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")] | None = None
    """BCP 47, such as en or pt-BR."""
    tagline: Annotated[str, Field(min_length=1, max_length=240)] | None = None
    backstory: Annotated[str, Field(min_length=1, max_length=2400)] | None = None
    lyrical_voice: Annotated[str, Field(min_length=1, max_length=240)] | None = None
    themes: Annotated[tuple[Text60, ...], Field(min_length=1, max_length=8)] | None = None
    moods: Annotated[tuple[Text60, ...], Field(min_length=1, max_length=6)] | None = None
    audience: Annotated[str, Field(min_length=1, max_length=240)] | None = None
    influences: Annotated[tuple[Text60, ...], Field(max_length=6)] | None = None
    platforms: Annotated[tuple[Text60, ...], Field(max_length=8)] | None = None
    calls_to_action: Annotated[tuple[Text60, ...], Field(max_length=8)] | None = None
    cadence: Cadence | None = None
    trend_adaptability: Unit | None = None
    pinned: tuple[Text60, ...] | None = None

    def given(self) -> dict[str, object]:
        """The fields that are fixed, as values of a persona."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


NOTHING_FIXED = PersonaWish()


class Genes(Frozen):
    """The numbers that evolve, by small bounded steps. 0.5 (or 0 for `tempo_bias`) is the genre's middle."""

    tempo_bias: Bipolar = 0.0
    """Where in the genre's tempo band: −1 its slow end, 1 its fast end."""
    brightness: Unit = 0.5
    """Timbre: 0 dark, 1 bright."""
    darkness: Unit = 0.5
    """Harmony: 0 prefers the genre's brightest mode, 1 its darkest."""
    density: Unit = 0.5
    """Notes a bar."""
    energy: Unit = 0.5
    swing: Unit = 0.5
    """0 straight, 0.5 as the genre's table says, 1 half as much again."""
    width: Unit = 0.5
    """Stereo image: 0 close to mono, 0.5 as the genre's table says, 1 as wide as a small speaker bears."""
    hook_density: Unit = 0.5
    """How often the hook returns, in melody and words."""
    adventurousness: Unit = 0.5
    """How far plans stray from what was approved before."""
    temperature: Unit = 0.5
    """How freely a language model words its songs: 0 strictly, 0.5 as the model does by itself, 1 wildly. No listener's axis."""


class GeneEdit(Frozen):
    """One small step of a gene, and why."""

    gene: str
    delta: float = Field(ge=-0.2, le=0.2)
    because: str


class AutopilotPolicy(Frozen):
    """What an artist's autopilot may approve by itself, and when it gives the wheel back to people."""

    min_score: Unit = 0.8
    """Critic's score from which a song is approved; below it, people are asked."""
    releases_per_week: Annotated[int, Field(ge=0, le=100)] = 1
    """Songs of this artist that it may approve in seven days."""
    stop_after_rejections: Annotated[int, Field(ge=1, le=100)] = 2
    """Rejections by persons since it was switched on, after which it switches itself off."""
    stop_after_errors: Annotated[int, Field(ge=1, le=100)] = 3
    """Songs since then that failed by our own fault, after which it switches itself off."""
    stop_at_usd: Annotated[Decimal, Field(ge=0)] = Decimal(5)
    """US dollars spent on the artist since then, at which it switches itself off."""


class Artist(Frozen):
    """An artist's row, as the rest of the system sees it."""

    id: ArtistId
    slug: str
    persona: Persona
    genes: Genes
    style_notes: str = ""
    state: LifecycleState
    version: int
    autopilot: bool = False
    autopilot_policy: AutopilotPolicy | None = None
    autopilot_since: datetime | None = None
    created_at: datetime
    accepted_at: datetime | None = None
    """When a person took it on: until then its content plan is not followed."""
    planned_until: date | None = None
    """Last day for which its content plan was drawn."""
    last_run_at: datetime | None = None
    paused_at: datetime | None = None
    pause_reason: str | None = None


# ---------------------------------------------------------------- the content plan


class PieceKind(StrEnum):
    """What a day of the content plan holds."""

    SONG = "song"
    TEASER = "teaser"
    POST = "post"


class PlannedPiece(Frozen):
    """One thing for one day, as the publicist draws it or a person writes it."""

    day: date
    """In the label's time zone."""
    kind: PieceKind
    platform: str = ""
    """A name of configs/posts.yaml; empty for a song."""
    text: str = ""
    """What a person posts; `{title}` becomes the song's title, once it has one."""
    call_to_action: str = ""
    theme: str | None = None
    """Of a song: what it is to be about. None leaves it to the planner."""
    title: str | None = None


# ---------------------------------------------------------------- trends


class TrendTerm(Frozen):
    """What one source says of one term of our own vocabulary."""

    kind: Literal["genre", "mood", "theme", "tempo"]
    term: str
    score: Unit
    source: str
    country: str = ""
    """ISO 3166, two letters; empty for the world."""
    at: datetime
    """When it was read."""


class Trend(Frozen):
    """A term as all sources together have it."""

    kind: Literal["genre", "mood", "theme", "tempo"]
    term: str
    score: Unit
    sources: tuple[str, ...]
    age_h: float
    """Of the newest reading."""

    def __str__(self) -> str:
        return f"{self.kind} {self.term!r} at {self.score:.2f} ({', '.join(self.sources)}, {self.age_h:.0f} h old)"


# ---------------------------------------------------------------- plan, write


class Brought(Frozen):
    """A recording that was made elsewhere, and what its bringer says of it."""

    sha256: str
    media_type: str
    licence: str
    ai_role: Literal["human", "assisted", "generated"]
    """How much of it a model made."""
    words: str = ""
    """Lyrics, a line each, sections under tags such as `[Chorus]`; empty for an instrumental."""


class SectionSpec(Frozen):
    """One section of a form: its name and its length in bars of four beats."""

    name: str
    """intro, verse, pre, chorus, bridge, drop, break or outro."""
    bars: int = Field(gt=0)


class SongRequest(Frozen):
    """What a person or the schedule asked for; empty fields are the planner's to fill."""

    seed: int
    seconds: float | None = None
    theme: str | None = None
    title: str | None = None
    tempo_bpm: float | None = None
    key: str | None = None
    """Tonic, for instance `F#`."""
    mode: str | None = None
    mood: str | None = None
    form: tuple[SectionSpec, ...] | None = None
    density: float | None = None
    """How much is played, 0 to 1."""
    energy: float | None = None
    """How driven it is, 0 to 1."""
    formats: tuple[str, ...] = ("16:9",)
    recording: Brought | None = None
    """A recording that a person brought: the song starts at *produce*."""


class DrawnLesson(Frozen):
    """What one song's reflection teaches about the next ones."""

    key: str
    """What it is about, by which the same lesson of another song is known: `energy/up`, `words/rhyme_share`."""
    about: Literal["music", "words"]
    text: str
    step: float = 0.0
    """Of music: how far the gene named in the key is to move."""


class KnownLesson(DrawnLesson):
    """A lesson with its evidence: each song that taught it counts, and fades."""

    songs: int
    """Songs that taught it."""
    evidence: float
    """Their number, each fading by half in `HALF_LIFE_DAYS` (storage/lessons.py)."""
    is_absorbed: bool = False
    """Of music: the genes have moved by it, and have not moved back."""

    def __str__(self) -> str:
        of = f"{self.songs} song{'s' if self.songs > 1 else ''}, weight {self.evidence:.1f}"
        return f"{self.text} ({of}{', in the genes by now' if self.is_absorbed else ''})"


class Brief(Frozen):
    """Everything a song is made from: the same brief makes the same song."""

    seed: int
    artist_name: str
    genre: str
    title: str
    theme: str
    mood: str
    tempo_bpm: float = Field(ge=40, le=220)
    key: str
    """Tonic as one of C C# D D# E F F# G G# A A# B."""
    mode: str
    """major, minor, dorian, mixolydian, phrygian …"""
    form: tuple[SectionSpec, ...]
    tail_s: float = Field(default=TAIL_S, gt=0)
    """Time after the last bar in which the last notes die away; with it a song lasts as long as was asked."""
    energy: Unit
    density: Unit
    brightness: Unit
    swing: Unit
    width: Unit = 0.5
    hook_density: Unit
    temperature: Unit = 0.5
    """The artist's, for whoever writes the words."""
    is_tempered: bool = False
    """Whether a model wrote this brief that takes a temperature."""
    signature_seed: int
    sound: SoundDna | None = None
    arm_id: str | None = None
    lessons: tuple[KnownLesson, ...] = ()
    """What earlier songs taught, as the planner and the lyricist knew it."""
    trends: tuple[Trend, ...] = ()
    """What the planner knew to be in the air; its reasons tell which of it moved what."""
    trying: tuple[GeneEdit, ...] = ()
    """The change of the artist that is on trial with this song."""
    music_prompt_prefix: str = ""
    """What those who make music elsewhere are told first; the embedded engine reads no prompt."""
    cover_composition: str | None = None
    """In place of the artist's own choice."""
    reasons: tuple[str, ...] = ()
    """Why the planner chose so: memory, experiment, trend or critic, one line each."""
    source: str

    @property
    def bar_s(self) -> float:
        """Length of one 4/4 bar."""
        return 240.0 / self.tempo_bpm

    @property
    def duration_s(self) -> float:
        """Length of the form, without the tail."""
        return sum(section.bars for section in self.form) * self.bar_s


class LyricSection(Frozen):
    """The words of one section of the form, in form order."""

    section: str
    position: int
    """Index of the section in the brief's form."""
    lines: tuple[str, ...]


class Lyrics(Frozen):
    title: str
    hook: str
    """The line that returns."""
    sections: tuple[LyricSection, ...]
    language: str = "en"
    explicit: bool = False
    is_stand_in: bool = False
    """By the embedded writer, where a model was chosen and did not answer."""
    source: str


# ---------------------------------------------------------------- compose, produce


class PlannedSection(Frozen):
    name: str
    start_s: float
    end_s: float
    bars: int
    energy: Unit


class PlannedChord(Frozen):
    symbol: str
    start_s: float
    end_s: float


class PlannedLine(Frozen):
    text: str
    section: str
    start_s: float
    end_s: float
    syllables_s: tuple[float, ...] = ()
    """When each syllable sounds; empty where there is not a note for each, and in plans of before."""


class SongPlan(Frozen):
    """The ground truth of a song's time: video, captions and checks all read it (plan.json)."""

    title: str
    artist_name: str
    genre: str
    tempo_bpm: float
    key: str
    mode: str
    duration_s: float
    """Whole audio, tail included."""
    sections: tuple[PlannedSection, ...]
    beats_s: tuple[float, ...]
    bars_s: tuple[float, ...]
    chords: tuple[PlannedChord, ...]
    lyric_lines: tuple[PlannedLine, ...]
    has_line_times: bool = True
    """False where nobody knows when the lines are sung, and they are merely spread over the song."""
    kicks_s: tuple[float, ...] = ()
    has_vocals: bool = False
    fingerprint: str = ""
    """Of the finished recording (agents/music/fingerprint.py), where the plan is kept beside it; empty in plans of before."""
    source: str


class Note(Frozen):
    start_s: float
    duration_s: float
    pitch: int
    """MIDI note number."""
    velocity: Unit


class Hit(Frozen):
    start_s: float
    sound: str
    """kick, snare, clap, hat, open_hat, shaker, tom, crash, rim, riser …"""
    velocity: Unit


class Score(Frozen):
    """What is played: pitched parts by name (melody, counter, bass, chords, arpeggio …) and drum hits."""

    parts: dict[str, tuple[Note, ...]]
    drums: tuple[Hit, ...]


class Clearance(StrEnum):
    CLEARED = "cleared"
    NEEDS_PERSON = "needs_person"
    BLOCKED = "blocked"


class Asset(Frozen):
    """A file, addressed by its content; its row tells where it came from."""

    sha256: str
    kind: str
    """score, plan, wav, flac, mp3, cover, preview, video, lyrics …"""
    media_type: str
    size_bytes: int
    parents: tuple[str, ...] = ()
    tool: str
    """What made it, with its version."""
    provider: str = "embedded"
    licence: str = "label-owned"
    clearance: Clearance = Clearance.NEEDS_PERSON
    ai_role: str = "generated"
    seed: int | None = None
    cost_usd: Decimal = Decimal(0)
    facts: dict[str, float | int | str] = Field(default_factory=dict)
    """Measured on the file: duration_s, width, height, loudness_lufs …"""


class Takes(Frozen, Generic[T]):
    """What a step made of each take of a song: one of our own, two or more of some providers."""

    each: tuple[T, ...] = Field(min_length=1)

    @property
    def first(self) -> T:
        return self.each[0]

    @model_validator(mode="before")
    @classmethod
    def _of_one(cls, data: object) -> object:
        """Songs of before there were takes recorded the one value by itself."""
        return {"each": [data]} if isinstance(data, dict) and "each" not in data else data


class Composition(Frozen):
    """A composed song: the score to be rendered (embedded), or the recording that a provider or a person made."""

    plan: SongPlan
    plan_asset: Asset
    score: Asset | None = None
    recording: Asset | None = None
    melody_grams: tuple[str, ...] = ()
    """Interval 4-grams of the melody, by which later songs are kept from repeating it."""
    source: str

    @model_validator(mode="before")
    @classmethod
    def _first_recording(cls, data: object) -> object:
        """Earlier songs recorded all of a provider's takes here, with the plan of the first."""
        if isinstance(data, dict) and "takes" in data:
            takes = data["takes"]
            data = {name: value for name, value in data.items() if name != "takes"}
            return data | {"recording": takes[0] if takes else None}
        return data

    @property
    def origin(self) -> Asset:
        """What it is produced from: the plan itself, where nothing else is on record."""
        return self.score or self.recording or self.plan_asset


class Master(Frozen):
    """A finished recording and what was measured on it."""

    wav: Asset
    flac: Asset
    mp3: Asset
    facts: Asset
    """Everything that was measured on it, as JSON (agents/music/analysis.py, `AudioFacts`): the critic's ears."""
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    tempo_bpm: float
    """As measured, in the octave nearest to the plan."""
    key: str
    mode: str
    sound: tuple[float, ...] = ()
    """Its similarity vector (agents/music/resemblance.py); nothing for what is too short, and on masters of before."""
    source: str


# ---------------------------------------------------------------- criticise, paint, reflect


class Severity(StrEnum):
    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    BLOCKER = "blocker"


class ParameterChange(Frozen):
    """A change of one brief or gene parameter, as a signed step."""

    parameter: str
    """A gene, or `draft`: the same plan drawn anew, for what no number steers."""
    delta: float


class Finding(Frozen):
    """One measured fact that missed, or met, its target."""

    metric: str
    value: float
    target: str
    severity: Severity
    text: str
    change: ParameterChange | None = None


class Critique(Frozen):
    """The critic's verdict: measured defects and fit to the brief, not beauty."""

    score: Unit
    passed: bool
    threshold: Unit
    findings: tuple[Finding, ...]
    feedback: str
    beside: tuple[str, ...] = ()
    """Cycles of other artists' songs that it was compared with."""
    source: str


TAKEN = (Takes[Composition], Takes[Master], Takes[Critique])
"""Named at the module's own level: only such forms of a generic model can be pickled by name, in any process."""


class Take(Frozen):
    """One recording of a song and the critic's word on it: what people may choose."""

    song: Composition
    master: Master
    critique: Critique


class FootageClip(Frozen):
    """A clip of somebody else's, in one song's pictures."""

    asset: Asset
    """Its facts name author, page and attribution."""
    is_lively: bool = False
    """For the song's heights."""


class Footage(Frozen):
    """The clips for a song's pictures of one orientation."""

    clips: tuple[FootageClip, ...] = ()
    note: str = ""
    """Why there are none or few: the visualizer draws what no footage is there for."""

    @property
    def source(self) -> str:
        """Who lent the clips: `pexels`, or `pexels+pixabay`."""
        return "+".join(sorted({clip.asset.provider for clip in self.clips}))


class Artwork(Frozen):
    cover: Asset
    thumbnail: Asset
    preview: Asset
    """Of the take it belongs to; of several, of the one the critic prefers."""
    other_previews: tuple[Asset, ...] = ()
    """Of the takes after it."""
    footage: Footage | None = None
    """What the previews are cut from; None where nobody was asked for any."""

    def of_take(self, number: int) -> "Artwork":
        """The pictures of one take, counted from 1."""
        preview = (self.preview, *self.other_previews)[number - 1]
        return self.model_copy(update={"preview": preview, "other_previews": ()})


class Reflection(Frozen):
    summary: str
    keep: tuple[str, ...]
    change: tuple[str, ...]
    edits: tuple[GeneEdit, ...]
    style_note: str
    """One sentence added to the artist's notes."""
    source: str


# ---------------------------------------------------------------- ask, film, package, learn


class Outcome(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED_PROVIDER = "failed_provider"
    FAILED_INTERNAL = "failed_internal"
    CANCELLED = "cancelled"


class DeciderKind(StrEnum):
    PERSON = "person"
    AUTOPILOT = "autopilot"
    POLICY = "policy"


class Redo(StrEnum):
    """What a person sends a song back for; everything else stays as it was heard and seen."""

    TITLE = "title"
    LYRICS = "lyrics"
    COVER = "cover"
    VIDEO = "video"
    SONG = "song"
    """All of it, from the plan on: the only one that buys music again."""


class SongEdits(Frozen):
    """Words that a person put in place of the artist's, with an approval."""

    title: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    lines: tuple[str, ...] | None = None
    """Every lyric line, in order; as many as there were, because each one has its time."""


class Verdict(Frozen):
    """A decision on one (cycle, revision, take)."""

    outcome: Literal[Outcome.APPROVED, Outcome.REJECTED, Outcome.EXPIRED] | None
    """None: the song is sent back, to be asked about again."""
    decided_by: DeciderKind
    who: str
    """An alias of the person, or the policy's name."""
    surface: str
    """console, telegram, cli, api, autopilot, policy."""
    take: int = 1
    reason: str = ""
    decided_at: datetime
    redo: Redo | None = None
    edits: SongEdits | None = None

    @property
    def teaches(self) -> bool:
        """Whether it says what people like: a person's yes or no, and not that a song was given up."""
        return self.decided_by == DeciderKind.PERSON and self.outcome in (Outcome.APPROVED, Outcome.REJECTED)


class Video(Frozen):
    asset: Asset
    aspect: str
    width: int
    height: int


class Films(Frozen):
    videos: tuple[Video, ...]
    footage: tuple[Footage, ...] = ()
    """What they are cut from, where anybody was asked for some."""


class Release(Frozen):
    """A release bag on disk."""

    id: str
    title: str
    directory: str
    """Relative to the releases folder."""
    manifest_sha256: str


class Lesson(Frozen):
    """What the artist takes from one cycle."""

    outcome: Outcome
    score: float | None
    text: str
    edits: tuple[GeneEdit, ...] = ()


# ---------------------------------------------------------------- how it was received


class AudienceRow(Frozen):
    """One number of real listeners for one song, as a file has it."""

    title: str
    source: str
    """spotify_for_artists, youtube_studio or distributor."""
    metric: str
    """streams, listeners, saves, views, watch_hours, likes, followers or earnings_usd."""
    value: float
    file_sha256: str


# ---------------------------------------------------------------- how it is run


class Cause(StrEnum):
    """Why the rules move an artist; stored as the pause's reason."""

    APPROVAL = "approval"
    FAULTS = "faults"
    REJECTIONS = "rejections"
    IDLE = "idle"
    PAUSED_LONG = "paused_long"
    EVOLUTIONS = "evolutions"


class AudienceEvidence(NamedTuple):
    """What real listeners say of one artist's songs, under the same conditions as verdicts; nothing where it is not asked for."""

    songs: int = 0
    """Released songs whose audience is known."""
    outcomes: float = 0.0
    """Their sum, 0 to 1 each (agents/audience/outcome.py)."""
    career_songs: int = 0
    career_outcomes: float = 0.0
    sources: tuple[str, ...] = ()
    """Whose numbers these are; real listeners' alone."""


UNHEARD = AudienceEvidence()


class Evidence(NamedTuple):
    """What is known of an artist at a check; no model, because a sweep makes one for each of any number of artists.

    Counts are of the profile's window and begin again after every move, so that no song is judged twice. Expired,
    cancelled and providers' failures count nowhere.
    """

    approved: int = 0
    rejected: int = 0
    """By the deciders that are asked for."""
    errors: int = 0
    """Cycles that ended `failed_internal`; no other failure counts against anybody."""
    consecutive_rejections: int = 0
    """By the same deciders, unbroken until now, window or not; a move ends the streak."""
    idle_days: int = 0
    """Days since the last run, or since creation for one that never ran, on which the label could have made a song."""
    paused_days: int = 0
    """Whole days since the pause began; 0 unless paused."""
    failed_evolutions: int = 0
    """Evolutions that failed since the last one that worked."""
    runs_since_evolution: int | None = None
    """Decided and faulty cycles that began after the last change; nothing if there was none."""
    career_approved: int = 0
    career_rejected: int = 0
    """Verdicts since the last step up (promoted, evolved, resumed by a person), pauses and returns included."""
    pause_cause: Cause | None = None
    """Why the rules paused it; nothing if a person did, or while it works."""
    open_faults: int = 0
    """Error groups that this artist ran into and nobody has resolved; one that is dismissed is not mended."""
    audience: AudienceEvidence = UNHEARD

    @property
    def runs(self) -> int:
        return self.approved + self.rejected + self.errors

    @property
    def error_rate(self) -> float:
        return self.errors / self.runs if self.runs else 0.0


class CycleStep(StrEnum):
    """A song's steps, in order."""

    PLAN = "plan"
    WRITE = "write"
    COMPOSE = "compose"
    PRODUCE = "produce"
    CRITICISE = "criticise"
    PAINT = "paint"
    REFLECT = "reflect"
    ASK = "ask"
    FILM = "film"
    PACKAGE = "package"
    LEARN = "learn"


class CycleState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    """For a person's decision; it holds no actor."""
    PARKED = "parked"
    """For an operator: an outcome is unknown or progress stopped."""
    DEFERRED = "deferred"
    """For money, disk or a provider, until `due_at`."""
    ENDED = "ended"


class EffectPolicy(StrEnum):
    """What may be assumed of a side effect whose outcome was not seen."""

    LOCAL = "local"
    """No effect outside this step's own files: repeat freely."""
    KEYED = "keyed"
    """The provider honours our idempotency key: repeat with the same key."""
    LOOKUP = "lookup"
    """The provider can be asked whether a key was submitted: ask first."""
    AT_MOST_ONCE = "at_most_once"
    """It cannot: an unknown outcome parks for an operator."""
    AT_LEAST_ONCE = "at_least_once"
    """A repeat is harmless to the receiver (a message with a de-duplicating key)."""


class StepStatus(StrEnum):
    INTENT = "intent"
    SUBMITTED = "submitted"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class MadePiece(Frozen):
    """What memory tells of an earlier song of this artist."""

    title: str
    theme: str
    mood: str
    tempo_bpm: float
    key: str
    mode: str
    outcome: str
    score: float | None = None
    lesson: str = ""
    hook: str = ""
    numbers: dict[str, float] = Field(default_factory=dict)
    """What it was made with, by gene and in the genes' own terms; nothing in songs of before."""
    melody_hash: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    sound: tuple[float, ...] = ()
    """The recording's similarity vector; nothing in songs of before."""


class OthersSong(Frozen):
    """A song of another artist, which a new one must not be too near to."""

    cycle_id: str
    artist: str
    piece: MadePiece


class Remark(Frozen):
    """Why a person turned a song down or sent it back; it does not tell who."""

    title: str
    verdict: str
    """`rejected`, or the part that was to be made anew."""
    words: str


class Event(Frozen):
    """One line of the append-only log."""

    seq: int
    kind: str
    artist_id: str | None
    cycle_id: str | None
    epoch: int | None
    body: dict[str, object]
    at: datetime
