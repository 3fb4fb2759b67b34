"""A project folder: read, checked as a whole, and made into what the engine works with."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.config.project import Project, load_project
    from hub.config.settings import HubSettings, load_settings

__all__ = ["HubSettings", "Project", "load_project", "load_settings"]


def __getattr__(name: str) -> Any:
    """On first use: what reads files costs the import of pydantic, which `hub --help` need not pay."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hub.config import project, settings

    return getattr(project if hasattr(project, name) else settings, name)
