"""An ffmpeg process that is fed through a pipe: it ends well, or an error says why and nothing keeps running."""

import contextlib
import ctypes
import errno
import fcntl
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO, ClassVar, Self

from storage.errors import DiskFullError, LabelError, RenderError

PIPE_BYTES = 1 << 20
"""Most that a pipe may hold without privileges: fewer turns between us and the encoder."""
LAST_S = 120.0
"""How long ffmpeg may take to end once it has everything."""
DYING_S = 10.0
"""How long it may take to end once it reads no more."""
_LIBC = ctypes.CDLL(None, use_errno=True)


class _Span(ctypes.Structure):
    """Memory as `vmsplice` takes it: C's `struct iovec`."""

    _fields_: ClassVar = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Feed:
    """A context that takes raw pictures or sound for ffmpeg's `pipe:0`; leaving it by an error kills ffmpeg.

    `words` are ffmpeg's, without its own name; `what` is made, for errors. Raises RenderError if ffmpeg fails,
    DiskFullError if for want of space.
    """

    def __init__(self, words: Sequence[str], what: str) -> None:
        self._words = words
        self._what = what

    def __enter__(self) -> Self:
        import imageio_ffmpeg

        command = [imageio_ffmpeg.get_ffmpeg_exe(), *self._words]
        # Into a file: a pipe that nobody reads while the other is written would fill up and hold both.
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program and our own arguments, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors, bufsize=0
        )
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):  # a user who holds too many pipes keeps a small one
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._lends = hasattr(fcntl, "F_GETPIPE_SZ") and hasattr(_LIBC, "vmsplice")
        return self

    def write(self, piece: memoryview) -> None:
        """All of a piece's bytes."""
        try:
            while piece:
                piece = piece[self._pipe.write(piece) :]
        except OSError as error:
            raise self._failure(self._ended(DYING_S)) from error

    def lend(self, piece: memoryview) -> None:
        """As `write`, but ffmpeg reads the piece where it lies: it must stay so until another that is at least as large as
        the pipe has been lent, or the feed has ended.

        Where the system cannot do this, it is copied; so is a piece that is smaller than the pipe, for after the next
        one it may still be in there. A piece that can be lent can be written to.
        """
        if self._lends and piece.nbytes >= fcntl.fcntl(self._pipe, fcntl.F_GETPIPE_SZ):
            # Kept, for the last piece is still read when nobody else has it any more.
            self._lent = piece
            piece = piece[self._splice(piece) :]
        self.write(piece)

    def _splice(self, piece: memoryview) -> int:
        """How many of the piece's bytes are lent: all, unless the system refuses or ffmpeg has ended."""
        start, done = ctypes.addressof(ctypes.c_char.from_buffer(piece)), 0
        while done < piece.nbytes:
            span = _Span(start + done, piece.nbytes - done)
            spliced = _LIBC.vmsplice(self._pipe.fileno(), ctypes.byref(span), ctypes.c_size_t(1), 0)
            if spliced < 0 and ctypes.get_errno() != errno.EINTR:
                self._lends = False
                break
            done += max(0, spliced)
        return done

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._process.kill()
            with contextlib.suppress(OSError):
                self._pipe.close()
            how = self._ended(LAST_S)
            if kind is None and self._process.returncode != 0:
                raise self._failure(how)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._errors.close()

    @property
    def _pipe(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]  # a raw pipe: bufsize is 0

    def _ended(self, patience_s: float) -> str:
        """Sees it end, and tells how it did; what does not end by itself is killed."""
        try:
            code = self._process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return f"did not end within {patience_s:g} s"
        if code >= 0:
            return f"stopped ({code})"
        named = -code in {number.value for number in signal.Signals}
        return f"was ended by {signal.Signals(-code).name if named else f'signal {-code}'}"

    def _failure(self, how: str) -> LabelError:
        words = self._last_words()
        if "No space left" in words:
            return DiskFullError(f"the disk is full: free some space, the {self._what} is made again")
        return RenderError(f"the {self._what} encoder {how}: {words}")

    def _last_words(self) -> str:
        self._errors.seek(0)
        said = " / ".join(self._errors.read().decode(errors="replace").split("\n")).strip(" /")
        return said[-400:] or "it said nothing"
