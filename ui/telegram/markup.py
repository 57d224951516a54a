"""Text for Telegram: escaped, because artists' and people's words are data, and cut where its limits are.

Telegram counts what is shown, in UTF-16 units, as its clients do.
"""

import html
import re

CAPTION_MAX = 1024
TEXT_MAX = 4096
ANSWER_MAX = 200


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, most: int) -> str:
    """The text on one line, at most so long, cut between words and marked with an ellipsis."""
    text = " ".join(text.split())
    if units(text) <= most:
        return text
    cut = text[: max(0, most - 1)]
    while units(cut) > most - 1:
        cut = cut[:-1]
    at_word = cut.rpartition(" ")[0]
    kept = at_word if len(at_word) > len(cut) * 0.6 else cut
    return kept.rstrip(" ,;:.\u200d\ufe0f") + "…" if most > 0 else ""


def plain(text: object) -> str:
    """Words as HTML that shows exactly them."""
    return html.escape(str(text), quote=False)


def bold(text: object) -> str:
    return f"<b>{plain(text)}</b>"


def italic(text: object) -> str:
    return f"<i>{plain(text)}</i>"


def code(text: object) -> str:
    return f"<code>{plain(text)}</code>"


def shown_units(markup: str) -> int:
    """How long HTML is once it is shown."""
    return units(html.unescape(re.sub(r"<[^>]+>", "", markup)))


def hashtag(slug: str) -> str:
    """A tag that Telegram makes a link of."""
    return "#" + re.sub(r"\W+", "_", slug).strip("_")


def paragraphs(lines: list[str], most: int = TEXT_MAX) -> str:
    """As many whole lines as fit; what is left out is said."""
    kept: list[str] = []
    room = most - 40
    for line in lines:
        room -= shown_units(line) + 1
        if room < 0:
            kept.append(f"… and {len(lines) - len(kept)} more")
            break
        kept.append(line)
    return "\n".join(kept)
