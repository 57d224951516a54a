"""What a deployment has turned out not to take, so that it is asked without it from then on."""

import re

from agents.llm.conversation import Ask
from agents.llm.deployment import LADDER, Rung
from storage.errors import InvalidRequest

_NAMES: dict[Rung, re.Pattern[str]] = {
    Rung.SCHEMA: re.compile(r"response_format|json_schema|output_config|schema|structured", re.IGNORECASE),
    Rung.TOOL: re.compile(r"\btools?\b|tool_choice|function", re.IGNORECASE),
    Rung.JSON: re.compile(r"response_format|json_object", re.IGNORECASE),
}
_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)
_COMPLETION_TOKENS = re.compile(r"max_completion_tokens", re.IGNORECASE)


class Refusals:
    """Learned from a deployment's own words; a request that is changed for them is another request."""

    def __init__(self, rungs: tuple[Rung, ...] | None, *, completion_tokens: bool = False) -> None:
        self._rungs = list(rungs or LADDER)
        self._temperature = True
        self.completion_tokens = completion_tokens
        """Whether the limit of an answer is called `max_completion_tokens`."""

    @property
    def rung(self) -> Rung:
        """The strictest way in which it can be asked for a form."""
        return self._rungs[0]

    def takes_temperature(self) -> bool:
        return self._temperature

    def learn(self, error: InvalidRequest, ask: Ask) -> bool:
        """Whether the refusal names a part that can be left out; then it is, from now on."""
        said = str(error)
        if ask.temperature is not None and self._temperature and _TEMPERATURE.search(said):
            self._temperature = False
            return True
        if not self.completion_tokens and _COMPLETION_TOKENS.search(said):
            self.completion_tokens = True
            return True
        pattern = _NAMES.get(ask.rung) if ask.rung else None
        if pattern and ask.rung is self.rung and len(self._rungs) > 1 and pattern.search(said):
            self._rungs.pop(0)
            return True
        return False
