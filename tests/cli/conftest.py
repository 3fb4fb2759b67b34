"""A project between fresh systems, for each test."""

from pathlib import Path

import pytest
from support.command import Project
from support.servers import Crm, Erp


@pytest.fixture
def project(tmp_path: Path, crm: Crm, erp: Erp) -> Project:
    """`project("sync")` runs a command; nothing was synced yet."""
    return Project(tmp_path / "project", crm, erp)


@pytest.fixture
def synced(project: Project) -> Project:
    """The first sync is done."""
    project.sync()
    return project
