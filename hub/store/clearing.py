"""Every record of a database forgotten, its tables kept: for made-up worlds, one after the other."""

from hub.store.database import Tx
from hub.store.lookup import Lookup
from hub.store.schema import metadata

#: SQLite keeps the last number that it gave in a table of its own.
_EMPTIED = (*(table.name for table in reversed(metadata.sorted_tables)), "sqlite_sequence")
_EACH = [Lookup(f"DELETE FROM {name}") for name in _EMPTIED]
_ALL = Lookup(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")


def clear(tx: Tx) -> None:
    """Nothing is left, and numbers begin anew."""
    for statement in _EACH if tx.lite else [_ALL]:
        tx.do(statement)
