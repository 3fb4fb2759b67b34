"""The shape of `conf/hub.yaml`, apart from those of the other files: `hub status` needs no more, and is quick so."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from hub.adapter import SecretName


def short(key: str) -> Any:
    """A plain text stands for the settings with only this key."""

    def long(value: Any) -> Any:
        if not isinstance(value, str | dict):
            raise ValueError("expected a text, or settings")
        return {key: value} if isinstance(value, str) else value

    return BeforeValidator(long)


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LogFile(Shape):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class StoreFile(Shape):
    url: str = "sqlite:///var/hub.db"
    password: SecretName | None = None


class HubFile(Shape):
    """conf/hub.yaml"""

    store: Annotated[StoreFile, short("url")] = StoreFile()
    log: LogFile = LogFile()
