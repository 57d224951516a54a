"""A request as the messages a hosted model reads: the contract, and the data kept apart from it."""

import json

from agents.llm.conversation import Message
from agents.llm.protocol import Request, T
from configs.prompts import load_prompt

_MEND = (
    "Mend your answer: `faults` in the data tells what is wrong with it. Answer with the whole of it again."
)


def conversation(request: Request[T]) -> tuple[Message, ...]:
    """What is said to a model, with the draft that goes back to it, if there is one."""
    asked = (
        Message(role="system", content=load_prompt(request.prompt).text),
        Message(role="user", content=data_message(request)),
    )
    if request.draft is None:
        return asked
    return (
        *asked,
        Message(role="assistant", content=request.draft),
        Message(role="user", content=_MEND),
    )


def data_message(request: Request[T]) -> str:
    """The inputs as JSON between markers.

    Every `<` is escaped, so no text in the inputs can close the block and speak as an instruction.
    """
    data = json.dumps(request.inputs.model_dump(mode="json"), sort_keys=True).replace("<", "\\u003c")
    return f"<data>\n{data}\n</data>"
