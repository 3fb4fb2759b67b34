"""Look at the companies of a running sandbox and edit them: `python -m hub.sandbox.crm.edit --help`."""

from hub.sandbox.crm.counterpart import COLUMNS
from hub.sandbox.edit import command

edit = command("companies", "companyid", COLUMNS, "http://127.0.0.1:8091")

if __name__ == "__main__":
    edit()
