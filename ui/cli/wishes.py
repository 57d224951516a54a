"""The options in which the command line takes a wish for a song."""

from typing import Annotated

import typer

from ui.wishes import SEED_MAX

Seed = Annotated[
    int | None, typer.Option("--seed", min=0, max=SEED_MAX, help="The same seed plans the same song.")
]
Seconds = Annotated[
    float | None,
    typer.Option("--seconds", metavar="10…600", help="Length of the song; without it, SONG_SECONDS."),
]
Theme = Annotated[str | None, typer.Option("--theme", help="What the song is about.")]
Title = Annotated[str | None, typer.Option("--title", help="What it is called.")]
Tempo = Annotated[float | None, typer.Option("--bpm", metavar="40…220", help="Beats a minute.")]
KeyName = Annotated[
    str | None, typer.Option("--key", metavar="'F# minor'", help="Tonic, and mode after a space.")
]
Mood = Annotated[str | None, typer.Option("--mood", help="How it feels, such as dreamy or driving.")]
