"""A project folder: read, checked as a whole, and made into what the engine works with."""

from hub.config.project import HubSettings, Project, load_project

__all__ = ["HubSettings", "Project", "load_project"]
