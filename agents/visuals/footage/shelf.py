"""What is known of footage on this machine: answers of the last day, clips that are in the store, quotas used up.

Pixabay asks for answers to be kept for 24 hours, and a search that is not made costs nobody's quota. Everything
here may be lost: it is asked for again.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from agents.visuals.footage.protocol import Found, Offer, OfferedFile
from storage.errors import HomeLockedError
from storage.lock import FileLock

KEPT_S = 24 * 3600.0


@dataclass(frozen=True)
class Shelf:
    """A folder of small files, each written whole."""

    folder: Path
    now_s: Callable[[], float] = time.time

    def recall(self, provider: str, *asked: object) -> Found | None:
        """The answer of the last 24 hours to the same question."""
        path = self._search(provider, asked)
        with suppress(OSError, ValidationError):
            if self.now_s() - path.stat().st_mtime < KEPT_S:
                return Found.model_validate_json(path.read_text())
        return None

    def keep(self, found: Found, provider: str, *asked: object) -> None:
        """Remember an answer, and forget those that are too old."""
        self._write(self._search(provider, asked), found.model_dump_json())
        if found.pause_s > 0:
            self.pause(provider, found.pause_s)
        self._sweep()

    def pause(self, provider: str, pause_s: float) -> None:
        """Ask the provider nothing for so long."""
        self._write(self.folder / f"{_plain(provider)}.pause", json.dumps(self.now_s() + pause_s))

    def paused_for_s(self, provider: str) -> float:
        """How much longer it is asked nothing."""
        with suppress(OSError, ValueError, TypeError):
            until = float(json.loads((self.folder / f"{_plain(provider)}.pause").read_text()))
            return max(0.0, until - self.now_s())
        return 0.0

    def stored(self, offer: Offer, file: OfferedFile) -> str | None:
        """The sha256 under which the clip lies in the store; it may be gone from there."""
        with suppress(OSError):
            told = self._clip(offer, file).with_suffix(".sha256").read_text()
            return told if re.fullmatch(r"[0-9a-f]{64}", told) else None
        return None

    def remember(self, offer: Offer, file: OfferedFile, sha256: str) -> None:
        """The clip is in the store now."""
        self._write(self._clip(offer, file).with_suffix(".sha256"), sha256)

    def download_place(self, offer: Offer, file: OfferedFile) -> Path:
        """Where the clip is downloaded to: the same place each time, so that a broken download goes on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self._clip(offer, file)

    def hold(self, offer: Offer, file: OfferedFile) -> FileLock | None:
        """The clip's place for oneself until it is freed; None while another song fetches it.

        All artists share the folder: two songs that wrote one place would mix their bytes.
        """
        try:
            return FileLock(self.download_place(offer, file))
        except HomeLockedError:
            return None

    def _search(self, provider: str, asked: tuple[object, ...]) -> Path:
        return self.folder / f"{_plain(provider)}-{_mark(*asked)}.found"

    def _clip(self, offer: Offer, file: OfferedFile) -> Path:
        return self.folder / f"{_plain(offer.provider)}-{_mark(offer.id, file.width, file.height)}.mp4"

    def _write(self, path: Path, text: str) -> None:
        with suppress(OSError):  # what is not kept is asked for again
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self.folder, suffix=".new", delete=False) as file:
                file.write(text)
            Path(file.name).replace(path)

    def _sweep(self) -> None:
        """Answers and broken downloads of more than a day."""
        for path in self.folder.glob("*"):
            with suppress(OSError):
                is_passing = path.suffix in (".found", ".part", ".etag", ".mp4", ".new")
                if is_passing and self.now_s() - path.stat().st_mtime > KEPT_S:
                    path.unlink()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.lower())[:40]


def _mark(*parts: object) -> str:
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:24]
