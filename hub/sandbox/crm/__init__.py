"""A small Sage CRM: its SOAP service, sessions and faults as met in the field, its records in SQLite.

`python -m hub.sandbox.crm --help` starts it, `python -m hub.sandbox.crm.edit --help` edits its companies.
"""
