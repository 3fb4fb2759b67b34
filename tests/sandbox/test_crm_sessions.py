"""Sessions and cursors: one of each for a user."""

import pytest
from crm_calls import Caller, logged_on

GONE = "You are not logged on."


def test_nothing_but_logon_works_without_a_session() -> None:
    caller = Caller(1)
    caller.sid = "12345678901234"
    for operation in ("query", "next", "add", "update", "delete", "getversionstring", "logoff"):
        assert caller.call(operation).fault == GONE


def test_a_second_logon_ends_the_first_session() -> None:
    caller = logged_on(1)
    first = caller.sid
    caller.logon()
    second, caller.sid = caller.sid, first
    assert caller.query().fault == GONE
    caller.sid = second
    assert caller.query().fault is None


def test_a_second_logon_is_refused_while_the_first_session_lives() -> None:
    caller = logged_on(1, sessions="block", idle_s=60.0)
    assert "already logged on" in str(caller.logon().fault)
    assert caller.query().fault is None
    caller.idle = 61
    assert caller.logon().fault is None


def test_users_do_not_disturb_one_another() -> None:
    caller = logged_on(1)
    first = caller.sid
    caller.logon("other")
    caller.sid = first
    assert caller.query().fault is None


def test_a_session_ends_when_it_is_not_used() -> None:
    caller = logged_on(1, idle_s=60.0)
    for caller.idle in (50, 100, 150):
        assert caller.query().fault is None
    caller.idle = 211
    assert caller.query().fault == GONE


def test_expired_sessions_are_gone_at_once() -> None:
    caller = logged_on(1)
    caller.crm.expire()
    assert caller.query().fault == GONE


@pytest.mark.parametrize(("bad", "locked"), [(2, False), (3, True)])
def test_bad_logons_lock_the_account(bad: int, locked: bool) -> None:
    caller = Caller(lockout=3)
    for _ in range(bad):
        assert caller.logon(password="wrong").fault == "Invalid username or password"
    assert (caller.logon().fault == "User account is locked out") is locked


def test_a_good_logon_forgets_the_bad_ones_before_it() -> None:
    caller = Caller(lockout=2)
    for _ in range(3):
        caller.logon(password="wrong")
        assert caller.logon().fault is None


def test_an_unknown_user_is_told_no_more_than_one_with_a_wrong_password() -> None:
    assert Caller().logon("nobody").fault == Caller().logon(password="wrong").fault


def test_any_other_call_closes_the_cursor() -> None:
    caller = logged_on(5, page=2)
    caller.query()
    assert caller.call("next").texts("more") == ["true"]
    caller.call("getversionstring")
    assert caller.call("next").fault == "List index out of bounds (75)"


def test_next_after_the_last_page_is_a_fault() -> None:
    caller = logged_on(2, page=2)
    assert caller.query().texts("more") == ["false"]
    assert "List index" in str(caller.call("next").fault)


def test_the_two_kinds_of_next_do_not_mix() -> None:
    caller = logged_on(5, page=2)
    caller.query()
    assert "List index" in str(caller.call("nextqueryrecord").fault)
    assert "List index" in str(caller.call("next").fault)


def test_a_cursor_does_not_outlive_its_session() -> None:
    caller = logged_on(5, page=2)
    caller.query()
    caller.logon()
    assert "List index" in str(caller.call("next").fault)


def test_a_page_of_size_0_has_everything() -> None:
    answer = logged_on(30, page=0).query()
    assert (answer.texts("size"), answer.texts("more")) == (["30"], ["false"])


def test_the_page_size_may_change_while_a_cursor_is_open() -> None:
    caller = logged_on(9, page=2)
    caller.query()
    caller.crm.change(type(caller.crm.settings)(page=3))
    assert (caller.call("next").texts("size"), caller.call("next").texts("size")) == (["3"], ["3"])
    caller.crm.change(type(caller.crm.settings)(page=0))
    answer = caller.call("next")
    assert (answer.texts("size"), answer.texts("more")) == (["1"], ["false"])


def test_rows_that_move_while_they_are_paged_are_met_twice() -> None:
    caller = logged_on(6, seed="load", page=2)
    first, met = caller.sid, caller.query("comp_updateddate > '2000'").texts("companyid")
    caller.logon("other")
    # What was read is written: it gets the newest stamp and comes again at the end of the index.
    caller.write("update", *(f"<companyid>{key}</companyid><city>x</city>" for key in met))
    caller.sid, more = first, ["true"]
    while more == ["true"]:
        page = caller.call("next")
        met, more = met + page.texts("companyid"), page.texts("more")
    assert sorted(set(met)) == ["1", "2", "3", "4", "5", "6"]
    assert len(met) == 8
