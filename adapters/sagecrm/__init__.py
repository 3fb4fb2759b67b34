"""Sage CRM over its SOAP web services."""

from adapters.sagecrm.adapter import SageCrm
from adapters.sagecrm.options import ObjectOptions, Options
from hub.adapter import System

__all__ = ["ObjectOptions", "Options", "connect", "widen"]

#: widen(crm, object, field, length): the one change that the hub makes to how a CRM is set up, where a person asks.
widen = SageCrm.widen


def connect(system: System[Options]) -> SageCrm:
    """Nothing is sent yet; raises ConfigError for objects that cannot be read as they are configured."""
    return SageCrm(system)
