"""Which environment variable is which field."""

from pydantic import AliasChoices, BaseModel


def aliases(model: BaseModel | type[BaseModel], field: str) -> tuple[str, ...]:
    """All variables that set a field, the preferred one first."""
    kind = model if isinstance(model, type) else type(model)
    alias = kind.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (alias,) if isinstance(alias, str) else (field.upper(),)


def variable(model: BaseModel | type[BaseModel], field: str) -> str:
    """The variable that sets a field, such as `BUDGET_DAILY_USD`."""
    return aliases(model, field)[0]


def variables(model: type[BaseModel]) -> frozenset[str]:
    """Every variable the model reads."""
    return frozenset(name for field in model.model_fields for name in aliases(model, field))
