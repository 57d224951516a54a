"""How many syllables a word has in writing that is not Latin: morae of kana, vowels of Cyrillic, blocks of Hangul."""

import re
import unicodedata

KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30faー]")
_SMALL_KANA = re.compile(r"[ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ]")
"""They belong to the mora before them; っ, ん and ー are morae of their own."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]")
_MORAE_A_KANJI = 2
"""In Japanese most characters are read as two morae, in Chinese as one syllable."""
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_VOWELS = re.compile(r"[аеёиоуыэюяєіїαεηιουω]")
"""Cyrillic and Greek, in lower case and without accents."""
_GREEK_GLIDES = re.compile(r"αι|ει|οι|υι|ου|αυ|ευ|ηυ")
"""Two letters, one vowel."""
_UNSPOKEN_LATIN = str.maketrans({"ø": "o", "æ": "e", "œ": "e", "ı": "i", "ß": "s", "ł": "l", "đ": "d"})
_MARK = ("Mn", "Mc")
_VIRAMAS = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca")
"""They take a consonant's vowel away."""


def plain_latin(word: str) -> str:
    """A word without its accents: `brücken` is spelled as `brucken`."""
    parts = unicodedata.normalize("NFD", word.translate(_UNSPOKEN_LATIN))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def is_latin(word: str) -> bool:
    """Whether every letter is one of a to z, accents aside."""
    return plain_latin(word).replace("'", "").isascii()


def count_syllables(word: str) -> int:
    """Syllables of a lower-case word in any other script; at least 1."""
    if KANA.search(word) or _HAN.search(word):
        morae = len(KANA.findall(word)) - len(_SMALL_KANA.findall(word))
        a_kanji = _MORAE_A_KANJI if KANA.search(word) else 1
        return max(1, morae + a_kanji * len(_HAN.findall(word)))
    if blocks := _HANGUL.findall(word):
        return len(blocks)
    if vowels := _VOWELS.findall(_GREEK_GLIDES.sub("ο", _bare(word))):
        return len(vowels)
    return max(1, _lettered(word))


def _bare(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.replace("й", "j"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _lettered(word: str) -> int:
    """Scripts that write consonants: one syllable a letter where vowels are marks, one for two where they are not written."""
    letters = sum(unicodedata.category(letter) == "Lo" for letter in word)
    marks = [letter for letter in word if unicodedata.category(letter) in _MARK]
    if any(unicodedata.name(letter, "").startswith(("ARABIC", "HEBREW")) for letter in word):
        return (letters + 1) // 2
    return letters - sum(letter in _VIRAMAS for letter in marks)
