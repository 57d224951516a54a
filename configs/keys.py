"""Keys and addresses of services outside: stored, checked for their form, never shown."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from configs.knobs import CommaList, Group, Usd

PASSWORD_MIN_CHARS = 8
ALIAS_MAX_CHARS = 40
RESERVED = re.compile(r"(api|autopilot|label|(reviewer|telegram)-.*)", re.IGNORECASE)
"""Aliases under which the label itself, programs and people known otherwise stand in the audit trail."""


def _pasted_whole(key: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x21-\x7e]{8,}", key.get_secret_value()):
        raise ValueError("at least 8 characters, no spaces, as the vendor shows it")
    return key


_ADDRESS = re.compile(r"https?://(\[[\da-fA-F:.]+\]|[^\s/:?#@\[\]]+)(:\d{1,5})?(/\S*)?")
"""Scheme, host or [IPv6], port, path: what every HTTP client can read."""


def _web_address(url: str) -> str:
    if not _ADDRESS.fullmatch(url):
        raise ValueError("an address such as https://HOST/PATH or http://127.0.0.1:11434/v1")
    return url.rstrip("/")


def _model_name(name: str) -> str:
    if not re.fullmatch(r"[a-z_]+:\S+", name):
        raise ValueError("PROVIDER:MODEL, such as deepseek:deepseek-chat")
    return name


def _named_logins(logins: SecretStr) -> SecretStr:
    named = logins_of(logins)
    fit = [
        0 < len(alias) <= ALIAS_MAX_CHARS and len(password) >= PASSWORD_MIN_CHARS for alias, password in named
    ]
    if not named or not all(fit) or len(dict(named)) < len(named):
        raise ValueError(
            f"alias:password, several separated by commas, each alias once, passwords of at least "
            f"{PASSWORD_MIN_CHARS} characters without a comma"
        )
    if any(RESERVED.fullmatch(alias) for alias, _ in named):
        raise ValueError("other names than api, autopilot, label, reviewer-… and telegram-…, which are taken")
    return logins


def logins_of(logins: SecretStr | None) -> tuple[tuple[str, str], ...]:
    """Alias and password of everybody who may sign in, in the order given."""
    entries = logins.get_secret_value().split(",") if logins else []
    pairs = (entry.strip().partition(":") for entry in entries if entry.strip())
    return tuple((alias.strip(), password) for alias, _, password in pairs)


def _user_number(word: object) -> object:
    if not re.fullmatch(r"[0-9]+", str(word)):
        raise ValueError("whole numbers separated by commas")
    return word


Key = Annotated[SecretStr, AfterValidator(_pasted_whole)]
Logins = Annotated[SecretStr, AfterValidator(_named_logins)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
ModelName = Annotated[str, AfterValidator(_model_name)]
UserNumber = Annotated[int, BeforeValidator(_user_number)]
ModelNames = Annotated[tuple[ModelName, ...], NoDecode, CommaList]


class Access(Group):
    """Who may use the console and the API, where not everybody on this machine may."""

    title: ClassVar[str] = "Access"

    console_logins: Logins | None = None
    """Who may sign in, as alias:password separated by commas; the first is the owner, unless people were added."""
    api_token: Key | None = None
    """Token with which programs use the HTTP API, as `Authorization: Bearer`; it acts as the owner."""


class Models(Group):
    """Hosted or local language models for words, critique and reflection."""

    title: ClassVar[str] = "Language models"
    is_reread: ClassVar[bool] = True

    openai_api_key: Key | None = None
    """Key of OpenAI."""
    anthropic_api_key: Key | None = None
    """Key of Anthropic."""
    deepseek_api_key: Key | None = None
    """Key of DeepSeek."""
    gemini_api_key: Key | None = None
    """Key of Google Gemini."""
    grok_api_key: Annotated[
        Key | None, Field(validation_alias=AliasChoices("GROK_API_KEY", "XAI_API_KEY"))
    ] = None
    """Key of xAI's Grok; XAI_API_KEY is read too."""
    mistral_api_key: Key | None = None
    """Key of Mistral."""
    llm_base_url: WebAddress | None = None
    """Address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1 for Ollama."""
    llm_api_key: Key | None = None
    """Key of that server, if it asks for one."""
    llm_models: ModelNames = ()
    """Models as PROVIDER:MODEL, most wanted first. Empty: every provider whose key is set, by the models it lists."""
    lyrics_llm_models: ModelNames = ()
    """Models to ask first for lyrics, separated by commas."""
    reflection_llm_primary: ModelName | None = None
    """Model to ask first for critique and reflection, as PROVIDER:MODEL."""
    reflection_llm_fallbacks: ModelNames = ()
    """Models to ask after it, separated by commas."""
    reflection_max_tokens: int = Field(2000, ge=1, le=100_000)
    """Most tokens a reflection may have."""
    reflection_temperature: float = Field(0.6, ge=0, le=2)
    """Sampling temperature of a reflection, 0 to 2."""
    llm_routing: Literal["order", "cost", "latency"] = "order"
    """What decides between models that suit a task alike: their order, or what their calls have cost or taken."""
    llm_deadline_s: float = Field(120, ge=1, le=3600)
    """Seconds that hosted models may take for one answer, all attempts together; then the embedded writer answers."""
    llm_max_tokens: int = Field(4000, ge=100, le=100_000)
    """Most tokens of any other answer; what may be charged is reserved for as many."""
    lyrics_critique_rounds: int = Field(1, ge=0, le=5)
    """Times lyrics of a hosted model are criticised by a model, if possible another one, and written anew."""


class RepairModels(Group):
    """Language models for explaining and mending faults."""

    title: ClassVar[str] = "Language models for repairs"
    is_reread: ClassVar[bool] = True

    error_analysis_llm_primary: ModelName | None = None
    """Model that explains faults, as PROVIDER:MODEL."""
    error_analysis_llm_fallbacks: ModelNames = ()
    """Models to try after it, separated by commas."""
    error_analysis_llm_max_tokens: int = Field(1000, ge=1, le=100_000)
    """Most tokens an explanation may have."""
    error_analysis_llm_temperature: float = Field(0.5, ge=0, le=2)
    """Sampling temperature of an explanation, 0 to 2."""
    engineer_llm_primary: ModelName | None = None
    """Model that proposes patches, as PROVIDER:MODEL."""
    engineer_llm_fallbacks: ModelNames = ()
    """Models to try after it, separated by commas."""
    engineer_llm_max_tokens: int = Field(1500, ge=1, le=100_000)
    """Most tokens a patch may have."""
    engineer_llm_temperature: float = Field(0.3, ge=0, le=2)
    """Sampling temperature of a patch, 0 to 2."""


class MusicVendors(Group):
    """Those who make music elsewhere; MUSIC_PROVIDERS says which of them is asked."""

    title: ClassVar[str] = "Hosted music"

    suno_api_key: Key | None = None
    """Key of a Suno gateway; one that you host yourself needs none."""
    suno_base_url: WebAddress | None = None
    """Address of that gateway; Suno itself publishes none."""
    suno_dialect: Literal["sunoapi", "apibox", "gcui"] = "sunoapi"
    """How the gateway speaks: as sunoapi.org, as apibox.erweima.ai, or as gcui-art/suno-api."""
    suno_model: str | None = None
    """Model to ask for, such as V5 or chirp-v4. Empty: the dialect's own."""
    suno_usd_per_job: Usd | None = None
    """US dollars that one order of two songs costs there; 0 where it is in your plan. Empty: unknown."""
    ace_step_base_url: WebAddress | None = None
    """Address of an ACE-Step 1.5 server of your own, such as http://127.0.0.1:8001."""
    ace_step_api_key: Key | None = None
    """Its key, if it asks for one."""
    elevenlabs_api_key: Key | None = None
    """Key of ElevenLabs."""
    elevenlabs_base_url: WebAddress = "https://api.elevenlabs.io"
    """Address of ElevenLabs."""
    elevenlabs_model: str = "music_v1"
    """Music model of ElevenLabs."""
    elevenlabs_usd_per_minute: Usd | None = None
    """US dollars a minute of music by your plan. Empty: unknown."""
    replicate_api_token: Key | None = None
    """Token of Replicate."""
    replicate_base_url: WebAddress = "https://api.replicate.com"
    """Address of Replicate."""
    replicate_musicgen_version: str = (
        "671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb"  # pragma: allowlist secret
    )
    """Version of meta/musicgen there."""
    replicate_usd_per_job: Usd | None = None
    """US dollars that thirty seconds of music cost there at most. Empty: unknown."""


class FootageVendors(Group):
    """Stock footage."""

    title: ClassVar[str] = "Stock footage"
    is_reread: ClassVar[bool] = True

    pexels_api_key: Key | None = None
    """Key of Pexels: videos are cut from its footage, and credit it."""
    pexels_base_url: WebAddress = "https://api.pexels.com"
    """Address of Pexels."""
    pixabay_api_key: Key | None = None
    """Key of Pixabay: asked for what Pexels has too little of."""
    pixabay_base_url: WebAddress = "https://pixabay.com"
    """Address of Pixabay."""


class Telegram(Group):
    """Approvals by Telegram."""

    title: ClassVar[str] = "Telegram"

    telegram_bot_token: Key | None = None
    """Token from @BotFather. `labelmate telegram link` then tells how a person joins."""
    telegram_chat_id: int | None = None
    """A chat that receives previews without having been linked; groups have a negative number."""
    telegram_reviewers: Annotated[tuple[UserNumber, ...], NoDecode, CommaList] = ()
    """Numbers of users who may decide without having been linked, as `telegram-NUMBER`, separated by commas."""
    telegram_api_base_url: WebAddress = "https://api.telegram.org"
    """Address of the Bot API; a server of one's own takes larger files."""
    telegram_webhook_url: WebAddress | None = None
    """Public https address at which Telegram brings its updates. Empty: the bot fetches them itself."""
    telegram_webhook_port: int = Field(8443, ge=0, le=65_535)
    """Port on 127.0.0.1 to which that address leads; 0 takes a free one."""


class AudienceServices(Group):
    """Where the numbers of listeners are read."""

    title: ClassVar[str] = "Keys of listeners' numbers"
    is_reread: ClassVar[bool] = True

    youtube_api_key: Key | None = None
    """Key of the YouTube Data API: once a week it tells views and likes of songs linked to a video; these numbers are kept for 30 days."""
    youtube_base_url: WebAddress = "https://www.googleapis.com"
    """Address of that API."""
    listenbrainz_token: Key | None = None
    """User token of ListenBrainz: the same of listens and listeners of recordings."""
    listenbrainz_base_url: WebAddress = "https://api.listenbrainz.org"
    """Address of ListenBrainz."""


class TrendSources(Group):
    """Where trends are read."""

    title: ClassVar[str] = "Keys of trends"

    x_bearer_token: Key | None = None
    """Bearer token of X, for counts of posts."""
    x_base_url: WebAddress = "https://api.x.com"
    """Address of X."""
    x_usd_per_call: Usd | None = None
    """US dollars that one count costs there. Empty: unknown, and then X is not asked."""
    chartmetric_refresh_token: Key | None = None
    """Refresh token of Chartmetric."""
    lastfm_api_key: Key | None = None
    """Key of Last.fm."""
    spotipy_client_id: Key | None = None
    """Client id of a Spotify app."""
    spotipy_client_secret: Key | None = None
    """Client secret of that app."""
