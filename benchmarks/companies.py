"""Two lists of companies of which we know which are the same: made up, and the same for the same seed.

What parts two entries of one company: case and punctuation, legal forms, typing errors, words swapped or written
short, a moved address, another telephone, blanks. What makes two companies look like one: a near name, the same name
in another town, branches of a group with one web address, a shared switchboard.
"""

import random
from typing import NamedTuple

Company = dict[str, str]

_FIRST = (
    "Atlantic Harbour Northern Southern Emerald Silver Golden Summit Valley River Castle Bridge Oak Maple Granite "
    "Falcon Phoenix Beacon Apex Vertex Delta Omega Nova Orion Aurora Zenith Global United Premier Central Metro "
    "Coastal Highland Lakeland Meridian Pioneer Sterling Crown Royal Liberty Heritage Keystone Cardinal Compass Anchor"
)  # fmt: skip
_MIDDLE = (
    "Engineering Electric Precision Marine Medical Packaging Printing Logistics Transport Plastics Steel Timber Glass "
    "Textile Catering Cleaning Security Software Consulting Design Building Roofing Heating Garden Dairy Bakery Motor "
    "Chemical Optical Travel Training Furniture Paper Tool Energy Solar Water Fire Office Data Food Pharma"
)
_LAST = (
    "Systems Services Group Technologies Industries Solutions Manufacturing International Associates Brothers Partners "
    "Holdings Distribution Supplies Works Laboratories Management Trading Products"
)
_SURNAMES = (
    "Murphy Kelly Byrne Ryan Walsh Doyle Keane Nolan Daly Quinn Flynn Burke Schmidt Weber Fischer Wagner Becker "
    "Hoffmann Martin Bernard Dubois Moreau Laurent Rossi Ferrari Bianchi Jansen Visser Novak Kowalski Larsen Hansen"
)
_TOWNS = "Dublin Cork Galway Limerick Waterford Sligo Athlone Dundalk Ennis Kilkenny Naas Navan Tralee Wexford Carlow"
_STREETS = "High Main Church Mill Bridge Station Park Market Castle George Abbey Quay Chapel Green West East North"
_FORMS = (("Ltd", "Limited", "Ltd.", "LTD"), ("GmbH", "GmbH.", "mbH"), ("Inc", "Inc.", "Incorporated"),
          ("plc", "PLC"), ("S.A.", "SA", "S. A."), ("B.V.", "BV"), ("& Co. KG", "Co KG"), ("",))  # fmt: skip
_SHORT = {"International": "Intl", "Manufacturing": "Mfg", "Associates": "Assoc.", "Brothers": "Bros",
          "Systems": "Sys.", "Technologies": "Tech", "Industries": "Ind.", "Services": "Svcs", "Management": "Mgmt",
          "Laboratories": "Labs", "Engineering": "Eng.", "Distribution": "Dist."}  # fmt: skip
FIELDS = ("name", "street", "city", "postcode", "phone", "email", "vat")


class Lists(NamedTuple):
    """Two lists by key, and which key of the second is which of the first."""

    crm: dict[str, Company]
    erp: dict[str, Company]
    same: dict[str, str]


class Maker:
    """Companies of one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice
        self._numbers = 0

    def company(self) -> Company:
        words = self.words()
        self._numbers += 1
        domain = "".join(words[:2]).lower() + str(self._numbers % 977) + self.pick((".ie", ".com", ".eu"))
        filled = {
            "name": " ".join([*words, self.pick(self.pick(_FORMS))]).strip(),
            **self.address(),
            "phone": self.phone(),
        }
        email = f"{self.pick(('info', 'office', 'sales'))}@{domain}"
        filled["email"] = email if self.often(0.8) else f"{words[0].lower()}{self._numbers}@gmail.com"
        return {**filled, "vat": self.vat()}

    def words(self) -> list[str]:
        if self.often(0.25):
            return [self.pick(_SURNAMES.split()), self.pick((*_MIDDLE.split(), *_LAST.split()))]
        return [self.pick(_FIRST.split()), self.pick(_MIDDLE.split()), self.pick(_LAST.split())]

    def address(self) -> Company:
        town = self.random.randrange(15)
        postcode = f"{'DCGLWSAKENTX'[town % 12]}{town:02} {self.random.randrange(36**4):04X}"
        street = f"{self.random.randrange(1, 180)} {self.pick(_STREETS.split())} Street"
        return {"street": street, "city": _TOWNS.split()[town], "postcode": postcode}

    def phone(self) -> str:
        return (
            f"+353 {self.random.randrange(1, 99)} {self.random.randrange(100, 999)} {self.random.randrange(1000, 9999)}"
        )

    def vat(self) -> str:
        return f"IE{self.random.randrange(1_000_000, 9_999_999)}{self.pick('ABCDEFGHWT')}"

    def often(self, share: float) -> bool:
        return self.random.random() < share

    # -- the same company, entered by somebody else -------------------------------------------------

    def entered_again(self, company: Company) -> Company:
        again = dict(company)
        for share, change in (
            (0.5, self.form),
            (0.2, self.typo),
            (0.08, self.swap),
            (0.25, self.short),
            (0.15, self.move),
        ):
            if self.often(share):
                change(again)
        self.written_otherwise(again)
        for name, share in (("vat", 0.45), ("phone", 0.2), ("email", 0.25), ("street", 0.1), ("postcode", 0.15)):
            if self.often(share):
                again[name] = ""
        return again

    def form(self, company: Company) -> None:
        """Another spelling of the legal form, or none."""
        for forms in _FORMS[:-1]:
            for form in sorted(forms, key=len, reverse=True):
                if company["name"].endswith(" " + form):
                    company["name"] = f"{company['name'][: -len(form)]}{self.pick((*forms, ''))}".strip()
                    return

    def typo(self, company: Company) -> None:
        name = company["name"]
        at = self.random.randrange(2, max(3, len(name) - 5))
        kinds = (name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:], name[:at] + "e" + name[at + 1 :],
                 name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :])  # fmt: skip
        company["name"] = self.pick(kinds)

    def swap(self, company: Company) -> None:
        first, _, rest = company["name"].partition(" ")
        second, _, rest = rest.partition(" ")
        company["name"] = f"{second} {first} {rest}".strip()

    def short(self, company: Company) -> None:
        company["name"] = " ".join(_SHORT.get(word, word) for word in company["name"].split())

    def move(self, company: Company) -> None:
        company |= self.address()
        if self.often(0.5):
            company["phone"] = self.phone()

    def written_otherwise(self, company: Company) -> None:
        """Case and punctuation; telephone and VAT numbers as people write them."""
        if self.often(0.3):
            company["name"] = company["name"].upper()
        if self.often(0.4):
            company["phone"] = company["phone"].replace("+353 ", "0").replace(" ", self.pick(("", "-", " ")))
        if self.often(0.3):
            company["vat"] = f"IE {company['vat'][2:5]} {company['vat'][5:]}"

    # -- another company that looks like it --------------------------------------------------------

    def lookalike(self, company: Company) -> Company:
        other = self.company()
        return self.pick((self.near_name, self.same_name_elsewhere, self.branch, self.shared_switchboard))(
            company, other
        )

    def near_name(self, company: Company, other: Company) -> Company:
        """`Atlantic Marine Services` and `Atlantic Medical Services`, in one town."""
        words = company["name"].split()
        words[1 % len(words)] = self.pick(_MIDDLE.split())
        return {**other, "name": " ".join(words), "city": company["city"]}

    def same_name_elsewhere(self, company: Company, other: Company) -> Company:
        return {**other, "name": company["name"]}

    def branch(self, company: Company, other: Company) -> Company:
        """A firm of the same group: its name with the town, the group's web address, a VAT number of its own."""
        first = " ".join(company["name"].split()[:2])
        return {**other, "name": f"{first} {other['city']}", "email": company["email"]}

    def shared_switchboard(self, company: Company, other: Company) -> Company:
        return {**other, "phone": company["phone"], "city": company["city"], "postcode": company["postcode"]}


def lists(number: int, seed: int = 20261122) -> Lists:
    """So many companies in the first list; about as many in the second, six in ten of them the same."""
    make = Maker(seed)
    crm = {f"c{place}": make.company() for place in range(number)}
    erp: list[tuple[Company, str]] = []
    for key, company in crm.items():
        if make.often(0.6):
            erp.append((make.entered_again(company), key))
        if make.often(0.15):
            erp.append((make.lookalike(company), ""))
        if make.often(0.25):
            erp.append((make.company(), ""))
    make.random.shuffle(erp)
    same = {f"e{place}": key for place, (_, key) in enumerate(erp) if key}
    return Lists(crm, {f"e{place}": company for place, (company, _) in enumerate(erp)}, same)
