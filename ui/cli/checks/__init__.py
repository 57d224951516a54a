"""What `doctor` looks at: one function for each question, with a remedy when the answer is bad."""

from enum import StrEnum

from storage.types import Frozen


class Grade(StrEnum):
    GOOD = "good"
    NOTE = "note"
    """Worth knowing; everything works."""
    WARNING = "warning"
    """It works, slower or less safely."""
    FATAL = "fatal"


class Check(Frozen):
    """One answer."""

    name: str
    grade: Grade
    text: str
    remedy: str = ""
