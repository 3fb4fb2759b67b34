"""The integration hub: keeps a CRM and the systems around it in step."""

__version__ = "0.1.0"
