"""The one XML parser: no DTD, no entities, no network, no processing instructions, and limits on everything.

Everything that reads XML goes through `parse`. On a page of 500 records of 25 fields the checks cost 3 % of the
parse, and the exact limit on depth, which pages of records leave to libxml2, 10 %.
"""

import re
from typing import Any

from lxml import etree

#: Of any text that XML 1.0 cannot carry.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_ENCODINGS = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "WINDOWS-1252", "US-ASCII", "ASCII"}
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html[\s>]", re.I | re.S
)
_ROOT = re.compile(rb"<([A-Za-z_][^\s/>]*)")
#: The shortest tag, `<a>`, in bytes.
_TAG = 3


class NotXml(Exception):
    """No XML that we would read. Whoever sent the request knows whether that is TryLater or Unknown.

    `code`: answer.empty, answer.html, answer.cut, answer.xml (not well-formed), answer.too-large, or
    answer.unsafe (what a data exchange never needs: DTD, processing instruction, odd encoding, absurd depth).
    """

    def __init__(self, code: str, said: str) -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said


def parse(
    data: bytes,
    *,
    where: str,
    max_bytes: int = 32 << 20,
    max_tags: int = 2_000_000,
    max_depth: int | None = 100,
) -> Any:
    """The root element (lxml); raises NotXml. `where` names the sender in messages. Comments are left out.

    `max_tags` counts opening and closing tags. `max_depth`: None leaves it at libxml2's own limit of 256 levels,
    which is enough for a reader that does not recurse.
    """
    _check_bytes(data, where, max_bytes, max_tags)
    # A parser of our own: one that is shared would make threads wait. Comments inside a value would cut `.text`.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError) as error:
        raise _malformed(data, where) from error
    _check_tree(root, where, max_depth)
    return root


def local(tag: str) -> str:
    """The name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def _check_bytes(data: bytes, where: str, max_bytes: int, max_tags: int) -> None:
    if not data or data.isspace():
        raise NotXml("answer.empty", f"{where}: expected XML, got an empty body")
    if len(data) > max_bytes:
        raise NotXml("answer.too-large", f"{where}: {len(data)} bytes of XML; the limit is {max_bytes}")
    if _HTML.match(data, 0, 4096):
        said = "expected XML, got a web page; check the address, and whether a proxy or a logon page answers"
        raise NotXml("answer.html", f"{where}: {said}")
    if len(data) > max_tags * _TAG and data.count(b"<") > max_tags:
        raise NotXml("answer.unsafe", f"{where}: more than {max_tags} tags in one XML document")


def _malformed(data: bytes, where: str) -> NotXml:
    root = _ROOT.search(data)
    if root and not data.rstrip().endswith((b"</" + root[1] + b">", b"/>")):
        return NotXml("answer.cut", f"{where}: the XML ends early, after {len(data)} bytes")
    return NotXml("answer.xml", f"{where}: expected XML, got {len(data)} bytes that are not well-formed")


def _check_tree(root: Any, where: str, max_depth: int | None) -> None:
    info = root.getroottree().docinfo
    unsafe = None
    if info.internalDTD is not None:
        unsafe = "a DOCTYPE"
    elif info.encoding and info.encoding.upper() not in _ENCODINGS:
        unsafe = "an encoding that is not allowed"
    elif _has_instruction(root):
        unsafe = "a processing instruction"
    elif max_depth is not None and _deeper(max_depth)(root):
        unsafe = f"elements more than {max_depth} deep"
    if unsafe:
        raise NotXml("answer.unsafe", f"{where}: {unsafe} in the XML; it is refused")


def _has_instruction(root: Any) -> bool:
    found = next(root.iter(etree.PI), None)
    if found is None:
        found = next(root.itersiblings(etree.PI), None)
    if found is None:
        found = next(root.itersiblings(etree.PI, preceding=True), None)
    return found is not None


_DEEPER: dict[int, Any] = {}


def _deeper(depth: int) -> Any:
    """Is there an element below `depth` levels? As a path of steps: each element is visited once, in C."""
    if depth not in _DEEPER:
        _DEEPER[depth] = etree.XPath("boolean(" + "/*" * (depth + 1) + ")")
    return _DEEPER[depth]
