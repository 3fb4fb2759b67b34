"""The ERP as a process of its own: settings, faults, control API, page and command."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from support.servers import Erp, erp_server


def run(erp: Erp, *words: str) -> subprocess.CompletedProcess[str]:
    """The command that edits, against this ERP."""
    command = [sys.executable, "-m", "hub.sandbox.erp.edit", "--url", erp.base, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_says_where_it_is(erp: Erp) -> None:
    assert erp.said == {"port": erp.port, "url": f"{erp.base}/api/v1", "page": f"{erp.base}/"}
    assert erp.call("GET", "/suppliers/1").json()["supplierid"] == 1


def test_every_setting_of_the_command_line_arrives() -> None:
    options: dict[str, Any] = {"suppliers": 3, "seed": "x", "etags": False, "idempotency": False, "batch": False}
    with erp_server(**options, page_limit=2, api_key="k", cut=True, unique_ref=True, faults={"throttle": 1}) as erp:
        assert erp.call("GET", "/suppliers").status_code == 429
        assert len(erp.call("GET", "/suppliers").json()["items"]) == 2
        first = erp.call(
            "POST", "/suppliers", json={"name": "x" * 50, "external_ref": "R"}, headers={"Idempotency-Key": "k"}
        )
        assert (first.json()["name"], first.headers.get("ETag")) == ("x" * 40, None)
        again = erp.call("POST", "/suppliers", json={"name": "y"}, headers={"Idempotency-Key": "k"})
        assert again.json()["supplierid"] == 5
        assert erp.call("POST", "/suppliers", json={"name": "z", "external_ref": "R"}).status_code == 422
        assert erp.call("POST", "/suppliers/batch", json={"items": []}).status_code == 404
        assert requests.get(f"{erp.url}/suppliers", headers={"X-Api-Key": "sandbox"}, timeout=9).status_code == 401


def test_a_file_keeps_suppliers_keys_and_numbers_over_a_kill(tmp_path: Path) -> None:
    kept = {"db": tmp_path / "erp.db", "suppliers": 4}
    key = {"Idempotency-Key": "k"}
    with erp_server(**kept) as erp:
        made = erp.call("POST", "/suppliers", json={"name": "A"}, headers=key).json()
        erp.delete("1")
        erp.stop("KILL")
    with erp_server(**kept) as erp:
        assert sorted(erp.suppliers()) == ["2", "3", "4", "5"]
        assert erp.call("POST", "/suppliers", json={"name": "A"}, headers=key).json() == made
        assert erp.call("GET", "/suppliers/changes?after=5").json()["deleted"] == [1]


def test_a_create_whose_answer_is_dropped_was_carried_out(erp: Erp) -> None:
    erp.faults(drop=1, only="POST")
    with pytest.raises(requests.ConnectionError):
        erp.call("POST", "/suppliers", json={"name": "Dropped"}, headers={"Idempotency-Key": "d"})
    again = erp.call("POST", "/suppliers", json={"name": "Dropped"}, headers={"Idempotency-Key": "d"})
    assert again.json()["supplierid"] == 31
    assert len(erp.suppliers()) == 31


def test_faults_spare_those_who_look_after_it(erp: Erp) -> None:
    erp.faults(html=-1)
    assert "html" in erp.call("GET", "/suppliers").headers["Content-Type"]
    assert len(erp.suppliers()) == 30
    assert requests.get(erp.page, timeout=9).status_code == 200
    erp.faults()
    assert erp.call("GET", "/suppliers").json()["items"]


def test_a_fault_that_it_does_not_know_is_refused_with_its_name(erp: Erp) -> None:
    with pytest.raises(requests.HTTPError, match="422"):
        erp.faults(explode=1)
    assert "explode" in requests.post(f"{erp.base}/control/faults", json={"explode": 1}, timeout=9).json()["error"]


def test_the_feed_skips_nothing_while_four_clients_write(erp: Erp) -> None:
    def write(thread: int) -> None:
        for i in range(25):
            create = {"op": "create", "supplier": {"name": f"{thread}/{i}"}}
            change = {"op": "update", "supplierid": 1 + (thread + i) % 30, "supplier": {"city": f"{thread}/{i}"}}
            delete = {"op": "delete", "supplierid": 31 + thread * 25 + i // 2}
            requests.post(
                f"{erp.url}/suppliers/batch",
                json={"items": [create, change, delete]},
                headers={"X-Api-Key": erp.api_key},
                timeout=30,
            ).raise_for_status()

    threads = [threading.Thread(target=write, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    mirror: dict[str, Any] = {}
    after, quiet = 0, False
    while not quiet:
        # Only a look that began after the last write may end it.
        over = not any(t.is_alive() for t in threads)
        page = erp.call("GET", "/suppliers/changes", params={"after": after, "limit": 7}).json()
        mirror |= {str(s["supplierid"]): s for s in page["items"]}
        for id in page["deleted"]:
            mirror.pop(str(id), None)
        after, quiet = page["next"], over and not page["more"]
    assert mirror == erp.suppliers()


def test_a_share_of_the_suppliers_is_changed_and_counted(erp: Erp) -> None:
    before = erp.suppliers()
    assert erp.mutate(10) == 3
    now = erp.suppliers()
    changed = [key for key in now if now[key] != before[key]]
    assert len(changed) == 3
    assert all(now[key]["credit_limit"] == before[key]["credit_limit"] + 1 for key in changed)
    assert (erp.stats()["suppliers"], erp.stats()["seq"]) == (30, 33)


def test_a_reset_starts_again_with_the_first_suppliers(erp: Erp) -> None:
    before = erp.suppliers()
    erp.delete("3")
    key = erp.add(name="New", phone="1")
    assert erp.edit(key, phone="2")["phone"] == "2"
    erp.reset()
    assert erp.suppliers() == before
    assert erp.stats()["calls"] == {}


def test_people_are_not_counted_and_bound_by_the_same_rules(erp: Erp) -> None:
    erp.reset_stats()
    wrong = requests.patch(f"{erp.base}/control/suppliers/1", json={"country": "Ireland"}, timeout=9)
    assert (wrong.status_code, "country" in wrong.json()["error"]) == (422, True)
    assert requests.get(f"{erp.base}/control/suppliers/99", timeout=9).status_code == 404
    assert requests.delete(f"{erp.base}/control/suppliers/x", timeout=9).status_code == 404
    typo = requests.patch(f"{erp.base}/control/suppliers/1", json={"nmae": "x"}, timeout=9)
    assert (typo.status_code, typo.json()["reasons"]) == (422, ["nmae: no such field"])
    assert requests.patch(f"{erp.base}/control/suppliers/99", json={}, timeout=9).status_code == 404
    assert erp.stats()["writes"] == {}


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "127.0.0.1.evil"}],
)
def test_nobody_else_s_web_page_gets_at_it(erp: Erp, headers: dict[str, str]) -> None:
    assert requests.post(f"{erp.base}/control/reset", headers=headers, timeout=9).status_code == 403
    assert requests.get(erp.page, headers=headers, timeout=9).status_code == 403


def test_the_page_lists_and_searches_and_shows_markup_as_text(erp: Erp) -> None:
    erp.edit("7", name="<b>Sons</b> & 'Co'", note='"><script>')
    page = requests.get(erp.page, params={"q": "sons</B>"}, timeout=9).text
    assert "&lt;b&gt;Sons&lt;/b&gt; &amp; &#39;Co&#39;" in page
    assert "1 suppliers" in page
    form = requests.get(f"{erp.base}/page/7", timeout=9).text
    assert "<script>" not in form
    assert "&#34;&gt;&lt;script&gt;" in form
    assert "<script>" not in requests.get(erp.page, params={"q": "<script>"}, timeout=9).text


def test_the_page_adds_edits_and_deletes(erp: Erp) -> None:
    added = requests.post(f"{erp.base}/page/new", data={"name": "Neu", "headcount": "5", "blocked": "yes"}, timeout=9)
    assert added.url == f"{erp.base}/page/31"
    shown = erp.show("31")
    assert (shown["name"], shown["headcount"], shown["blocked"]) == ("Neu", 5, True)
    changes = {"was.name": "Neu", "name": "Neu GmbH", "was.headcount": "5", "headcount": "", "was.city": "", "city": ""}
    requests.post(f"{erp.base}/page/31", data=changes, timeout=9)
    assert (erp.show("31")["name"], erp.show("31")["headcount"]) == ("Neu GmbH", None)
    requests.post(f"{erp.base}/page/31/delete", timeout=9)
    assert "31" not in erp.suppliers()
    assert requests.get(f"{erp.base}/page/31", timeout=9).status_code == 404


def test_a_form_left_open_writes_only_what_was_typed(erp: Erp) -> None:
    erp.edit("1", phone="new phone")
    form = {"was.phone": "old phone", "phone": "old phone", "was.city": "Cork", "city": "Graz"}
    requests.post(f"{erp.base}/page/1", data=form, timeout=9)
    assert (erp.show("1")["phone"], erp.show("1")["city"]) == ("new phone", "Graz")


@pytest.mark.parametrize(
    ("typed", "said"), [({"headcount": "many"}, "headcount: expected whole"), ({"country": "Ireland"}, "country is")]
)
def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(erp: Erp, typed: dict[str, str], said: str) -> None:
    answer = requests.post(f"{erp.base}/page/new", data={"name": "Typed name", **typed}, timeout=9)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Typed name"' in answer.text


def test_the_command_shows_sets_adds_deletes_and_lists(erp: Erp) -> None:
    assert "blocked          True" in run(erp, "set", "1", "blocked=yes", "note=a=b", "phone=").stdout
    shown = erp.show("1")
    assert (shown["blocked"], shown["note"], shown["phone"]) == (True, "a=b", None)
    assert "supplierid       31" in run(erp, "add", "name=Neu", "credit_limit=12.5").stdout
    listed = json.loads(run(erp, "list", "neu", "--json").stdout)
    assert [(s["supplierid"], s["credit_limit"]) for s in listed] == [(31, 12.5)]
    assert "Neu" in run(erp, "list", "neu").stdout
    assert run(erp, "delete", "31").stdout == "deleted 31\n"
    assert run(erp, "show", "31").returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "1", "nmae=x"), "NAME of name"),
        (("set", "1", "headcount=x"), "expected whole"),
        (("set", "1", "country=Ireland"), "country is 7 characters long"),
        (("show", "99"), "none with the key 99"),
    ],
)
def test_the_command_says_what_is_wrong(erp: Erp, words: tuple[str, ...], said: str) -> None:
    done = run(erp, *words)
    assert done.returncode != 0
    assert said in done.stderr


def test_the_command_says_where_it_looked_in_vain() -> None:
    command = [sys.executable, "-m", "hub.sandbox.erp.edit", "--url", "http://127.0.0.1:9", "list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "http://127.0.0.1:9: no sandbox answers there" in done.stderr


def test_faults_that_cannot_be_read_stop_the_start() -> None:
    for faults in ("{", '{"explode": 1}'):
        command = [sys.executable, "-m", "hub.sandbox.erp", "--port", "0", "--faults", faults]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert "--faults" in done.stderr
