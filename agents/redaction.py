"""Taking secrets and people's names for themselves out of text before it is stored, shown or sent."""

import hashlib
import re

HIDDEN = "[redacted]"

_NAMED_KEY = (
    r"(?:api[_-]?key|apikey|secret|token(?!s)|password|passwd|pwd|credential|access[_-]?key|signature)"
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Repeats are bounded where they may start anywhere: a long message must not take quadratic time.
        # Whole blocks first, so that no later rule leaves half of one.
        (r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", HIDDEN),
        (r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}", HIDDEN),  # Telegram bot token, also behind /bot
        (r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://)[^/\s@'\"]+@", rf"\1{HIDDEN}@"),  # scheme://user:password@
        (
            r"(?i)(\bauthorization[\"']?\s*[:=]\s*[\"']?)(?:(basic|bearer|token|digest)\s+)?[^\s\"',;\[]+",
            rf"\1{HIDDEN}",
        ),
        (r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/=-]{6,}", rf"\1{HIDDEN}"),
        (r"(?i)([?&](?:key|sig|auth|code|x-amz-[a-z-]+)=)[^&\s#\"']+", rf"\1{HIDDEN}"),
        (
            rf"(?i)((?<![\w-])[\w-]{{0,40}}{_NAMED_KEY}[\w-]{{0,40}}[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&]{{3,}}",
            rf"\1{HIDDEN}",
        ),
        # Vendors' own prefixes, wherever they stand.
        (r"\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{12,}", HIDDEN),
        (r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|xai-|gsk_|hf_|r8_|AIza)[A-Za-z0-9_-]{10,}", HIDDEN),
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", HIDDEN),
        (r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,2}", HIDDEN),  # JSON web token
        # Keys without a name: 32 hex digits, or long mixed text. Asset addresses (64 hex digits) stay readable.
        (r"(?i)(?<![\w-])[0-9a-f]{32}(?![\w-])", HIDDEN),
        (r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{36,}", HIDDEN),
        (r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}", "[e-mail]"),
        (r"(?i)\b[a-z]:[\\/]+users[\\/]+[^\\/\s\"']+", "~"),
        (r"(?<![\w.~])/(?:home|Users)/[^/\s\"':~]+|(?<![\w./~])/root(?![\w-])", "~"),
    )
)


def redact(text: str) -> str:
    """The same text without API keys, tokens, passwords, e-mail addresses and home folders."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def account_mark(account: str) -> str:
    """Tells accounts apart without telling them: 12 hex digits of the SHA-256 of an address and a key."""
    return hashlib.sha256(account.encode()).hexdigest()[:12]
