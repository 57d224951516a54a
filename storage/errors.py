"""Everything that can go wrong, as one tree.

    LabelError
    ├── UsageError              the call is wrong            (exit 2)
    │   ├── NotFoundError
    │   ├── ConflictError       somebody was faster, or it is already so
    │   ├── NotAllowedError     this person may not
    │   └── IllegalTransitionError
    ├── ConfigurationError      the set-up is wrong          (exit 3)
    │   ├── HomeLockedError
    │   ├── HomeTooNewError
    │   └── ClusterError
    ├── ProviderError           a vendor, outside            (exit 4)
    │   ├── ProviderUnavailableError      transient
    │   ├── ProviderRefusedError
    │   └── BudgetExceededError           transient: waits for money
    ├── StorageError            files or database
    │   ├── StoreUnavailableError         transient
    │   ├── DiskFullError                 transient: waits for space
    │   └── AssetCorruptError
    ├── RenderError             an engine failed on good input
    ├── Fenced                  this owner has been replaced; stop at once
    ├── CycleCancelledError     a person cancelled the cycle
    └── OutcomeUnknownError     a purchase may or may not have happened

Errors cross Ray actors, so each one pickles with its message and its fields.
"""

from typing import Self


class LabelError(Exception):
    """Base of every error labelmate raises; its text tells a person what to do in one line."""

    code = "error"
    transient = False
    exit_code = 1

    def __init__(self, message: str, **fields: str | float | int | None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, tuple[type[Self], str, dict[str, str | float | int | None]]]:
        return _rebuild, (type(self), self.message, self.fields)


def _rebuild(cls: type[LabelError], message: str, fields: dict[str, str | float | int | None]) -> LabelError:
    return cls(message, **fields)


class UsageError(LabelError):
    """The request cannot be met as it was asked."""

    code = "usage"
    exit_code = 2


class NotFoundError(UsageError):
    """There is no such artist, cycle, approval or release."""

    code = "not_found"


class ConflictError(UsageError):
    """The row is no longer in the state the request was made for."""

    code = "conflict"


class NotAllowedError(UsageError):
    """Somebody else may do this."""

    code = "not_allowed"


class IllegalTransitionError(UsageError):
    """The lifecycle table has no such move."""

    code = "illegal_transition"


class ConfigurationError(LabelError):
    """A setting, the machine or the home is not fit to run."""

    code = "configuration"
    exit_code = 3


class HomeLockedError(ConfigurationError):
    """Another labelmate process owns this home."""

    code = "home_locked"


class HomeTooNewError(ConfigurationError):
    """The home was written by a newer labelmate."""

    code = "home_too_new"


class ClusterError(ConfigurationError):
    """Ray did not start, or the cluster does not fit."""

    code = "cluster"


class ProviderError(LabelError):
    """A vendor did not do what was asked."""

    code = "provider"
    exit_code = 4


class ProviderUnavailableError(ProviderError):
    """The vendor cannot be reached now; `retry_after_s` tells when to try again, if known."""

    code = "provider_unavailable"
    transient = True


class ProviderRefusedError(ProviderError):
    """The vendor said no; the same request will not succeed."""

    code = "provider_refused"


class BudgetExceededError(ProviderError):
    """The cap is reached; buying waits for the next day or month, or a higher cap."""

    code = "budget_exceeded"
    transient = True


class StorageError(LabelError):
    """Files or database failed."""

    code = "storage"


class StoreUnavailableError(StorageError):
    """The store is restarting; what it acknowledged is kept."""

    code = "store_unavailable"
    transient = True


class DiskFullError(StorageError):
    """Free space is below the floor; making waits."""

    code = "disk_full"
    transient = True


class AssetCorruptError(StorageError):
    """A file's content does not match its address."""

    code = "asset_corrupt"


class RenderError(LabelError):
    """An engine failed or made something that does not measure as asked."""

    code = "render"


class Fenced(LabelError):  # noqa: N818 - the field's word for a replaced owner
    """This owner has been replaced by a newer epoch: drop everything, write nothing."""

    code = "fenced"


class CycleCancelledError(LabelError):
    """A person cancelled the cycle."""

    code = "cancelled"


class OutcomeUnknownError(LabelError):
    """A purchase may or may not have happened: an operator decides."""

    code = "outcome_unknown"
