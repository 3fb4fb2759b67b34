"""Every record of a database forgotten, its tables kept: for made-up worlds, one after the other."""

import sqlalchemy as sa

from hub.store.database import Tx
from hub.store.schema import metadata

_EACH = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
_ALL = sa.text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")


def clear(tx: Tx) -> None:
    """Nothing is left, and numbers begin anew."""
    if tx.lite:
        for said in _EACH:
            tx.connection.exec_driver_sql(said)
    else:
        tx.run(_ALL)
