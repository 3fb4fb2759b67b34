"""A person names a parent as any system does, or as the hub does, and every system is sent its own key of it."""

import pytest
from support.family import FIRM, PERSON, Family, Office, employed, office, two
from support.memory import ABLE

from hub.adapter import Failure, FieldInfo, Write, Written
from hub.core.errors import Refused
from hub.flow.deciding.decide import resolve
from hub.flow.deciding.failed import Cell, Corrected, Row, as_of, columns, correct, text_of
from hub.store import records


class Choosy(Office):
    """Nobody is let into one of its firms."""

    closed: str | None = None

    def _write(self, obj: str, write: Write) -> Written | Failure:
        if obj == PERSON and write.fields.get("firm", "") == self.closed:
            return Failure(Refused("record.refused", f"{self.closed} is closed"))
        return super()._write(obj, write)


@pytest.fixture
def refused() -> tuple[Family, Office, Choosy, int]:
    """Ann goes to Bolt, which the ERP has closed; there is Cobb as well. The golden record of Ann."""
    people = {PERSON: [FieldInfo("name"), FieldInfo("phone"), FieldInfo("firm")]}
    firms = {FIRM: [*map(FieldInfo, ("name", "phone", "city", "main", "mother", "erp_key"))]}
    erp = Choosy(firms | people, can=ABLE, key=lambda obj, number: f"e{obj[0]}{number}")
    world, crm, _ = two(office("c"), erp)
    ann = crm.add(PERSON, name="Ann", firm=crm.add(FIRM, name="Acme"))
    bolt = crm.add(FIRM, name="Bolt")
    crm.add(FIRM, name="Cobb")
    world.sync()
    erp.closed = erp.key(FIRM, "Bolt")
    crm.change(PERSON, ann, firm=bolt)
    world.sync()
    assert [item.state for item in world.owed()] == ["refused"]
    return world, crm, erp, golden(world, PERSON, ann)


def golden(world: Family, entity: str, key: str) -> int:
    return world.links(world.hub.places[entity]["crm"].id, [key])[0].golden_id


def corrected(world: Family, golden_id: int, firm: str) -> Corrected:
    place = world.hub.places[PERSON]["erp"]
    with world.store.reading() as tx:
        fields = records.load(tx, place.id, [golden_id])[golden_id].fields
    shown = {name: text_of(fields.get(name)) for name in columns(place)} | {"firm": firm}
    cells = {name: Cell(column, text) for column, (name, text) in enumerate(shown.items(), 12)}
    return correct(world.hub, [Row(2, place, golden_id, as_of(place, fields), False, cells)], "ada")


def firms(*offices: Office) -> list[str]:
    """Where Ann works, by the names of each system."""
    return [one.fields(FIRM, one.one(PERSON, "Ann")["firm"])["name"] for one in offices]


@pytest.mark.parametrize("typed", ["crm", "erp", "hub"])
def test_a_parent_is_named_as_a_system_shows_it_or_as_the_hub_does(
    refused: tuple[Family, Office, Choosy, int], typed: str
) -> None:
    world, crm, erp, ann = refused
    keys = {"crm": crm.key(FIRM, "Cobb"), "erp": erp.key(FIRM, "Cobb")}
    keys["hub"] = str(golden(world, FIRM, keys["crm"]))
    assert corrected(world, ann, f"{typed}:{keys[typed]}").edited == 1
    world.sync()
    assert firms(crm, erp) == ["Cobb", "Cobb"]
    assert (world.owed(), world.sync().written) == ([], 0)


def test_the_parent_that_it_has_is_no_edit(refused: tuple[Family, Office, Choosy, int]) -> None:
    world, crm, erp, ann = refused
    found = corrected(world, ann, f"crm:{crm.key(FIRM, 'Bolt')}")
    assert (found.edited, found.retried) == (0, 1)
    erp.closed = None
    world.sync()
    assert firms(crm, erp) == ["Bolt", "Bolt"]


def test_a_reference_can_be_cleared(refused: tuple[Family, Office, Choosy, int]) -> None:
    world, crm, erp, ann = refused
    assert corrected(world, ann, "").edited == 1
    world.sync()
    assert [one.one(PERSON, "Ann")["firm"] for one in (crm, erp)] == ["", ""]


@pytest.mark.parametrize(
    "typed", ["crm:cf99", "shop:1", "Cobb", "hub:999", f"hub:{10**30}", "hub:", "crm:"], ids=lambda typed: typed[:9]
)
def test_what_names_no_parent_is_a_problem_with_its_line_and_column(
    refused: tuple[Family, Office, Choosy, int], typed: str
) -> None:
    world, _, _, ann = refused
    [wrong] = corrected(world, ann, typed).wrong
    assert (wrong.line, wrong.column) == (2, 14)
    assert (
        wrong.said
        == f"person.firm: expected the firm it names, as SYSTEM:KEY or hub:ID, one that is there; got '{typed}'"
    )


def test_a_record_of_another_entity_is_no_parent(refused: tuple[Family, Office, Choosy, int]) -> None:
    world, crm, _, ann = refused
    assert corrected(world, ann, f"hub:{ann}").wrong
    assert corrected(world, ann, f"crm:{crm.key(PERSON, 'Ann')}").wrong


def test_a_parent_that_was_deleted_is_none(refused: tuple[Family, Office, Choosy, int]) -> None:
    world, crm, _, ann = refused
    cobb = crm.key(FIRM, "Cobb")
    number = golden(world, FIRM, cobb)
    crm.remove(FIRM, cobb)
    world.sync()
    assert corrected(world, ann, f"crm:{cobb}").wrong
    assert corrected(world, ann, f"hub:{number}").wrong


def test_a_clash_about_a_reference_is_decided_for_a_third_parent() -> None:
    world, crm, erp = employed()
    for name in ("Bolt", "Cobb", "Dunn"):
        crm.add(FIRM, name=name)
    world.sync()
    crm.change(PERSON, crm.key(PERSON, "Ann"), firm=crm.key(FIRM, "Bolt"))
    erp.change(PERSON, erp.key(PERSON, "Ann"), firm=erp.key(FIRM, "Cobb"))
    world.sync()
    [clash] = world.log()
    with pytest.raises(Refused, match="as SYSTEM:KEY or hub:ID"):
        resolve(world.hub, clash.id, "ours", "ada", {"firm": "Dunn"})
    resolve(world.hub, clash.id, "ours", "ada", {"firm": f"erp:{erp.key(FIRM, 'Dunn')}"})
    world.sync()
    assert firms(crm, erp) == ["Dunn", "Dunn"]
    assert world.sync().written == 0
