"""No broken English in the embedded writer's songs, and rules that find it where it is."""

import pytest

from agents.llm.offline.banks import genre_voice, moods, shared_bank, theme_banks, voiced_genres
from agents.llm.offline.grammar import I_SPEAKER, SHE_SPEAKER, WE_SPEAKER, as_line
from agents.llm.offline.writer import OfflineWriter
from agents.lyricist import write
from configs.genres import load_genres
from tests.agents.llm.english import RULES, faults
from tests.agents.llm.songs import PERSONA, sampled_brief

BROKEN = {
    "untidy": ["I walk  home {alone}", "the rain is late", "We wait ,for you"],
    "doubled word": ["I sleep with the lamp on on a slab of stone", "The the rain is late"],
    "a or an": ["I saw a orange sky", "It was an long way home", "She waits for a hour"],
    "two determiners": ["I lost the my way", "A the moon is high"],
    "number": ["I saw a puddles", "These rain will never end"],
    "pronoun and verb": [
        "She lean on the counter",
        "We was late again",
        "I walks alone",
        "Nobody have a key",
        "They is gone",
    ],
    "there's and a plural": ["There's sparks on the road", "There's two of us here"],
    "noun and verb": [
        "The gutter hum at the stair",
        "A red umbrella drip in the hall",
        "The puddles shivers in the rain",
    ],
    "verb after a modal": ["I don't hums any more", "You can is mine", "I want to hums for you"],
    "unequal verbs": ["She lies still and listen tonight"],
    "no subject": ["Is late again in the rain", "Drips in the hall tonight", "Was never mine"],
    "dangling end": ["I walk into the", "A night like this and", "Nothing left of"],
    "no verb": [
        "The whale, but quiet and deep",
        "The sirens, like it's something new",
        "The last cleaner, and nobody here",
    ],
    "tense": [
        "When it cleared, we don't need to reach the shore",
        "When the horns fell silent, the wind is cold",
    ],
    "direction": ["The dry snow falls upward up the iron stair"],
    "number of it": ["The faces smile like it's something new", "Red lasers glow like it's just pretend"],
    "preposition": ["The sirens are knocking the door", "I listen the bells"],
    "case": ["She sings for we", "Between he and the wall", "Me is walking home"],
}


@pytest.mark.parametrize(("rule", "line"), [(rule, line) for rule, lines in BROKEN.items() for line in lines])
def test_each_rule_finds_its_broken_line(rule, line):
    assert rule in faults(line)


def test_every_rule_is_shown_to_fail():
    assert BROKEN.keys() == RULES.keys()


@pytest.mark.parametrize(
    "line",
    [
        "The gutter hums at the foot of the stair",
        "Puddles shiver, and nobody knows why",
        "She lies still and listens to the rain",
        "There's nothing to argue for",
        "I let the both of us be free",
        "A euphoric hour, an honest one",
        "Run, run, and never look back",
        "When it clears, the gates of the morning can wait",
        "When it was over, nobody stayed",
        "The mirror ball, the staircase and the smoke are one",
        "The orbits decay like it's yesterday",
        "I knock on the door and listen to the bells",
    ],
)
def test_sound_lines_pass(line):
    assert faults(line) == ()


@pytest.mark.parametrize("speaker", [I_SPEAKER, WE_SPEAKER, SHE_SPEAKER])
def test_every_whole_line_of_the_banks_is_sound_whoever_sings_it(speaker):
    lines = [line for closes in moods().values() for line in closes]
    lines += [*shared_bank().closes, *shared_bank().turns]
    lines += [
        line.replace("{noun}", noun) for line in shared_bank().recalls for noun in ("fog", "bells", "key")
    ]
    for bank in theme_banks().values():
        lines += [*bank.closes, *(hook.line for hook in bank.hooks)]
    for voice in map(genre_voice, [*voiced_genres(), "any"]):
        lines += [*voice.closes, *voice.turns]
    sung = [as_line(speaker.say(line)) for line in lines if speaker.can_say(line)]
    assert len(sung) > 600
    assert [line for line in sung if faults(line)] == []


@pytest.mark.parametrize("seeds", [range(28), pytest.param(range(28, 228), marks=pytest.mark.slow)])
async def test_sampled_songs_of_all_genres_hold_no_broken_line(seeds):
    genres = list(load_genres())
    broken: dict[str, tuple[str, ...]] = {}
    for seed in seeds:
        brief = sampled_brief(seed, genres[seed % len(genres)])
        lyrics, _ = await write(OfflineWriter(), brief=brief, persona=PERSONA, memory=())
        lines = {line for section in lyrics.sections for line in section.lines}
        broken |= {line: found for line in lines if (found := faults(line))}
    assert broken == {}
