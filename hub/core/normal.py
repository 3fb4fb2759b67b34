"""Normal forms: what of a value counts when two records are compared. Chosen by name in `match` and `similar`.

Each gives words with blanks between them, or nothing: then the value tells nothing.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, get_args

from hub.core.likeness import counts, folded
from hub.core.record import Value

Form = Literal["text", "words", "company", "start", "phone", "email", "domain", "vat"]
FORMS: tuple[Form, ...] = get_args(Form)
#: Forms that are names: compared by how alike they are. The others are equal, a typo apart, or different.
NAMES = frozenset({"text", "words", "company"})

_LEGAL_WORDS = (
    "ab ag aktiengesellschaft aps as asa bt bv clg co company corp corporation cv dac dd doo ead eg eood eurl ev "
    "gbr gesmbh gmbh inc incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv oe ohg ood ou oy oyj "
    "plc pllc pte pty pvt sa sab sarl sas sasu sau sca scs se sia sl slu snc sociedad spa spj spzoo srl sro ug uab "
    "unlimited vof zrt"
)
_LEGAL = frozenset(_LEGAL_WORDS.split())
#: Legal forms that also stand before the name.
_BEFORE = frozenset({"ab", "as", "oao", "ooo", "oy", "pt", "sarl", "sas", "sia", "uab"})
_AND = frozenset({"and", "e", "et", "und", "y"})
#: Written short and in full.
_SHORT = {
    "assoc": "associates", "bros": "brothers", "ctr": "centre", "center": "centre", "dept": "department",
    "dist": "distribution", "electr": "electric", "eng": "engineering", "engg": "engineering", "gp": "group",
    "grp": "group", "hldg": "holding", "holdings": "holding", "ind": "industries", "inds": "industries",
    "int": "international", "intl": "international", "labs": "laboratories", "mfg": "manufacturing",
    "mgmt": "management", "mkt": "marketing", "mktg": "marketing", "natl": "national", "svc": "services",
    "svcs": "services", "serv": "services", "service": "services", "sys": "systems", "system": "systems",
    "tech": "technologies", "technology": "technologies", "univ": "university",
}  # fmt: skip
#: Mailboxes that anybody has: they say nothing of a firm.
_ANYBODY_WORDS = (
    "aol.com btinternet.com comcast.net eircom.net free.fr gmail.com gmx.at gmx.com gmx.de gmx.net googlemail.com "
    "hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net libero.it live.com mac.com mail.com "
    "mail.ru me.com msn.com orange.fr outlook.com outlook.de proton.me protonmail.com qq.com sfr.fr sky.com "
    "t-online.de virginmedia.com wanadoo.fr web.de yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru 163.com"
)
_ANYBODY = frozenset(_ANYBODY_WORDS.split())
_JOINED = re.compile(r"[.'’`/]")
#: Of Latin, Greek and Cyrillic letters; the vowel signs of other scripts are letters.
_ACCENTS = re.compile("[\u0300-\u036f]")
_SPLIT = re.compile(r"[\W_]+")
_EXTENSION = re.compile(r"(?:ext|extension|durchwahl|x|#)\W*[0-9]{1,5}\W*$", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s<>@,;:]+@[^\s<>@,;:]+")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?(?:/*)(?:[^/@]*@)?(?:www\d?\.)?([^/:?#\s>]+)")
_VAT_WORDS = re.compile(r"(vat|ust|mwst|tva|iva|btw|id|nr|no|number|reg|registration|mva)")
#: The digits of a telephone number that do not depend on how country and area are written.
_DIGITS = 8


def normal(form: Form, value: Value) -> str:
    """What counts of a value, in words. Empty: it tells nothing."""
    return "" if value is None else _NORMAL[form](str(value))


def squeezed(form: Form, value: Value) -> str:
    """The same without blanks: equal is the same."""
    return folded(value) if form == "text" else normal(form, value).replace(" ", "")


def _words(text: str) -> list[str]:
    """Lower case, without accents; `S.A.` is one word, and so are single letters in a row."""
    text = _JOINED.sub("", text.casefold())
    if not text.isascii():
        letters = (letter for letter in unicodedata.normalize("NFKD", text) if not _ACCENTS.match(letter))
        text = "".join(letter if counts(letter) else " " for letter in letters)
    words = _SPLIT.split(text) if text.isascii() else text.split()
    found: list[str] = []
    single = False
    for word in filter(None, words):
        if single and len(word) == 1:
            found[-1] += word
        else:
            found.append(word)
        single = len(word) == 1
    return found


def _company_words(text: str) -> list[str]:
    words = [word for word in _words(text.replace("&", " and ").replace("+", " and ")) if word not in _AND]
    kept = words[:-3] if words[-3:] == ["sp", "z", "oo"] else words
    while len(kept) > 1 and kept[-1] in _LEGAL:
        kept = kept[:-1]
    while len(kept) > 1 and kept[0] in _BEFORE:
        kept = kept[1:]
    return [_SHORT.get(word, word) for word in kept]


@lru_cache(50_000)
def _company(text: str) -> str:
    return " ".join(_company_words(text))


def _start(text: str) -> str:
    return _company(text).replace(" ", "")[:4]


def _phone(text: str) -> str:
    digits = "".join(re.findall("[0-9]", _EXTENSION.sub("", text)))
    return digits[-_DIGITS:] if len(digits) >= 6 else ""


def _email(text: str) -> str:
    found = _MAILBOX.search(text)
    return found[0].casefold().rstrip(".") if found else ""


def _domain(text: str) -> str:
    """Of a mailbox or a web address."""
    mailbox = _email(text)
    found = None if mailbox else _HOST.match(text.strip().casefold())
    host = mailbox.rpartition("@")[2] if mailbox else found[1] if found else ""
    return host if "." in host and host not in _ANYBODY else ""


def _vat(text: str) -> str:
    """Letters and digits, without the words around them; nothing without digits."""
    words = _words(text)
    # `No` alone in front is Norway.
    kept = [word for place, word in enumerate(words) if not _VAT_WORDS.fullmatch(word) or (word == "no" and not place)]
    joined = "".join(kept)
    return joined if sum(letter.isdigit() for letter in joined) >= 5 else ""


_NORMAL: dict[Form, Callable[[str], str]] = {
    "text": lambda text: " ".join(_words(text)),
    "words": lambda text: " ".join(sorted(_words(text))),
    "company": _company,
    "start": _start,
    "phone": _phone,
    "email": _email,
    "domain": _domain,
    "vat": _vat,
}
