"""Made-up companies, the same ones for the sandbox CRM and the sandbox ERP: `companies(300, "demo")`."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any, NamedTuple

Company = dict[str, Any]
Person = dict[str, Any]

EPOCH = dt.datetime(2024, 1, 1, 8, 0)  # noqa: DTZ001 - the CRM keeps wall clock time without a zone


class Place(NamedTuple):
    """What companies of one country look like."""

    country: str
    currency: str
    forms: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    street: str
    phone: str
    domain: str
    vat: str
    words: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]


PLACES = (
    Place(
        "IE", "EUR", ("Ltd", "DAC", "Group"),
        (("Dublin", "D02 X285"), ("Cork", "T12 W8KF"), ("Galway", "H91 E2K5"), ("Limerick", "V94 T9PX")),
        "{n} {s} Street", "+353 1 {p}", "ie", "IE{v}T",
        ("Shannon", "Liffey", "Emerald", "Claddagh", "Burren", "O'Brien", "Kerry Gold", "Atlantic", "Tara", "Corrib"),
        ("Aoife", "Ciarán", "Niamh", "Seán", "Gráinne"), ("Byrne", "O'Sullivan", "Murphy", "Ní Bhriain", "Walsh"),
    ),
    Place(
        "GB", "GBP", ("Ltd", "PLC", "& Sons", "LLP"),
        (("Leeds", "LS1 4DY"), ("Bristol", "BS1 5TR"), ("Glasgow", "G2 1AL"), ("Newcastle upon Tyne", "NE1 7RU")),
        "{n} {s} Road", "+44 113 {p}", "co.uk", "GB{v}",
        ("Pennine", "Ashworth", "Kingfisher", "Severn", "Hadley & Moor", "Northgate", "Bramble", "Thistle", "Cotswold"),
        ("Emma", "Oliver", "Priya", "Hamish", "Zoë"), ("Smith", "Patel", "MacDonald", "Hughes", "Okafor"),
    ),
    Place(
        "DE", "EUR", ("GmbH", "AG", "GmbH & Co. KG", "KG"),
        (("Köln", "50667"), ("München", "80331"), ("Düsseldorf", "40213"), ("Leipzig", "04109"), ("Görlitz", "02826")),
        "{s}straße {n}", "+49 221 {p}", "de", "DE{v}",
        ("Müller", "Rheintal", "Hansa", "Weiß", "Nordlicht", "Löwen", "Schäfer", "Elbe", "Grün & Partner", "Falken"),
        ("Jürgen", "Anke", "Björn", "Sabine", "Jörg"), ("Müller", "Schröder", "Weiß", "Krüger", "Yılmaz"),
    ),
    Place(
        "FR", "EUR", ("SARL", "SA", "SAS"),
        (("Lyon", "69002"), ("Nantes", "44000"), ("Orléans", "45000"), ("Besançon", "25000"), ("Paris", "75011")),
        "{n} rue {s}", "+33 4 {p}", "fr", "FR{v}",
        ("Lumière", "Beauséjour", "Hélios", "Garonne", "L'Atelier", "Mistral", "Forêt", "Château Vert", "Océan"),
        ("Zoé", "François", "Hélène", "Loïc", "Agnès"), ("Lefèvre", "Dupont", "Garçon", "Benoît", "N'Guyen"),
    ),
    Place(
        "PL", "PLN", ("Sp. z o.o.", "S.A.", "s.c."),
        (("Łódź", "90-001"), ("Kraków", "30-001"), ("Gdańsk", "80-001"), ("Poznań", "60-001"), ("Wrocław", "50-001")),
        "ul. {s} {n}", "+48 42 {p}", "pl", "PL{v}",
        ("Wisła", "Żuraw", "Bursztyn", "Orzeł", "Tatry", "Święty Jan", "Źródło", "Dąb", "Łabędź"),
        ("Łukasz", "Małgorzata", "Paweł", "Agnieszka"), ("Wiśniewski", "Nowak", "Dąbrowska", "Zieliński"),
    ),
    Place(
        "ES", "EUR", ("S.L.", "S.A.", "e Hijos"),
        (("Madrid", "28013"), ("A Coruña", "15003"), ("Málaga", "29015"), ("Bilbao", "48001"), ("León", "24002")),
        "Calle {s}, {n}", "+34 91 {p}", "es", "ES{v}",
        ("Ñandú", "Sol y Mar", "Montaña", "Ibérica", "Alcázar", "Río Tinto", "Peña", "Aragón", "Jardín"),
        ("Begoña", "José", "Inés", "Íñigo"), ("Muñoz", "García", "Núñez", "de la Peña"),
    ),
)  # fmt: skip
TRADES = (
    "Tools", "Packaging", "Logistics", "Foods", "Textiles", "Plastics", "Electronics", "Timber", "Optics", "Print",
    "Metals", "Chemicals", "Furniture", "Marine", "Medical", "Software", "Energy", "Paper", "Glass", "Bearings",
)  # fmt: skip
STREETS = ("Market", "Mill", "Station", "Park", "Garden", "Bridge", "Castle", "Harbour", "Church", "Linden")
SECTORS = ("Manufacturing", "Distribution", "Services", "Construction", "Healthcare", "IT")
TYPES = ("Customer", "Prospect", "Supplier", "Supplier", "Partner")
SOURCES = ("Web", "Referral", "Trade Show", "Cold Call", "Advertisement")
STATUSES = ("Active", "Active", "Active", "Inactive")
ASCII = str.maketrans("äöüßéèêàâôîçłńśźżąćęóñáíúÄÖÜŁŚŻŹÑÍÓÁ", "aouseeeaaoiclnszzaceonaiuAOULSZZNIOA")


def companies(n: int, seed: str = "demo") -> list[Company]:
    """`n` companies, always the same for a seed; names are unique. Keys are the CRM's short names.

    Money and percent are Decimal, `onhold` is a bool, dates are wall clock times, the rest is text; None is empty.
    Ids and `supplierid` are left to the systems: `companies(n, seed)[i]` is company i + 1 of an empty CRM.
    """
    taken: set[str] = set()
    return [_company(i, random.Random(f"{seed}:{i}"), taken) for i in range(n)]  # noqa: S311 - repeatable, not secret


def persons(index: int, seed: str = "demo") -> list[Person]:
    """The people of company `index` of `companies`: none, one or two."""
    rng = random.Random(f"{seed}:{index}:people")  # noqa: S311
    place = PLACES[_country(random.Random(f"{seed}:{index}"))]  # noqa: S311
    return [_person(place, rng) for _ in range(rng.choice((0, 0, 1, 2)))]


def _country(rng: random.Random) -> int:
    return rng.randrange(len(PLACES))


def _company(i: int, rng: random.Random, taken: set[str]) -> Company:
    place = PLACES[_country(rng)]
    city, postcode = rng.choice(place.cities)
    name = _name(place, city, rng, taken)
    host = f"{_plain(name)}.example"
    created = EPOCH + dt.timedelta(days=rng.randrange(700), minutes=rng.randrange(600), seconds=rng.randrange(60))
    return {
        "name": name, "type": rng.choice(TYPES), "status": rng.choice(STATUSES), "source": rng.choice(SOURCES),
        "secterr": str(-2147483640 + rng.randrange(6)), "revenue": f"{1 + rng.randrange(9)}-10m",
        "employees": str(rng.choice((5, 12, 40, 120, 600))), "sector": rng.choice(SECTORS),
        "website": f"https://www.{host}", "emailaddress": f"info@{host}",
        "phone": place.phone.format(p=rng.randrange(2000000, 9999999)),
        "address1": place.street.format(n=1 + rng.randrange(180), s=rng.choice(STREETS)),
        "city": city, "postcode": postcode, "country": place.country,
        "vatnumber": place.vat.format(v=f"{10000000 + i * 7919 % 89999999:08d}"), "currency": place.currency,
        "creditlimit": Decimal(rng.randrange(5, 500) * 100).quantize(Decimal("0.01")),
        "discount": Decimal(rng.choice(("0.00", "2.25", "5.00", "7.50"))), "onhold": rng.random() < 0.06,
        "primaryuserid": 1 + rng.randrange(9),
        "notes": rng.choice(("", "", f"Ask for <{rng.choice(place.first)}> & co.")),
        "supplierid": None, "createddate": created,
        "updateddate": created + dt.timedelta(days=rng.randrange(200), seconds=rng.randrange(3600)),
    }  # fmt: skip


def _name(place: Place, city: str, rng: random.Random, taken: set[str]) -> str:
    """A name nobody has yet: first plain, then with the city, then with a number."""
    plain = f"{rng.choice(place.words)} {rng.choice(TRADES)} {rng.choice(place.forms)}"
    name, count = plain, 1
    while name.casefold() in taken:
        name = f"{plain} {city}" if count == 1 else f"{plain} {city} {count}"
        count += 1
    taken.add(name.casefold())
    return name


def _plain(name: str) -> str:
    """A name as part of a host name."""
    return "".join(c for c in name.translate(ASCII).lower() if c.isascii() and c.isalnum())[:40]


def _person(place: Place, rng: random.Random) -> Person:
    first, last = rng.choice(place.first), rng.choice(place.last)
    return {
        "firstname": first, "lastname": last, "title": rng.choice(("Buyer", "Director", "Accounts", None)),
        "emailaddress": f"{_plain(first)}.{_plain(last)}@{place.domain}.example",
        "phone": place.phone.format(p=rng.randrange(2000000, 9999999)),
    }  # fmt: skip
