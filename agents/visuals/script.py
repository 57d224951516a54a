"""How text is written: what stands together as one letter, and in which typeface each word is set."""

import unicodedata

from agents.visuals.typefaces import FALLBACK_FAMILY, Typeface, can_draw

_JOINER = "\u200d"
_UNSEEN = frozenset({_JOINER, "\u200c", *(chr(code) for code in range(0xFE00, 0xFE10))})
"""They choose how the letter beside them is drawn, and have no picture of their own."""


def clusters(text: str) -> list[str]:
    """The text in pieces that stay together: a letter with its marks, or what joiners make one sign of."""
    pieces: list[str] = []
    for character in text:
        if pieces and not pieces[-1].isspace() and (_leans(character) or pieces[-1].endswith(_JOINER)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def clean_text(text: str, family: str) -> tuple[str, str]:
    """The drawable text in one line of single spaces, and the characters no font here has.

    Of words whose letters are all missing nothing is drawn: a comma that is left of a line says nothing.
    """
    kept: list[str] = []
    dropped: list[str] = []
    for piece in clusters(" ".join(unicodedata.normalize("NFC", text).split())):
        drawn = max((_drawn(family, piece), _drawn(FALLBACK_FAMILY, piece)), key=len)
        kept.append(drawn)
        dropped += [
            character
            for character in piece
            if character not in drawn and not (drawn and character in _UNSEEN)
        ]
    left = " ".join("".join(kept).split())
    if any(map(str.isalnum, dropped)) and not any(map(str.isalnum, left)):
        left = ""
    return left, "".join(dict.fromkeys(dropped))


def runs(text: str, typeface: Typeface) -> list[tuple[Typeface, str]]:
    """The line cut where the face must change to the fallback and back: between words, so that each is of one
    weight and style; only signs that its face lacks come from the other one."""
    spare = Typeface(FALLBACK_FAMILY, typeface.weight)
    cut: list[tuple[Typeface, str]] = []
    for number, word in enumerate(text.split(" ")):
        if number:
            cut = [*cut[:-1], (cut[-1][0], f"{cut[-1][1]} ")] if cut else [(typeface, " ")]
        pieces = clusters(word)
        face = typeface if all(_has(typeface, piece) for piece in pieces if _is_letter(piece)) else spare
        other = spare if face == typeface else typeface
        for piece in pieces:
            drawer = other if not _has(face, piece) and _has(other, piece) else face
            if cut and cut[-1][0] == drawer:
                cut[-1] = (drawer, cut[-1][1] + piece)
            else:
                cut.append((drawer, piece))
    return cut


def _leans(character: str) -> bool:
    """Whether it belongs to the letter before it."""
    return (
        character == _JOINER
        or unicodedata.category(character) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # the colours of skin
    )


def _is_letter(piece: str) -> bool:
    return piece[0].isalnum()


def _has(face: Typeface, piece: str) -> bool:
    return all(can_draw(face.family, character) for character in piece if character not in _UNSEEN)


def _drawn(family: str, piece: str) -> str:
    """What the family can draw of a piece: nothing without its letter, because a mark would go to another one."""
    seen = [character for character in piece if character not in _UNSEEN]
    if not seen or not can_draw(family, seen[0]):
        return ""
    return "".join(character for character in seen if can_draw(family, character))
