"""Writing to Sage CRM: an outcome for each record, no twin, and no guess about what was done."""

from collections.abc import Iterator

import pytest
from sage_answers import NS, Reply, company, connected, fault, page, recorded_crm, result, soap
from support.servers import Crm

from adapters.sagecrm.adapter import SageCrm
from hub.adapter import Failure, Write, Written
from hub.core.errors import Denied, Gone, HubError, Refused, TryLater, Unknown

LONG = "x" * 61  # The name of a company holds 60 characters.


@pytest.fixture
def adapter(crm: Crm) -> Iterator[SageCrm]:
    adapter = connected(crm.url, password=crm.password)
    yield adapter
    adapter.close()


def creates(*names: str) -> list[Write]:
    return [Write("create", None, {"name": name, "city": "Cork"}) for name in names]


def named(crm: Crm) -> dict[str, str]:
    return {key: company["name"] for key, company in crm.companies().items()}


def said(outcomes: list[Written | Failure]) -> list[str]:
    return ["written" if isinstance(o, Written) else type(o.error).__name__ for o in outcomes]


@pytest.mark.parametrize("batch", ["each", "whole"])
@pytest.mark.parametrize("bad", [0, 3, 9], ids=["first", "middle", "last"])
def test_one_bad_record_of_a_batch_of_creates_is_found_and_no_other_made_twice(
    crm: Crm, adapter: SageCrm, bad: int, batch: str
) -> None:
    crm.settings(batch=batch)
    names = [f"Made {n}" if n != bad else LONG for n in range(10)]
    outcomes = adapter.write("company", creates(*names))
    assert said(outcomes) == ["written" if n != bad else "Refused" for n in range(10)]
    made = {key: name for key, name in named(crm).items() if name.startswith("Made")}
    assert sorted(made.values()) == [name for name in names if name != LONG]
    assert all(made[o.key] == name for o, name in zip(outcomes, names, strict=True) if isinstance(o, Written))


def test_a_second_bad_batch_is_told_from_the_first(crm: Crm, adapter: SageCrm) -> None:
    for run in "AB":
        assert said(adapter.write("company", creates(f"{run}1", LONG, f"{run}2"))) == ["written", "Refused", "written"]
    assert sum(name in ("A1", "A2", "B1", "B2") for name in named(crm).values()) == 4


def test_what_the_crm_changed_on_the_way_in_is_not_guessed(crm: Crm, adapter: SageCrm) -> None:
    """It made the first record, but not as we sent it: whether it is ours cannot be told."""
    writes = [Write("create", None, {"name": "Odd", "onhold": "yes"}), *creates(LONG, "Fine")]
    before = len(crm.companies())
    with pytest.raises(Unknown):
        adapter.write("company", writes)
    assert len(crm.companies()) == before + 1


def test_equal_records_of_a_batch_are_each_made_once(crm: Crm, adapter: SageCrm) -> None:
    outcomes = adapter.write("company", creates("Same", "Same", LONG, "Same"))
    assert said(outcomes) == ["written", "written", "Refused", "written"]
    assert list(named(crm).values()).count("Same") == 3
    assert len({o.key for o in outcomes if isinstance(o, Written)}) == 3


@pytest.mark.parametrize("kind", ["drop", "cut"])
def test_a_create_whose_answer_is_lost_is_unknown(crm: Crm, adapter: SageCrm, kind: str) -> None:
    before = len(crm.companies())
    crm.faults(only=" add$", **{kind: 1})
    with pytest.raises(Unknown):
        adapter.write("company", creates("A", "B"))
    assert len(crm.companies()) == before + 2


def test_a_write_that_was_turned_away_is_for_later(crm: Crm, adapter: SageCrm) -> None:
    crm.faults(only=" add$", throttle=1)
    with pytest.raises(TryLater):
        adapter.write("company", creates("A", "B"))
    assert "A" not in named(crm).values()


def test_one_bad_record_of_a_batch_of_updates_is_found(crm: Crm, adapter: SageCrm) -> None:
    keys = list(crm.companies())[:10]
    writes = [Write("update", key, {"name": LONG if n == 4 else f"Up {n}"}) for n, key in enumerate(keys)]
    assert said(adapter.write("company", writes)) == ["written"] * 4 + ["Refused"] + ["written"] * 5
    assert [named(crm)[key] == f"Up {n}" for n, key in enumerate(keys)] == [n != 4 for n in range(10)]


def test_a_batch_of_deletes_says_of_each_whether_it_is_gone(crm: Crm, adapter: SageCrm) -> None:
    keys = list(crm.companies())[:5]
    assert said(adapter.write("company", [Write("delete", key, {}) for key in keys])) == ["written"] * 5
    assert not set(keys) & set(crm.companies())
    assert isinstance(_only(adapter, Write("delete", keys[0], {})), Gone)


@pytest.mark.parametrize(
    ("write", "kind", "code"),
    [
        (Write("update", "1 or 1=1", {"name": "x"}), Gone, "sage.key"),
        (Write("delete", "", {}), Gone, "sage.key"),
        (Write("update", None, {"name": "x"}), Gone, "sage.key"),
        (Write("update", "1", {"na><me": "x"}), Refused, "sage.field"),
        (Write("update", "1", {"companyid": "2"}), Refused, "sage.field"),
        (Write("create", None, {"name": "bell \x07"}), Refused, "value.character"),
        (Write("create", None, {"nosuchfield": "x"}), Refused, "soap.fault"),
    ],
)
def test_a_write_that_cannot_be_is_refused_alone(
    crm: Crm, adapter: SageCrm, write: Write, kind: type[HubError], code: str
) -> None:
    fine = Write("update", next(iter(crm.companies())), {"name": "Fine"})
    outcomes = adapter.write("company", [fine, write, fine])
    assert said(outcomes) == ["written", kind.__name__, "written"]
    assert isinstance(outcomes[1], Failure)
    assert outcomes[1].error.code == code


def _only(adapter: SageCrm, write: Write) -> HubError:
    [outcome] = adapter.write("company", [write])
    assert isinstance(outcome, Failure)
    return outcome.error


def added(*keys: str) -> bytes:
    return result("add", "".join(f"<records><crmid>{key}</crmid></records>" for key in keys))


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "2", "3"), ("1", "1"), ("1", "x"), ("1", "")])
def test_a_number_of_keys_that_is_not_that_of_the_records_is_unknown(keys: tuple[str, ...]) -> None:
    with recorded_crm({"add": added(*keys), "queryrecord": page("queryrecord")}) as (crm, log):
        with pytest.raises(Unknown) as caught:
            crm.write("company", creates("A", "B"))
        assert caught.value.code == "sage.keys"
        assert log.operations.count("add") == 1


def test_a_crash_of_the_server_in_an_add_is_unknown_even_of_one_record() -> None:
    with recorded_crm({"add": fault("Access violation at address 0")}) as (crm, _), pytest.raises(Unknown):
        crm.write("company", creates("A"))


def updated(count: int) -> bytes:
    return result("update", f"<numberupdated>{count}</numberupdated><updatesuccess>true</updatesuccess>")


@pytest.mark.parametrize("answer", [updated(1), updated(0), result("update", "<updatesuccess>true</updatesuccess>")])
def test_an_update_that_the_crm_did_not_count_is_looked_up(answer: bytes) -> None:
    held = page("query", company(1, name="New"), company(2, name="Old"), company(4, name="New", city="9.50"))
    with recorded_crm({"update": answer, "query": held}) as (crm, _):
        writes = [Write("update", str(n), {"name": "New"}) for n in (1, 2, 3)]
        outcomes = crm.write("company", [*writes, Write("update", "4", {"name": "New ", "city": "9.5"})])
        assert said(outcomes) == ["written", "Refused", "Gone", "written"]


@pytest.mark.parametrize("answer", [result("delete", ""), result("delete", "<numberdeleted>1</numberdeleted>")])
def test_a_delete_that_the_crm_did_not_count_is_looked_up(answer: bytes) -> None:
    with recorded_crm({"delete": answer, "query": page("query", company(2))}) as (crm, _):
        assert said(crm.write("company", [Write("delete", str(n), {}) for n in (1, 2)])) == ["written", "Refused"]


@pytest.mark.parametrize(
    ("second", "kind"),
    [((503, b""), TryLater), ((401, b""), Denied)],
)
def test_once_the_system_is_away_the_rest_of_a_halved_batch_is_not_tried(second: Reply, kind: type[HubError]) -> None:
    with recorded_crm({"update": [fault("bad value"), second]}) as (crm, log):
        with pytest.raises(kind):
            crm.write("company", [Write("update", str(n), {"name": "x"}) for n in range(1, 9)])
        assert log.operations.count("update") == 2


def test_values_are_sent_as_typed_records_with_nothing_as_an_empty_element() -> None:
    with recorded_crm({"update": updated(1)}) as (crm, log):
        crm.write("company", [Write("update", "24", {"name": "A & <B>\r\nC", "city": None})])
        request = log.requests[-1].decode()
        assert f'<update xmlns="{NS}" xmlns:typens="{NS}"' in request
        assert '<entityname>company</entityname><records xsi:type="typens:company">' in request
        assert "<typens:companyid>24</typens:companyid><typens:name>A &amp; &lt;B&gt;&#13;\nC</typens:name>" in request
        assert "<typens:city></typens:city>" in request


def test_a_session_that_is_lost_between_two_batches_is_replaced(crm: Crm, adapter: SageCrm) -> None:
    adapter.write("company", creates("A"))
    crm.faults(expire=True)
    adapter.write("company", creates("B"))
    assert sum(name in ("A", "B") for name in named(crm).values()) == 2


def test_a_fault_may_come_with_either_status(crm: Crm, adapter: SageCrm) -> None:
    crm.settings(fault_status=500)
    assert said(adapter.write("company", creates("A", LONG))) == ["written", "Refused"]


def test_no_answer_to_a_log_off_is_no_failure() -> None:
    with recorded_crm({"query": page("query"), "logoff": soap("")}) as (crm, _):
        crm.find("company", "name", ["x"])
