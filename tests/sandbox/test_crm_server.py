"""The CRM as a process of its own: settings, faults, control API, page and command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree
from support.servers import Crm, crm_server

from hub.sandbox.crm.schema import NS

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><SessionHeader xmlns="{ns}">'
    "<sessionId>{sid}</sessionId></SessionHeader></s:Header><s:Body>{body}</s:Body></s:Envelope>"
)


class Client:
    """A SOAP client of nothing but text."""

    def __init__(self, crm: Crm) -> None:
        self.url, self.sid = crm.url, ""
        self.http = requests.Session()
        self.http.trust_env = False
        logon = f"<logon><username>{crm.user}</username><password>{crm.password}</password></logon>"
        self.sid = str(etree.fromstring(self.send(logon).content).findtext(".//{*}sessionid"))

    def send(self, body: str) -> requests.Response:
        content = ENVELOPE.format(ns=NS, sid=self.sid, body=body).encode()
        return self.http.post(self.url, content, headers={"Content-Type": "text/xml; charset=utf-8"}, timeout=20)

    def query(self, where: str = "1=1") -> requests.Response:
        return self.send(f"<query><queryString>{where}</queryString><entityname>company</entityname></query>")

    def update(self, key: int, city: str) -> requests.Response:
        record = f"<records><companyid>{key}</companyid><city>{city}</city></records>"
        return self.send(f"<update><entityname>company</entityname>{record}</update>")


def run(crm: Crm, *words: str) -> subprocess.CompletedProcess[str]:
    """The command that edits, against this CRM."""
    command = [sys.executable, "-m", "hub.sandbox.crm.edit", "--url", crm.base, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_says_where_it_is(crm: Crm) -> None:
    url = f"{crm.base}/crm/eware.dll/WebServices/SOAP"
    assert crm.said == {"port": crm.port, "url": url, "page": f"{crm.base}/"}
    assert Client(crm).query().status_code == 200


def test_the_command_line_sets_what_the_control_api_shows() -> None:
    given: dict[str, Any] = {"page": 7, "zone": "Europe/Dublin", "sessions": "block", "idle_s": 9.5, "cut": True}
    with crm_server(companies=1, user="u", password="p", faults={"empty": 1}, **given) as crm:
        settings = crm.settings()
        assert {name: settings[name] for name in given} == given
        assert requests.get(crm.url, timeout=9).content == b""
        assert requests.post(crm.url, "x", timeout=9).status_code == 405
        assert len(Client(crm).sid) >= 14


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--zone", "Mars/Olympus"], "zone: unknown time zone"),
        (["--sessions", "many"], "'many' is not one of"),
        (["--page", "x"], "not a valid integer"),
        (["--faults", "{"], "--faults"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start(words: list[str], said: str) -> None:
    command = [sys.executable, "-m", "hub.sandbox.crm", "--port", "0", "--companies", "0", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert said in done.stderr


def test_settings_change_while_it_runs_and_wrong_ones_are_named(crm: Crm) -> None:
    client = Client(crm)
    assert crm.settings(bare=True, page=3)["page"] == 3
    assert client.query().text.count("</records>") == 3
    for wrong, said in (
        ({"pgae": 1}, "pgae"),
        ({"page": "1"}, "expected int"),
        ({"order": "x"}, "observed"),
        ([], "JSON"),
    ):
        answer = requests.post(f"{crm.base}/control/settings", json=wrong, timeout=9)
        assert answer.status_code == 422
        assert said in answer.json()["error"]


def test_an_edit_behind_the_api_shows_at_once_in_the_name_of_another_user(crm: Crm) -> None:
    client = Client(crm)
    client.query()
    client.update(7, "SOAP")
    by_soap = crm.show("7")
    by_hand = crm.edit("7", city="Page", onhold=True, creditlimit=1.5, notes=None)
    assert (by_soap["city"], by_soap["updatedby"], by_hand["updatedby"]) == ("SOAP", 3, 2)
    text = client.query("comp_companyid = 7").text
    assert "<typens:city>Page</typens:city>" in text
    assert "<typens:creditlimit>1.50</typens:creditlimit><" in text


def test_the_same_width_holds_for_people(crm: Crm) -> None:
    answer = requests.patch(f"{crm.base}/control/companies/1", json={"name": "x" * 61}, timeout=9)
    assert (answer.status_code, "truncated" in answer.json()["error"]) == (422, True)
    answer = requests.patch(f"{crm.base}/control/companies/1", json={"nmae": "x"}, timeout=9)
    assert answer.json()["reasons"] == ["nmae: no such field"]
    for odd in ([], {}, "\x00", "\ud800", "\uffff"):
        content = json.dumps({"name": odd})
        assert requests.patch(f"{crm.base}/control/companies/1", data=content, timeout=9).status_code == 422


def test_an_update_whose_answer_is_dropped_was_carried_out(crm: Crm) -> None:
    client = Client(crm)
    crm.faults(drop=1, only="update")
    assert client.query().status_code == 200
    with pytest.raises(requests.ConnectionError):
        client.update(1, "Dropped")
    assert crm.show("1")["city"] == "Dropped"
    assert client.update(1, "Then").status_code == 200


@pytest.mark.parametrize("fault", ["hang_up", "throttle", "error", "html", "empty"])
def test_a_call_that_is_not_carried_out_changes_nothing(crm: Crm, fault: str) -> None:
    client = Client(crm)
    before = crm.companies()
    crm.faults(**{fault: 1}, retry_after=7, status=503, only="POST .* update")
    if fault == "hang_up":
        with pytest.raises(requests.ConnectionError):
            client.update(1, "x")
    else:
        answer = client.update(1, "x")
        known = {"throttle": (429, "7"), "error": (503, None), "html": (200, None), "empty": (200, None)}
        assert (answer.status_code, answer.headers.get("Retry-After")) == known[fault]
        assert b"Envelope" not in answer.content
    assert crm.companies() == before


def test_a_cut_answer_was_carried_out(crm: Crm) -> None:
    client = Client(crm)
    crm.faults(cut=1)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.update(1, "Cut")
    assert crm.show("1")["city"] == "Cut"


def test_expired_sessions_must_log_on_again(crm: Crm) -> None:
    client = Client(crm)
    crm.faults(expire=True)
    assert "You are not logged on." in client.query().text
    assert "Envelope" in Client(crm).query().text


def test_latency_delays_every_answer(crm: Crm) -> None:
    client = Client(crm)
    crm.faults(latency_ms=150)
    assert client.query().elapsed.total_seconds() >= 0.15


def test_what_was_asked_and_written_is_counted(crm: Crm) -> None:
    crm.reset_stats()
    client = Client(crm)
    client.query()
    client.query("nope")
    client.update(1, "x")
    crm.edit("2", city="not counted")
    stats = crm.stats()
    assert stats["calls"] == {"logon": 1, "query": 2, "update": 1}
    assert (stats["faults"], stats["read"], stats["written"]) == ({"query": 1}, 30, 1)
    assert (stats["companies"], stats["deleted"]) == (30, 0)


def test_a_share_of_the_companies_is_changed(crm: Crm) -> None:
    client, before = Client(crm), crm.companies()
    client.query()
    assert crm.mutate(10) == 3
    now = crm.companies()
    changed = {key for key in now if now[key] != before[key]}
    assert changed == {"10", "20", "30"}
    assert client.query("comp_companyid = 10").text.count(now["10"]["emailaddress"]) == 1
    assert crm.mutate(10) == 3
    assert crm.companies()["10"]["phone"] != now["10"]["phone"]


def test_a_reset_starts_again(crm: Crm) -> None:
    before, client = crm.companies(), Client(crm)
    crm.delete("1")
    crm.add(name="New")
    client.update(2, "x")
    crm.settings(page=1)
    crm.reset()
    assert crm.companies() == before
    assert crm.settings()["page"] == 500
    assert "not logged on" in client.query().text


def test_a_file_keeps_the_companies_over_a_kill(tmp_path: Path) -> None:
    with crm_server(companies=3, db=tmp_path / "crm.db") as crm:
        Client(crm).update(1, "Kept")
        crm.delete("2")
        crm.stop("KILL")
    with crm_server(companies=3, db=tmp_path / "crm.db") as crm:
        assert sorted(crm.companies()) == ["1", "3"]
        assert crm.show("1")["city"] == "Kept"
        assert Client(crm).query("comp_companyid=1").text.count("<typens:city>Kept<") == 1


def test_many_clients_at_once_do_not_mix_up_answers(crm: Crm) -> None:
    from concurrent.futures import ThreadPoolExecutor

    client = Client(crm)

    def one(key: int) -> bool:
        http = Client.__new__(Client)
        http.url, http.sid, http.http = client.url, client.sid, requests.Session()
        written = http.update(key, f"city {key}").text
        read = http.query(f"comp_companyid={key}").text
        return "<numberupdated>1<" in written and f"<typens:city>city {key}</typens:city>" in read

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(one, list(range(1, 31)) * 2))


def test_the_page_shows_markup_as_text_and_edits(crm: Crm) -> None:
    crm.edit("7", name="<b>Sons</b> & 'Co'", notes='"><script>')
    page = requests.get(crm.page, params={"q": "sons</B>"}, timeout=9).text
    assert "&lt;b&gt;Sons&lt;/b&gt; &amp; &#39;Co&#39;" in page
    assert "<script>" not in requests.get(f"{crm.base}/page/7", timeout=9).text
    requests.post(f"{crm.base}/page/7", data={"was.city": "", "city": "Graz", "onhold": "yes"}, timeout=9)
    assert (crm.show("7")["city"], crm.show("7")["onhold"], crm.show("7")["updatedby"]) == ("Graz", True, 2)
    added = requests.post(f"{crm.base}/page/new", data={"name": "Neu"}, timeout=9)
    assert added.url == f"{crm.base}/page/31"
    requests.post(f"{crm.base}/page/31/delete", timeout=9)
    assert "31" not in crm.companies()
    assert requests.get(crm.page, params={"q": "31"}, timeout=9).text.count("/page/31") == 0


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_nobody_else_s_web_page_gets_at_it(crm: Crm, headers: dict[str, str]) -> None:
    assert requests.post(f"{crm.base}/control/settings", headers=headers, json={}, timeout=9).status_code == 403


def test_the_command_shows_sets_adds_deletes_and_lists(crm: Crm) -> None:
    assert "onhold           True" in run(crm, "set", "1", "onhold=yes", "notes=a=b", "phone=").stdout
    shown = crm.show("1")
    assert (shown["onhold"], shown["notes"], shown["phone"]) == (True, "a=b", None)
    assert "companyid        31" in run(crm, "add", "name=Neu", "creditlimit=12.5").stdout
    listed = json.loads(run(crm, "list", "neu", "--json").stdout)
    assert [(c["companyid"], c["creditlimit"]) for c in listed] == [(31, 12.5)]
    assert run(crm, "delete", "31").stdout == "deleted 31\n"
    assert "none with the key 31" in run(crm, "show", "31").stderr
