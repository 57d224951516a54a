"""The options in which the command line takes a wish for a song."""

from typing import Annotated

import typer

from agents.music.length import FASTEST_BPM, LONGEST_S, SHORTEST_S, SLOWEST_BPM
from agents.planning.wishes import SECTION_BARS_MAX, SECTION_NAMES
from ui.wishes import SEED_MAX

Seed = Annotated[
    int | None, typer.Option("--seed", min=0, max=SEED_MAX, help="The same seed plans the same song.")
]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--seconds",
        metavar=f"{SHORTEST_S}…{LONGEST_S}",
        help="Length of the song; without it, SONG_SECONDS.",
    ),
]
Theme = Annotated[str | None, typer.Option("--theme", help="What the song is about.")]
Title = Annotated[str | None, typer.Option("--title", help="What it is called.")]
Tempo = Annotated[
    float | None, typer.Option("--bpm", metavar=f"{SLOWEST_BPM}…{FASTEST_BPM}", help="Beats a minute.")
]
KeyName = Annotated[
    str | None, typer.Option("--key", metavar="'F# minor'", help="Tonic, and mode after a space.")
]
Mood = Annotated[str | None, typer.Option("--mood", help="How it feels, such as dreamy or driving.")]
Form = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="'intro4 verse8 …'",
        help=f"Its sections with their bars, 1 to {SECTION_BARS_MAX} each: {', '.join(SECTION_NAMES)}. Without --seconds "
        "it lasts what its bars do; with them the tempo follows, unless --bpm fixes that too: what cannot be is refused.",
    ),
]
Density = Annotated[
    float | None, typer.Option("--density", metavar="0…1", help="How much is played: 0 sparse, 1 full.")
]
Energy = Annotated[
    float | None,
    typer.Option("--energy", metavar="0…1", help="How driven it is: 0 calm, 1 at full force."),
]
