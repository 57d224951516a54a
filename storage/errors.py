"""Everything that can go wrong, as one tree.

    LabelError
    ├── UsageError              the call is wrong            (exit 2)
    │   ├── NotFoundError
    │   ├── ConflictError       somebody was faster, or it is already so
    │   ├── NotAllowedError     this person may not
    │   ├── IllegalTransitionError
    │   └── PatchRefusedError       a patch of labelmate's own code cannot be taken
    ├── ConfigurationError      the set-up is wrong          (exit 3)
    │   ├── HomeLockedError
    │   ├── HomeTooNewError
    │   └── ClusterError
    ├── ProviderError           a vendor, outside            (exit 4)
    │   ├── ProviderUnavailableError      transient
    │   ├── ProviderRefusedError
    │   ├── BudgetExceededError           transient: waits for money
    │   └── LLMError                      a language model gave no usable answer
    │       ├── RateLimited               transient
    │       ├── ProviderUnavailable       transient
    │       ├── Timeout                   transient
    │       ├── TruncatedResponse         transient
    │       ├── MalformedResponse         transient
    │       ├── SchemaViolation
    │       ├── ContentFiltered
    │       ├── ContextOverflow
    │       ├── InvalidRequest
    │       ├── AuthFailed
    │       ├── QuotaExhausted
    │       ├── ModelGone
    │       ├── BudgetExceeded            transient: waits for money
    │       └── AllDeploymentsFailed      transient
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

from dataclasses import dataclass
from decimal import Decimal
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


class PatchRefusedError(UsageError):
    """A patch of labelmate's own code is no such thing, or does not fit the tree; nothing was changed."""

    code = "patch_refused"


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


class JobFailedError(ProviderError):
    """The vendor says that it made nothing of a job: only this frees a purchase that is on record."""

    code = "job_failed"


class UnusableTakeError(ProviderError):
    """The vendor made it, and what came is no song: a person says what happens to the purchase."""

    code = "unusable_take"


class BudgetExceededError(ProviderError):
    """The cap is reached; buying waits for the next day or month, or a higher cap."""

    code = "budget_exceeded"
    transient = True


class LLMError(ProviderError):
    """A language model gave no usable answer."""

    code = "llm"

    @property
    def retry_after_s(self) -> float | None:
        """How long the provider asked to be left alone, if it said so."""
        asked = self.fields.get("retry_after_s")
        return None if asked is None else float(asked)


class RateLimited(LLMError):
    """The provider asks for fewer calls; `retry_after_s` tells for how long, if known."""

    code = "rate_limited"
    transient = True


class ProviderUnavailable(LLMError, ProviderUnavailableError):
    """The provider is overloaded, broken or cannot be reached."""

    code = "llm_unavailable"
    transient = True


class Timeout(LLMError):
    """No answer came in time."""

    code = "llm_timeout"
    transient = True


class TruncatedResponse(LLMError):
    """The answer ended before it was finished."""

    code = "truncated_response"
    transient = True


class MalformedResponse(LLMError):
    """The answer was empty, or not of the protocol's form."""

    code = "malformed_response"
    transient = True


class SchemaViolation(LLMError):
    """The answer does not fit the schema that was asked for."""

    code = "schema_violation"


class ContentFiltered(LLMError):
    """The provider's filter stopped the request or the answer."""

    code = "content_filtered"


class ContextOverflow(LLMError):
    """The request is longer than the model can read."""

    code = "context_overflow"


class InvalidRequest(LLMError):
    """The provider says that the request itself is wrong."""

    code = "invalid_request"


class AuthFailed(LLMError):
    """The provider does not accept the key."""

    code = "auth_failed"


class QuotaExhausted(LLMError):
    """The account at the provider has no money left."""

    code = "quota_exhausted"


class ModelGone(LLMError):
    """The provider has no model of this name, or no longer."""

    code = "model_gone"


class BudgetExceeded(LLMError, BudgetExceededError):
    """The call may cost more than is left, or nobody knows what it costs."""

    code = "llm_budget_exceeded"
    transient = True


@dataclass(frozen=True)
class ModelAttempt:
    """One call on the way to an answer, or to none."""

    deployment: str
    """provider:model."""
    outcome: str
    """ok, or the code of the error."""
    said: str = ""
    latency_s: float = 0.0
    kept_usd: Decimal = Decimal(0)
    """Stays charged although nothing came back: the provider may have worked for it."""


class AllDeploymentsFailed(LLMError):
    """Nobody who was asked gave a usable answer; `attempts` tells who said what."""

    code = "all_deployments_failed"
    transient = True

    def __init__(
        self, message: str, attempts: tuple[ModelAttempt, ...] = (), **fields: str | float | int | None
    ) -> None:
        super().__init__(message, **fields)
        self.attempts = attempts

    def __reduce__(self) -> tuple[object, ...]:  # type: ignore[override]
        return _rebuild_with_attempts, (self.message, self.attempts, self.fields)


def _rebuild_with_attempts(
    message: str, attempts: tuple[ModelAttempt, ...], fields: dict[str, str | float | int | None]
) -> AllDeploymentsFailed:
    return AllDeploymentsFailed(message, attempts, **fields)


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


class Fenced(LabelError):
    """This owner has been replaced by a newer epoch: drop everything, write nothing."""

    code = "fenced"


class CycleCancelledError(LabelError):
    """A person cancelled the cycle."""

    code = "cancelled"


class OutcomeUnknownError(LabelError):
    """A purchase may or may not have happened: an operator decides."""

    code = "outcome_unknown"
