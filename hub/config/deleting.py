"""What a binding says of deletions, checked against its mapping and built."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hub.config.document import Document
from hub.config.files import BindingFile
from hub.config.problem import Loc
from hub.core.mapping import Mapping as Compiled
from hub.core.model import Deletes
from hub.core.record import Fields, Value
from hub.core.unfit import Unfit, nearest
from hub.core.values import reader

#: Settings that a deletion needs in order to be written: by `send`, the one that must not be false.
_NEEDS = {"hard": "delete", "soft": "update"}


def build_deletes(document: Document, at: Loc, binding: BindingFile, mapping: Compiled) -> Deletes:
    """The rule of one binding; what is wrong with it is noted at its key."""
    file = binding.deletes
    _check_send(document, at, binding)
    marks = _marks(document, (*at, "set"), file.set, mapping)
    share = int(file.guard.share.removesuffix("%")) / 100
    return Deletes(file.send, file.take, marks, file.guard.most, share, file.confirm_after or timedelta())


def _check_send(document: Document, at: Loc, binding: BindingFile) -> None:
    file = binding.deletes
    needed = _NEEDS.get(file.send)
    if "send" in file.model_fields_set and needed and not getattr(binding, needed):
        document.problem((*at, "send"), f"'{file.send}' writes to the system, and '{needed}: false' forbids that")
    if file.send == "soft" and not file.set:
        document.problem((*at, "set"), "'send: soft' needs it: the fields that mark a record as closed")
    if file.send != "soft" and file.set:
        document.problem((*at, "set"), f"is for 'send: soft', not for {file.send}")


def _marks(document: Document, at: Loc, given: Mapping[str, Any], mapping: Compiled) -> Fields:
    """The fields and values in the hub's own terms, as a record would show them."""
    marks: Fields = {}
    for name, value in given.items():
        if name not in mapping.writable:
            said = f"is not a field that the mapping writes{nearest(name, sorted(mapping.writable))}"
            document.problem((*at, name), said)
            continue
        if mapping.specs[name].refers is not None:
            document.problem((*at, name), "is a reference, which marks nothing as closed; name another field")
            continue
        try:
            marks[name] = _read(name, value, mapping)
        except Unfit as error:
            document.problem((*at, name), error.said)
            continue
        for problem in mapping.to_system({name: marks[name]})[1]:
            document.problem((*at, name), problem.said)
    return marks


def _read(name: str, value: Any, mapping: Compiled) -> Value:
    spec = mapping.specs[name]
    return reader(spec.type, scale=spec.scale, zone=spec.zone)(value)
