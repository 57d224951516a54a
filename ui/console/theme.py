"""How the console looks: Gradio's own parts take the colours of look/tokens.css, and everything is served from here."""

from pathlib import Path
from typing import Literal, TypedDict

from gradio.themes.base import Base
from gradio.themes.utils import sizes
from gradio.themes.utils.fonts import LocalFont

LOOK = Path(__file__).with_name("look")
STYLES = ("tokens", "frame", "parts", "cards", "review", "pages")
SCRIPTS = ("player", "countdown", "review", "keys", "page", "upload")


class Mounting(TypedDict):
    """Keyword arguments for `gr.mount_gradio_app`."""

    theme: Base
    css: str
    head: str
    footer_links: list[Literal["api", "gradio", "settings", "runs"] | dict[str, str]]
    run_history: bool
    max_file_size: int


def mounting() -> Mounting:
    """How the pages are to be served."""
    scripts = "\n".join(f"<script>{_text(f'{name}.js')}</script>" for name in SCRIPTS)
    return {
        "theme": theme(),
        "css": "\n".join(_text(f"{name}.css") for name in STYLES),
        "head": f'<meta name="color-scheme" content="light dark">\n{scripts}',
        "footer_links": [],
        "run_history": False,
        # Recordings go to the API (look/upload.js); the guard refuses Gradio's own uploads before they are read.
        "max_file_size": 1024,
    }


def theme() -> Base:
    """Gradio's plainest theme in the console's colours: light and dark differ only in the tokens."""
    # Of Gradio's fonts only Regular and Bold are whole; its SemiBold files hold a few letters.
    made = Base(
        font=[LocalFont("IBM Plex Sans", (400, 700)), "ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=[LocalFont("IBM Plex Mono", (400,)), "ui-monospace", "monospace"],
        radius_size=sizes.radius_md,
        text_size=sizes.text_md,
    )
    tokens = {
        "body_background_fill": "var(--ground)",
        "body_text_color": "var(--ink)",
        "body_text_color_subdued": "var(--quiet)",
        "background_fill_primary": "var(--paper)",
        "background_fill_secondary": "var(--ground)",
        "block_background_fill": "transparent",
        "block_label_background_fill": "transparent",
        "block_label_text_color": "var(--quiet)",
        "block_title_text_color": "var(--quiet)",
        "border_color_primary": "var(--line)",
        "input_background_fill": "var(--paper)",
        "input_border_color": "var(--line-strong)",
        "input_border_color_focus": "var(--accent)",
        "button_primary_background_fill": "var(--accent)",
        "button_primary_background_fill_hover": "var(--accent-strong)",
        "button_primary_text_color": "var(--on-accent)",
        "button_secondary_background_fill": "var(--paper)",
        "button_secondary_background_fill_hover": "var(--sunken)",
        "button_secondary_border_color": "var(--line-strong)",
        "button_secondary_text_color": "var(--ink)",
        "button_cancel_background_fill": "var(--bad)",
        "button_cancel_background_fill_hover": "var(--bad-strong)",
        "button_cancel_text_color": "var(--on-accent)",
        "checkbox_background_color": "var(--paper)",
        "checkbox_background_color_selected": "var(--accent)",
        "checkbox_label_background_fill": "var(--paper)",
        "checkbox_label_background_fill_selected": "var(--accent-soft)",
        "checkbox_label_text_color_selected": "var(--ink)",
        "checkbox_label_border_color": "var(--line-strong)",
        "color_accent_soft": "var(--accent-soft)",
        "slider_color": "var(--accent)",
    }
    both = {**tokens, **{f"{name}_dark": value for name, value in tokens.items()}}
    plain = {
        "color_accent": "var(--accent)",
        "block_border_width": "0px",
        "input_border_width": "1px",
        "checkbox_label_border_width": "1px",
        "block_shadow": "none",
        "block_padding": "0px",
    }
    return made.set(**both, **plain)


def _text(name: str) -> str:
    return (LOOK / name).read_text(encoding="utf-8")
