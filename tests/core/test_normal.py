"""Normal forms: what of a value counts when two records are compared."""

import pytest

from hub.core.normal import FORMS, Form, normal, squeezed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd.", "ACME Limited"),
        ("Müller Maschinenbau GmbH & Co. KG", "Muller Maschinenbau"),
        ("Dupont S.A.", "Dupont SA"),
        ("Dupont S. A.", "DUPONT"),
        ("Kowalski Sp. z o.o.", "Kowalski"),
        ("Nordic A/S", "Nordic"),
        ("SARL Martin", "Martin S.A.R.L."),
        ("Smith & Sons plc", "Smith and Sons"),
        ("I.B.M. Corp.", "IBM Inc"),
        ("Murphy Bros", "Murphy Brothers Ltd"),
        ("Delta Intl Mfg", "Delta International Manufacturing"),
        ("O'Neil Ltd", "ONeil"),
        ("Data Works Ltd", "DataWorks"),
    ],
)
def test_a_company_is_its_name_without_its_legal_form(one: str, other: str) -> None:
    assert squeezed("company", one) == squeezed("company", other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme Tools", "Acme Toys"), ("Acme 1", "Acme 2"), ("Ltd", "GmbH"), ("कि Ltd", "कु Ltd"), ("AS Roma", "AC Roma")],
)
def test_another_name_is_another_company(one: str, other: str) -> None:
    assert squeezed("company", one) != squeezed("company", other)


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("phone", "+353 (1) 555-0100", "15550100"),
        ("phone", "01 555 0100", "15550100"),
        ("phone", "00353 1 5550100 ext. 12", "15550100"),
        ("phone", "12345", ""),
        ("phone", "none", ""),
        ("email", " Ann <ANN@Acme.com> ", "ann@acme.com"),
        ("email", "no mail", ""),
        ("domain", "info@Acme.com", "acme.com"),
        ("domain", "https://www.acme.com/contact?x=1", "acme.com"),
        ("domain", "acme.com", "acme.com"),
        ("domain", "anna@gmail.com", ""),
        ("domain", "n/a", ""),
        ("vat", "VAT no. IE 123.4567-A", "ie1234567a"),
        ("vat", "DE 123 456 789", "de123456789"),
        ("vat", "NO 123 456 789 MVA", "no123456789"),
        ("vat", "pending", ""),
        ("start", "The Acme Works Ltd", "thea"),
        ("start", "A.B. Ltd", "ab"),
        ("words", "Byron, Ada", "ada byron"),
        ("words", "Ada Byron", "ada byron"),
        ("text", "10, High-Street", "10 high street"),
    ],
)
def test_what_counts_of_a_value(form: Form, value: str, expected: str) -> None:
    assert normal(form, value) == expected


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", [None, "", "  ", "--", "&", "@", "'", "+"])
def test_what_tells_nothing_is_nothing(form: Form, value: str | None) -> None:
    assert (normal(form, value), squeezed(form, value)) == ("", "")


@pytest.mark.parametrize("form", FORMS)
def test_numbers_and_switches_are_taken_as_they_are_written(form: Form) -> None:
    assert isinstance(normal(form, 123456789), str)
    assert isinstance(squeezed(form, True), str)
