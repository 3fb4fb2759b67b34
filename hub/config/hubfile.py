"""The shape of `conf/hub.yaml`. A file that is in order is read by `hub.config.plain`, which is quicker."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, model_validator

from hub.adapter import SecretName
from hub.config.duration import parse_duration
from hub.config.plain import STORE, Format, Level, Plain
from hub.core.keep import keeping

Duration = Annotated[timedelta, PlainValidator(parse_duration)]


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
    level: Level = "info"
    format: Format = "text"


class StoreFile(Shape):
    url: str = STORE
    password: SecretName | None = None


class RunsFile(Shape):
    keep: Duration | None = None
    idle: Duration | None = None

    @model_validator(mode="after")
    def _fits(self) -> "RunsFile":
        keeping(self.keep, self.idle)
        return self


class HubFile(Shape):
    """conf/hub.yaml"""

    store: Annotated[StoreFile, short("url")] = StoreFile()
    log: LogFile = LogFile()
    runs: RunsFile = RunsFile()

    def plain(self) -> Plain:
        """The same as plain values."""
        password = self.store.password.secret if self.store.password else None
        return Plain(self.store.url, password, self.log.level, self.log.format, keeping(self.runs.keep, self.runs.idle))
