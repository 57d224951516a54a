"""What every endpoint is given: the label, and the desk of whoever asks."""

from typing import Annotated

from fastapi import Depends, Header, Query, Request

from runtime.desk import Desk
from runtime.label import Label
from ui.web.auth import Doorkeeper
from ui.web.guard import visitor_of


def the_label(request: Request) -> Label:
    """The label that this process has joined."""
    label = request.app.state.label
    assert isinstance(label, Label)
    return label


async def the_desk(request: Request) -> Desk:
    """The desk of whoever asks. Raises NotAllowedError for somebody who was removed."""
    doorkeeper = request.app.state.doorkeeper
    assert isinstance(doorkeeper, Doorkeeper)
    visitor = visitor_of(request)
    actor = await doorkeeper.actor_of(visitor.alias, surface="api", door=visitor.door)
    return Desk(the_label(request), actor)


TheLabel = Annotated[Label, Depends(the_label)]
TheDesk = Annotated[Desk, Depends(the_desk)]
Limit = Annotated[int, Query(ge=1, le=500, description="Most rows to return.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Rows to leave out first.")]
IfMatch = Annotated[
    str | None,
    Header(description="The ETag of what you saw, in quotes; what is another by now answers 409."),
]


def tag_of(if_match: str | None) -> str | None:
    """What an If-Match names, out of its quotes."""
    return if_match.strip().removeprefix("W/").strip('"') if if_match else None
