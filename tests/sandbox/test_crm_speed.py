"""The CRM never hides what the hub costs."""

import io
import sys
from collections.abc import Callable

from crm_calls import logged_on
from lxml import etree

from hub.sandbox.crm import load, speed
from hub.sandbox.crm.records import Records
from hub.sandbox.crm.schema import NS


def calls(run: Callable[[], object]) -> int:
    """Function calls that a piece of work makes: what it costs, on any machine and however busy that is."""
    made = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return made


def test_a_record_costs_a_small_part_of_what_spyne_takes_for_an_object() -> None:
    caller = logged_on(500, seed=load.PLAIN)
    records = Records()
    load.load(records, 500, load.PLAIN)
    app = speed.objects_app(records)
    rendered = calls(lambda: caller.query())
    objects = calls(lambda: speed.post(app, f'<query xmlns="{NS}"/>'))
    assert objects > 50 * rendered


def test_what_it_is_compared_with_carries_the_same_fields() -> None:
    caller = logged_on(500, seed=load.PLAIN)
    records = Records()
    load.load(records, 500, load.PLAIN)
    theirs = etree.parse(io.BytesIO(speed.post(speed.objects_app(records), f'<query xmlns="{NS}"/>'))).getroot()
    ours = etree.fromstring(caller.query().body)
    rows = [[r for r in root.iter("{*}records") if len(r)] for root in (ours, theirs)]
    assert [len(r) for r in rows] == [500, 500]
    first = [{etree.QName(c).localname for c in r[0] if c.text} for r in rows]
    assert first[0] == first[1]
