"""Text that goes through a spreadsheet and comes back as it was."""

import re

#: What a spreadsheet would run as a formula. A quote before it makes it text; it is taken off again.
_FORMULA = re.compile(r"[\s'\"]*[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")
#: What a CSV file may have between its cells: `;` is how spreadsheets in much of Europe write it.
_DELIMITERS = ",;\t"


def guarded(text: str) -> str:
    """As a cell that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def bared(cell: str) -> str:
    """What was guarded: `bared(guarded(text)) == text`."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell[1:]) else cell


def delimiter_of(head: str) -> str:
    """What is between the cells of a CSV file, by its first line."""
    return max(_DELIMITERS, key=head.count)
