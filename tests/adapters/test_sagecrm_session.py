"""One session per user: logged on once, again when lost, and never again once refused."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sage_answers import NS, Reply, company, connected, fault, page, recorded_crm, soap

from adapters.sagecrm import Options, connect
from hub.adapter import ObjectUse, System, Write
from hub.core.errors import ConfigError, Denied, HubError, TryLater, Unknown
from hub.core.secret import Secret

ONE = page("query", company(24, city="Cork", supplierid="S1"))
LOST = fault("You are not logged on.")


def test_it_logs_on_at_the_first_call_and_off_at_the_end() -> None:
    with recorded_crm({"query": ONE}) as (crm, log):
        assert log.calls == []
        crm.read("company", ["24"])
        crm.read("company", ["24"])
        crm.close()
        crm.close()
        assert log.operations == ["logon", "query", "query", "logoff"]
        assert log.calls[0][1] == {"username": "hub", "password": "let-me-in"}
        assert b"<sessionId>1001</sessionId>" in log.requests[1]


def test_threads_share_one_log_on_and_take_turns() -> None:
    under_way: list[int] = []
    most = 0

    def query(_: dict[str, str]) -> Reply:
        nonlocal most
        under_way.append(1)
        time.sleep(0.005)
        most = max(most, len(under_way))
        under_way.pop()
        return ONE

    with recorded_crm({"query": query}) as (crm, log), ThreadPoolExecutor(8) as threads:
        assert len(list(threads.map(lambda _: crm.read("company", ["24"]), range(20)))) == 20
        assert log.operations.count("logon") == 1
        assert most == 1


def test_threads_that_lose_the_session_log_on_once_for_all() -> None:
    """Each log-on ends the session of the one before."""

    def query(_: dict[str, str]) -> Reply:
        return ONE if f"<sessionId>{1000 + log.sessions}</sessionId>".encode() in log.requests[-1] else LOST

    with recorded_crm({"query": query}) as (crm, log), ThreadPoolExecutor(8) as threads:
        crm.read("company", ["24"])
        log.sessions += 1  # of somebody else
        assert len(list(threads.map(lambda _: crm.read("company", ["24"]), range(20)))) == 20
        assert log.operations.count("logon") == 2


def test_a_lost_session_is_replaced_and_the_call_repeated() -> None:
    with recorded_crm({"query": [LOST, ONE]}) as (crm, log):
        assert len(crm.read("company", ["24"])) == 1
        assert log.operations == ["logon", "query", "logon", "query"]
        assert b"<sessionId>1002</sessionId>" in log.requests[3]


def test_a_write_is_repeated_too_since_nothing_was_done_without_a_session() -> None:
    added = soap(f'<addresponse xmlns="{NS}"><result><records><crmid>804</crmid></records></result></addresponse>')
    with recorded_crm({"add": [LOST, added]}) as (crm, _):
        [written] = crm.write("company", [Write("create", None, {"name": "x"})])
        assert written.key == "804"


def test_a_session_that_is_lost_again_at_once_is_a_matter_for_later() -> None:
    with recorded_crm({"query": [LOST, LOST, ONE]}) as (crm, log):
        with pytest.raises(TryLater) as caught:
            crm.read("company", ["24"])
        assert caught.value.code == "session.lost"
        assert log.operations == ["logon", "query", "logon", "query"]
        assert len(crm.read("company", ["24"])) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        fault("Invalid username or password"),
        (500, fault("User account is locked out")),
        fault("Some text that no one has seen"),
        (401, b""),
        soap(f'<logonresponsetype xmlns="{NS}"><result><sessionid></sessionid></result></logonresponsetype>'),
    ],
)
def test_wrong_credentials_are_tried_once_and_never_again(refusal: Reply) -> None:
    with recorded_crm({"logon": refusal, "query": ONE}) as (crm, log):
        for _ in range(5):
            with pytest.raises(Denied) as caught:
                crm.read("company", ["24"])
            assert caught.value.code == "system.denied"
            assert "let-me-in" not in str(caught.value)
        assert log.operations == ["logon"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (fault("User is already logged on"), "session.busy"),
        (fault("Access violation at address 05F4 in module 'eware.dll'"), "soap.fault"),
        (b"<html>", "answer.html"),
        ((502, b"<html>"), "system.status"),
    ],
)
def test_a_log_on_that_fails_for_another_reason_is_tried_later(answer: Reply, code: str) -> None:
    with recorded_crm({"logon": answer, "query": ONE}) as (crm, log):
        for _ in range(2):
            with pytest.raises(TryLater) as caught:
                crm.read("company", ["24"])
            assert caught.value.code == code
        assert log.operations == ["logon", "logon"]


def test_closing_does_not_fail_when_the_server_does() -> None:
    with recorded_crm({"query": ONE, "logoff": (500, b"")}) as (crm, _):
        crm.read("company", ["24"])
        crm.close()


@pytest.mark.parametrize("answer", [b"", b"<html>", (500, b"oops"), page("add")[:200]])
def test_a_write_without_a_readable_answer_is_unknown(answer: Reply) -> None:
    with recorded_crm({"add": answer}) as (crm, _), pytest.raises(Unknown):
        crm.write("company", [Write("create", None, {"name": "x"})])


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ({"fields": ("comp_name", "city")}, "expected 'name'"),
        ({"fields": ("Name",)}, "expected 'name'"),
        ({"fields": ("na me",)}, "na me"),
        ({"name": "visits"}, "set the object's `prefix`"),
    ],
)
def test_objects_that_cannot_be_read_are_configuration_errors(use: dict[str, object], said: str) -> None:
    fields = {"name": "company", "fields": ("name",)} | use
    with pytest.raises(ConfigError) as caught:
        connected("http://127.0.0.1:9/", use={k: v for k, v in fields.items() if k != "name"}) if fields[
            "name"
        ] == "company" else _custom(str(fields["name"]))
    assert said in caught.value.said


def _custom(name: str) -> None:
    from adapters.sagecrm.entities import entity

    entity(ObjectUse(name, ("name",)))


def test_plain_http_to_another_host_needs_to_be_allowed() -> None:
    with pytest.raises(ConfigError):
        connected("http://crm.example/crm")
    connected("http://crm.example/crm", allow_plain_http=True).close()


def test_a_wsdl_that_is_missing_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    crm = connected("http://127.0.0.1:9/crm", folder=tmp_path, wsdl="crm.wsdl")
    with pytest.raises(HubError) as caught:
        crm.describe()
    assert caught.value.code == "wsdl.unloadable"


def test_certificates_are_looked_for_in_the_project_folder(tmp_path: Path) -> None:
    use = System("crm", options(ca_file="conf/ca.pem"), {}, tmp_path, lambda name: Secret("x"))
    with pytest.raises(ConfigError, match="ca_file: there is no such file"):
        connect(use)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/ca.pem").write_text("")
    connect(use).close()


def test_universal_time_with_another_zone_is_refused() -> None:
    assert options(universal_time=True, zone="UTC").universal_time
    with pytest.raises(ValidationError, match=r"universal_time: .*leave out zone 'Europe/Paris'"):
        options(universal_time=True, zone="Europe/Paris")


def options(**more: Any) -> Options:
    return Options.model_validate(
        {"url": "https://crm.example/soap", "user": "hub", "password": {"secret": "P"}, **more}
    )


def test_a_fault_that_repeats_the_password_is_told_without_it() -> None:
    said = fault("Illegal logon: user hub, password let-me-in, bGV0LW1lLWlu")
    with recorded_crm({"logon": said}) as (crm, _), pytest.raises(Denied) as caught:
        crm.read("company", ["24"])
    assert "password ***, ***" in str(caught.value)
    assert "let-me-in" not in repr(caught.value.__cause__)
