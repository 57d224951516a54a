"""A third party's language models, as an installed plug-in: at the address that its file in the home names."""

from collections.abc import Sequence

from agents.llm import Deployment
from configs.settings import Settings

ADDRESS_FILE = "testwords.url"


def deployments(settings: Settings) -> Sequence[Deployment]:
    address = settings.home / ADDRESS_FILE
    if not address.exists():
        return ()
    provider, _, base_url = address.read_text().partition(" ")
    if not base_url:
        raise ValueError("no address")
    return [Deployment(provider=provider, model=model, base_url=base_url) for model in ("small", "large")]
