"""Look at the suppliers of a running sandbox and edit them: `python -m hub.sandbox.erp.edit --help`."""

from hub.sandbox.edit import command
from hub.sandbox.erp.counterpart import COLUMNS

edit = command("suppliers", "supplierid", COLUMNS, "http://127.0.0.1:8090")

if __name__ == "__main__":
    edit()
