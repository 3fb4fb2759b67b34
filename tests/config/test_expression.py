"""Expressions: JSONata that cannot run away, reach Python or give another answer on every poll."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.config.expression import LARGEST, compile_expression
from hub.core.errors import ConfigError
from hub.core.mapping import compile_mapping
from hub.core.mappingspec import FieldSpec, MappingSpec
from hub.core.unfit import Unfit

RAW = {"first": "Ann", "last": "Lee", "n": 3, "price": "12.50", "none": None, "yes": True}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("first & ' ' & last", "Ann Lee"),
        ("$uppercase(last)", "LEE"),
        ("n > 2 ? 'many' : 'few'", "many"),
        ("n * 2", 6),
        ("yes", True),
        ("none", None),
        ("missing", None),
        ("$exists(missing)", False),
        ("$replace(first, /n+/, 'm')", "Am"),
        ("$replace(first, /N/i, 'm')", "Amm"),
        ("$pad(first, 5, '#')", "Ann##"),
        ("$pad(first, -6, 'ab')", "abaAnn"),
        ("$pad(missing, 5)", None),
        ("$pad(first, 2)", "Ann"),
        ('{"a": first, "b": [n, n]}', {"a": "Ann", "b": [3, 3]}),
        ("$$.first", "Ann"),
        ("first.__class__", None),
        ("$map([1..3], function($i) {$i * n})", [3, 6, 9]),
    ],
)
def test_gives_what_jsonata_says(text, value):
    assert compile_expression(text)(RAW) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$uppercase(first", "not a JSONata expression: Expected ) before end of expression (position 16)"),
        ("", "not a JSONata expression: Unexpected end of expression"),
        ("$replace(a, /(/, '')", "not a JSONata expression: "),
        ("$now()", "$now is not allowed here: it gives another answer every time"),
        ("first & $string($random())", "$random is not allowed here"),
        ("$map([1], $millis)", "$millis is not allowed here"),
        ("($x := $shuffle; 1)", "$shuffle is not allowed here"),
        ('{"a": [$eval("1")]}', "$eval is not allowed here: it runs a text that nobody has checked"),
        ("function($x){ $x = 1 ? $now() : 2 }(1)", "$now is not allowed here"),
    ],
)
def test_what_is_wrong_with_an_expression_is_said_when_it_is_loaded(text, said):
    with pytest.raises(ConfigError) as caught:
        compile_expression(text)
    assert caught.value.code == "config.expression"
    assert said in caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$length(n)", "does not match"),
        ("1 / 0", "the expression failed: "),
        ("$number('x')", "the expression failed: "),
        ("$error('no such rate')", "no such rate"),
        ("$power(10, 400)", "the expression failed: "),
        ("function($x){$x}", "expected a value, the expression gives a function"),
        ("($f := function($n){1 + $f($n + 1)}; $f(1))", "levels deep"),
        ("($f := function($s, $n){$n = 0 ? $s : $f($s & $s, $n - 1)}; $f('x', 40))", f"more than {LARGEST}"),
        ("[1..9000000]", f"more than {LARGEST}"),
        ("$pad(first, 99999999)", "$pad: expected a width of at most"),
    ],
)
def test_what_fails_for_a_record_does_not_fit_and_says_why(text, said):
    evaluate = compile_expression(text)
    with pytest.raises(Unfit) as caught:
        evaluate(RAW)
    assert caught.value.code == "record.expression"
    assert said in caught.value.said


def test_what_the_engine_does_not_take_does_not_fit():
    with pytest.raises(Unfit, match="failed"):
        compile_expression("a")({"a": object()})


def test_an_endless_expression_ends_and_the_next_record_has_its_full_time():
    evaluate = compile_expression("n = 3 ? ($f := function($n){$f($n + 1)}; $f(1)) : 'fine'")
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(Unfit, match=r"more than 0\.5 seconds"):
            evaluate(RAW)
        assert time.monotonic() - started < 3
        assert evaluate({"n": 4}) == "fine"


def test_a_regular_expression_takes_linear_time():
    evaluate = compile_expression("$contains(text, /(a+)+$/)")
    started = time.monotonic()
    assert evaluate({"text": "a" * 5000 + "b"}) is False
    assert time.monotonic() - started < 1


def test_expressions_may_be_evaluated_from_many_threads_at_once():
    whole = compile_expression("$$.first & ' ' & $join($map([1..n], function($i){$string($i)}), last)")
    other = compile_expression("$uppercase(first)")

    def both(i):
        raw = {"first": f"f{i}", "last": "-", "n": i % 5 + 2}
        return whole(raw), other(raw)

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(both, range(200)))
    assert got == [(f"f{i} " + "-".join(map(str, range(1, i % 5 + 3))), f"F{i}") for i in range(200)]


def test_a_field_may_be_mapped_by_expressions_both_ways():
    ways = {"in": "last & ', ' & first", "out": "($p := $split(value, ', '); {'last': $p[0], 'first': $p[1]})"}
    spec = FieldSpec("name", "text", ("first", "last"), (("expression", ways),))
    mapping = compile_mapping(MappingSpec("person", "contact", (spec,)), compile_expression)
    assert mapping.to_hub({"first": "Ann", "last": "Lee"}) == ({"name": "Lee, Ann"}, ())
    assert mapping.to_system({"name": "Poe, Bob"}) == ({"last": "Poe", "first": "Bob"}, ())
    assert mapping.project({"name": "Poe, Bob"}) == {"name": "Poe, Bob"}


def test_a_project_without_expressions_does_not_import_the_engine():
    code = "import sys, hub.config.expression; sys.exit('jsonata' in sys.modules or 're2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
