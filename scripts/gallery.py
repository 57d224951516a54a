"""Make one song for each of several seeds and a page to hear and see them side by side.

`make gallery ARGS="1 2 3"`. Every song is a `labelmate demo` of its own; the page is out/gallery/index.html.
"""

import html
import json
import os
import subprocess
import sys
from pathlib import Path

SEEDS = ("1", "2", "3", "4", "5", "6")
PAGE = """<!doctype html><meta charset="utf-8"><title>labelmate gallery</title>
<style>body{{font:15px system-ui,sans-serif;margin:2rem;background:#fafaf8;color:#222}}
main{{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:1.5rem}}
img,video,audio{{width:100%;border-radius:8px}}h2{{font-size:1.1rem;margin:.6rem 0 .2rem}}p{{margin:.2rem 0 .6rem}}</style>
<h1>labelmate: one song for each seed</h1><main>
{cards}
</main>
"""


def demo(seed: str, folder: Path) -> dict[str, object]:
    """The demo's own account of what it made."""
    command = [Path(sys.executable).with_name("labelmate"), "demo", "--seed", seed, "--out", folder, "--json"]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def card(seed: str, made: dict, page: Path) -> str:
    """One song as HTML, its files linked relative to the page."""

    def link(file: object) -> str:
        return html.escape(Path(os.path.relpath(str(file), page.parent)).as_posix())

    artist, score = made["artist"], made["critique"]["score"]
    media = f'<img src="{link(made["cover"])}" alt="cover"><audio controls src="{link(made["audio"]["mp3"])}"></audio>'
    media += "".join(
        f'<video controls preload="metadata" src="{link(video["path"])}"></video>'
        for video in made["videos"] or [{"path": made["preview"]}]
    )
    name, genre = html.escape(artist["name"]), html.escape(artist["genre"])
    return f"<article>{media}<h2>{name}</h2><p>{genre}, seed {seed}: {made['outcome']}, score {score:.2f}</p></article>"


def main() -> None:
    folder = Path("out/gallery")
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    cards = []
    for seed in sys.argv[1:] or SEEDS:
        cards.append(card(seed, demo(seed, folder / f"seed-{seed}"), page))
        # After each one, so that what is ready can be looked at while the rest is made.
        page.write_text(PAGE.format(cards="\n".join(cards)), encoding="utf-8")
        print(f"seed {seed}: {page}")


if __name__ == "__main__":
    main()
