"""A third party's language models, as an installed plug-in: at the address that its file in the home names."""

from collections.abc import Sequence
from decimal import Decimal

from agents.llm import Deployment, Price
from configs.settings import Settings

ADDRESS_FILE = "testwords.url"


def deployments(settings: Settings) -> Sequence[Deployment]:
    address = settings.home / ADDRESS_FILE
    if not address.exists():
        return ()
    provider, _, base_url = address.read_text().partition(" ")
    if not base_url:
        raise ValueError("no address")
    if provider == "bare":
        return [{"base_url": base_url}]  # type: ignore[list-item] # a mistake that is to be found
    if provider == "keyed":
        return [Deployment(provider="testwords", api_key=base_url)]  # type: ignore[call-arg,arg-type] # another one
    price = Price(input_usd_per_million=Decimal("0.2"), output_usd_per_million=Decimal("0.8"))
    return [
        Deployment(provider=provider, model=model, base_url=base_url, price=price)
        for model in ("small", "large")
    ]
