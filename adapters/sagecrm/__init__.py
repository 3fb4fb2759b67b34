"""Sage CRM over its SOAP web services."""

from adapters.sagecrm.adapter import SageCrm
from adapters.sagecrm.options import ObjectOptions, Options
from hub.adapter import System

__all__ = ["ObjectOptions", "Options", "connect"]


def connect(system: System[Options]) -> SageCrm:
    """Nothing is sent yet; raises ConfigError for objects that cannot be read as they are configured."""
    return SageCrm(system)
