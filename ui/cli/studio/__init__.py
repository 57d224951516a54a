"""`labelmate studio …`: the engines alone, in this process; no label, no Ray, no database."""

import typer

from ui.cli.studio.cover import cover
from ui.cli.studio.song import song
from ui.cli.studio.video import video

app = typer.Typer(no_args_is_help=True, help="The engines alone: song, cover, video.")
app.command()(song)
app.command()(cover)
app.command()(video)
