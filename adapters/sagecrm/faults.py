"""What the faults of Sage CRM mean. Texts seen in production; where none was, the text is matched loosely."""

import re

from hub.core.errors import Denied, HubError, Refused, TryLater, Unknown
from hub.transport.soap import Fault

#: The handler broke down half-way, so a write may or may not have been carried out.
_CRASH = re.compile(r"access violation|list index out of bounds|time-?out|deadlock|out of memory", re.I)
_BUSY = re.compile(r"already (logged|in use)|another (session|user)|in use by", re.I)
_ENTITY = re.compile(r"entity '.*' (does not exist|is not web service enabled)", re.I)


class SessionLost(Exception):
    """Logged off by the server: kicked, timed out, or restarted. The request was not carried out."""


def error_of(fault: Fault, where: str, *, repeatable: bool) -> HubError:
    """The fault of any call but `logon`; raises SessionLost."""
    said = f"{where}: {fault.said or 'a fault without a text'}"
    text = fault.said.lower()
    if "not logged on" in text:
        raise SessionLost
    if _CRASH.search(text):
        return TryLater("soap.fault", said) if repeatable else Unknown("soap.fault", said)
    if "query failed to run" in text:
        return Refused("sage.query", f"{said}; check the object's filter and the columns of the mapping")
    if _ENTITY.search(text):
        return Refused("sage.entity", f"{said}; check its name, and External Access in the CRM's administration")
    return Refused("soap.fault", said)


def logon_error(fault: Fault, where: str) -> HubError:
    """The fault of a `logon`. Anything that is not clearly something else counts as refused: accounts lock."""
    said = f"{where}: {fault.said or 'a fault without a text'}"
    if _CRASH.search(fault.said):
        return TryLater("soap.fault", said)
    if _BUSY.search(fault.said):
        return TryLater("session.busy", f"{said}; give the hub a user of its own, or set Force Webservice log on")
    return Denied("system.denied", f"{said}; check user, password, and that the user may use web services")
