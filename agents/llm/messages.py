"""A request as the two messages a hosted model reads: the contract, and the data kept apart from it."""

import json

from agents.llm.protocol import Request, T
from configs.prompts import load_prompt


def system_message(request: Request[T]) -> str:
    """The task's version-controlled text and the JSON schema of its answer."""
    schema = json.dumps(request.answer.model_json_schema(), sort_keys=True)
    return (
        f"{load_prompt(request.prompt).text}\nAnswer with one JSON object that fits this schema:\n{schema}\n"
    )


def data_message(request: Request[T]) -> str:
    """The inputs as JSON between markers.

    Every `<` is escaped, so no text in the inputs can close the block and speak as an instruction.
    """
    data = json.dumps(request.inputs.model_dump(mode="json"), sort_keys=True).replace("<", "\\u003c")
    return f"<data>\n{data}\n</data>"
