"""Documents and overlays: what is read of them, and what is wrong with them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_zoo import Reply, Zoo

from adapters.rest import Options, mapping_of, overlay
from adapters.rest.document import load
from adapters.rest.paths import at, deepened
from adapters.rest.templates import compile_template
from hub.core.errors import ConfigError

SCHEMAS = {
    "schemas": {
        "Base": {"properties": {"id": {"type": "integer", "readOnly": True}}, "required": ["id"]},
        "Address": {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20, "x-hub": "city"}}},
        "State": {"type": "string", "enum": ["A", "B", None]},
        "Thing": {
            "allOf": [
                {"$ref": "#/components/schemas/Base"},
                {
                    "properties": {
                        "name": {"type": "string", "maxLength": 40, "x-hub": {"field": "name", "too_long": "truncate"}},
                        "address": {"$ref": "#/components/schemas/Address"},
                        "state": {"$ref": "#/components/schemas/State", "x-hub": "status"},
                        "since": {"type": ["string", "null"], "format": "date"},
                        "amount": {"anyOf": [{"type": "number"}, {"type": "null"}], "x-hub": "amount"},
                        "tags": {"type": "array", "items": {"type": "string"}},
                        "computed": {"type": "boolean", "readOnly": True, "x-hub": "computed"},
                        "self": {"$ref": "#/components/schemas/Loop"},
                    },
                    "required": ["id", "state"],
                },
            ]
        },
        "Loop": {"properties": {"again": {"$ref": "#/components/schemas/Loop"}, "end": {"type": "string"}}},
        "NewThing": {
            "allOf": [{"$ref": "#/components/schemas/Thing"}],
            "required": ["name"],
        },
        "Broken": {"$ref": "#/components/schemas/Nowhere"},
    }
}


def problems(caught: pytest.ExceptionInfo[ConfigError]) -> str:
    return "\n".join(caught.value.problems)


def options(**more: Any) -> Options:
    return Options.model_validate({"document": "zoo.json", **more})


def test_fields_come_from_the_schemas(zoo: Zoo) -> None:
    rest = zoo.with_thing({"schema": "Thing"}, lambda asked: Reply(404), more={"components": SCHEMAS})
    [info] = rest.describe()
    fields = {field.name: field for field in info.fields}
    assert fields["name"].length == 40
    assert fields["address.city"].length == 20
    assert (fields["state"].type, fields["state"].choices, fields["state"].required) == ("choice", ("A", "B"), False)
    assert (fields["since"].type, fields["amount"].type, fields["id"].type) == ("date", "decimal", "integer")
    assert fields["id"].read_only
    assert fields["computed"].read_only
    assert "tags" not in fields
    assert "self.end" in fields


def test_the_mapping_stands_on_the_properties(zoo: Zoo) -> None:
    zoo.document({"schema": "Thing", "entity": "account"}, more={"components": SCHEMAS})
    assert mapping_of(options(), "thing", zoo.folder) == {
        "object": "thing",
        "entity": "account",
        "fields": {
            "name": {"field": "name", "length": 40, "too_long": "truncate"},
            "city": {"field": "address.city", "length": 20},
            "status": {"field": "state", "choices": ["A", "B"]},
            "amount": {"field": "amount"},
            "computed": {"field": "computed", "direction": "in"},
        },
    }


@pytest.mark.parametrize(
    ("thing", "obj", "said"),
    [
        ({"schema": "Thing"}, "thing", "entity"),
        ({"schema": "Thng", "entity": "account"}, "thing", "did you mean 'Thing'?"),
        ({"entity": "account"}, "thing", "name its schema"),
        ({"schema": "Thing", "entity": "account"}, "thng", "did you mean 'thing'?"),
        ({"schema": "Broken", "entity": "account"}, "thing", "#/components/schemas/Nowhere"),
    ],
)
def test_a_mapping_that_is_not_there_is_said(zoo: Zoo, thing: Any, obj: str, said: str) -> None:
    zoo.document(thing, more={"components": SCHEMAS})
    with pytest.raises(ConfigError) as caught:
        mapping_of(options(), obj, zoo.folder)
    assert said in problems(caught)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ({"list": {"call": "GET /thing"}}, "did you mean 'GET /things'?"),
        ({"list": {"cal": "GET /things"}}, "x-hub.objects.thing.list.cal: unknown setting"),
        ({"list": {"call": "GET /things", "paging": "pages"}}, "x-hub.objects.thing.list.paging.by"),
        ({"list": {"call": "GET /things", "query": {"a": "{limt}"}}}, "unknown placeholder {limt}"),
        ({"changes": {"by": "since", "call": "GET /things"}}, "changes since a stamp need one"),
        ({"key": None}, "x-hub.objects.thing.key"),
        ({"errors": {"status": {"403": "vanished"}}}, "x-hub.objects.thing.errors.status.403"),
        ({"batch": {"call": "POST /batch", "size": 0, "answer": {"items": "x"}}}, "greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_said_with_its_place(zoo: Zoo, thing: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        zoo.with_thing(thing, lambda asked: Reply(404))
    assert said in problems(caught)


@pytest.mark.parametrize(
    "part",
    [
        {"$ref": "http://evil.example/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "other.json#/a"},
        {"$dynamicRef": "https://evil.example"},
        {"$id": "https://evil.example/x"},
        {"responses": [{"operationRef": "../x"}]},
    ],
)
def test_a_reference_out_of_the_document_is_refused_and_not_fetched(zoo: Zoo, part: Any) -> None:
    zoo.document({}, more={"components": {"schemas": {"Unused": part}}})
    with pytest.raises(ConfigError) as caught:
        zoo.rest()
    assert caught.value.code == "document.outside"


def test_errors_in_parts_that_are_not_used_do_not_stop_the_hub(zoo: Zoo) -> None:
    more = {"components": {"schemas": {"Bad": {"$ref": "#/no/where"}, "Odd": {"type": 7}}}, "tags": "nonsense"}
    rest = zoo.with_thing({}, lambda asked: {"items": []}, more=more)
    assert len(list(rest.changes("thing", None))) == 1


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "document.file"),
        ({"zoo.json": "{"}, "document.syntax"),
        ({"zoo.json": "[]"}, "document.kind"),
        ({"zoo.json": '{"a": 1}'}, "document.kind"),
        ({"zoo.json": '{"openapi": "3.1.0"}'}, "document.x-hub"),
        ({"zoo.json": '{"openapi": "3.1.0", "x-hub": {"version": 2, "objects": {}}}'}, "document.x-hub"),
    ],
)
def test_a_file_that_is_no_document_is_said(tmp_path: Path, files: dict[str, str], code: str) -> None:
    (tmp_path / "mappings").mkdir()
    for name, text in files.items():
        (tmp_path / "mappings" / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "zoo.json")
    assert caught.value.code == code


def test_a_document_outside_of_its_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "secret.json").write_text("{}")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "../secret.json")
    assert "outside" in problems(caught)


def test_yaml_has_no_surprises(tmp_path: Path) -> None:
    text = "openapi: 3.0.0\nx-hub: {version: 1, objects: {}}\nenum: [no, on, 010, 1:30, 2026-01-01, 1.50, true, ~]\n"
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "a.yaml").write_text(text)
    data = load(tmp_path, "a.yaml").data
    assert data["enum"] == ["no", "on", "010", "1:30", "2026-01-01", 1.5, True, None]


@pytest.mark.parametrize(
    ("more", "root", "url"),
    [
        ({"servers": [{"url": "https://a.example/v1"}]}, {}, "https://a.example/v1"),
        ({"servers": [{"url": "https://a.example"}, {"url": "https://b.example"}]}, {"server": 1}, "https://b.example"),
        (
            {
                "servers": [
                    {"url": "https://{h}.example/{v}", "variables": {"h": {"default": "x"}, "v": {"default": "1"}}}
                ]
            },
            {"variables": {"v": "2"}},
            "https://x.example/2",
        ),
        ({"servers": [{"url": "/v1"}]}, {}, None),
        ({}, {}, None),
        ({"host": "a.example", "basePath": "/v1", "schemes": ["http"]}, {}, "http://a.example/v1"),
    ],
)
def test_the_address_is_that_of_the_server(zoo: Zoo, more: Any, root: Any, url: str | None) -> None:
    zoo.document({}, more=more, root=root)
    assert load(zoo.folder, "zoo.json").server() == url


def test_a_swagger_2_document_will_do(zoo: Zoo) -> None:
    zoo.document(
        {"schema": "Thing", "entity": "account"},
        more={
            "swagger": "2.0",
            "openapi": "",
            "definitions": {
                "Thing": {"properties": {"id": {"type": "integer"}, "name": {"type": "string", "x-hub": "name"}}}
            },
            "securityDefinitions": {"key": {"type": "apiKey", "in": "query", "name": "k"}},
        },
    )
    zoo.handler = lambda asked: {"items": []}
    rest = zoo.rest(credentials={"key": {"secret": "K"}})
    list(rest.changes("thing", None))
    assert zoo.asked[0].query["k"] == "s-K"
    assert mapping_of(options(), "thing", zoo.folder)["fields"] == {"name": {"field": "name"}}


# Overlays

DOCUMENT = {"openapi": "3.0.0", "paths": {"/a/{b}": {"get": {"tags": ["x"], "deep": {"n": 1, "m": 2}}, "put": {}}}}


def overlaid(*actions: Any) -> tuple[Any, list[str]]:
    document = json.loads(json.dumps(DOCUMENT))
    found = overlay.apply(document, {"overlay": "1.0.0", "info": {}, "actions": list(actions)})
    return document, found


@pytest.mark.parametrize(
    ("action", "path", "value"),
    [
        ({"target": "$", "update": {"x-hub": {"version": 1}}}, "x-hub.version", 1),
        ({"target": "$.paths['/a/{b}'].get", "update": {"deep": {"n": 5}}}, "paths./a/{b}.get.deep", {"n": 5, "m": 2}),
        ({"target": '$["paths"]["/a/{b}"].get.tags', "update": ["y"]}, "paths./a/{b}.get.tags", ["x", "y"]),
        ({"target": "$.paths['/a/{b}'].get.tags[0]", "update": "z"}, "paths./a/{b}.get.tags", ["z"]),
        ({"target": "$.paths.*.*", "update": {"x": 1}}, "paths./a/{b}.put", {"x": 1}),
        ({"target": "$.paths[*].get", "remove": True}, "paths./a/{b}", {"put": {}}),
        ({"target": "$.paths['/a/{b}'].get.deep.n", "update": 7, "description": "why"}, "paths./a/{b}.get.deep.n", 7),
    ],
)
def test_an_overlay_changes_what_its_target_names(action: Any, path: str, value: Any) -> None:
    document, found = overlaid(action)
    assert found == []
    assert at(document, path) == value


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"target": "$.paths['/b']", "update": {}}, "there is no '$.paths['/b']'"),
        ({"target": "$..get", "update": {}}, "more than names"),
        ({"target": "$.paths[?(@.x)]", "update": {}}, "more than names"),
        ({"target": "paths", "update": {}}, "more than names"),
        ({"target": "$", "remove": True}, "cannot be removed"),
        ({"target": "$", "updates": {}}, "updates: unknown setting"),
        ({"update": {}}, "expected an object with a target"),
    ],
)
def test_an_overlay_that_would_do_nothing_or_too_much_is_said(action: Any, said: str) -> None:
    _, found = overlaid({"target": "$", "update": {"ok": 1}}, action)
    assert len(found) == 1
    assert found[0].startswith("actions.1: ")
    assert said in found[0]


@pytest.mark.parametrize("bad", [None, [], {"overlay": "2.0.0", "actions": []}, {"overlay": "1.0.0"}])
def test_what_is_no_overlay_is_said(bad: Any) -> None:
    assert overlay.apply({}, bad)


def test_the_document_is_read_again_when_its_file_changes(zoo: Zoo) -> None:
    zoo.document({})
    first = load(zoo.folder, "zoo.json")
    assert load(zoo.folder, "zoo.json") is first
    zoo.document({"key": "another"})
    assert load(zoo.folder, "zoo.json").hub.objects["thing"].key == "another"


# Credentials

SCHEMES = {
    "inHeader": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "inQuery": {"type": "apiKey", "in": "query", "name": "key"},
    "inCookie": {"type": "apiKey", "in": "cookie", "name": "key"},
    "basic": {"type": "http", "scheme": "Basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "TOKEN", "scopes": {}}}},
}


@pytest.mark.parametrize(
    ("given", "header", "value"),
    [
        ({"inHeader": {"secret": "K"}}, "X-Key", "s-K"),
        ({"basic": {"user": "me", "password": {"secret": "P"}}}, "Authorization", "Basic bWU6cy1Q"),
        ({"bearer": {"secret": "T"}}, "Authorization", "Bearer s-T"),
        ({"oauth": {"secret": "T"}}, "Authorization", "Bearer s-T"),
        ({"oauth": {"client_id": "me", "client_secret": {"secret": "C"}}}, "Authorization", "Bearer fetched"),
    ],
)
def test_credentials_go_where_the_scheme_says(zoo: Zoo, given: Any, header: str, value: str) -> None:
    schemes = json.loads(json.dumps(SCHEMES).replace("TOKEN", f"{zoo.url}/token"))
    zoo.document({}, more={"components": {"securitySchemes": schemes}})
    zoo.handler = lambda asked: {"access_token": "fetched"} if asked.path == "/token" else {"items": []}
    list(zoo.rest(credentials=given).changes("thing", None))
    assert zoo.asked[-1].headers[header] == value


def test_a_key_and_a_token_may_both_be_wanted(zoo: Zoo) -> None:
    zoo.document({}, more={"components": {"securitySchemes": SCHEMES}})
    zoo.handler = lambda asked: {"items": []}
    list(zoo.rest(credentials={"inQuery": {"secret": "K"}, "bearer": {"secret": "T"}}).changes("thing", None))
    assert zoo.asked[0].query == {"limit": "10", "key": "s-K"}
    assert zoo.asked[0].headers["Authorization"] == "Bearer s-T"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"inHeadr": {"secret": "K"}}, "did you mean 'inHeader'?"),
        ({"basic": {"secret": "K"}}, "expected user and password"),
        ({"inHeader": {"user": "me", "password": {"secret": "K"}}}, "expected {secret: NAME}"),
        ({"inCookie": {"secret": "K"}}, "a key in a cookie is not supported"),
        ({"oauth": {"user": "me", "password": {"secret": "K"}}}, "expected client_id and client_secret"),
    ],
)
def test_credentials_that_do_not_fit_are_said_without_a_secret(zoo: Zoo, given: Any, said: str) -> None:
    zoo.document({}, more={"components": {"securitySchemes": SCHEMES}})
    with pytest.raises(ConfigError) as caught:
        zoo.rest(credentials=given)
    assert said in problems(caught)
    assert "s-K" not in problems(caught)


def test_plain_http_must_be_wanted(zoo: Zoo) -> None:
    zoo.document({})
    with pytest.raises(ConfigError) as caught:
        zoo.rest(url="http://erp.example/api")
    assert caught.value.code == "config.plain-http"
    assert zoo.rest(url="http://erp.example/api", allow_plain_http=True).can.create


# Templates and paths

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="{}$")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_characters="{}$")), inner),
)


@given(JSON)
def test_a_template_without_places_is_itself(value: Any) -> None:
    assert compile_template(value)({}) == value


@given(JSON, st.sampled_from(["key", "fields", "since"]))
def test_a_place_alone_becomes_the_value_itself(value: Any, name: str) -> None:
    made = compile_template({"a": [f"{{{name}}}"]})({name: value})
    assert made == ({"a": []} if value is None else {"a": [value]})


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("{key}/{version}", "7/3"),
        ('"{version}"', '"3"'),
        ("v{token}", ...),
        ({"op": "create", "key": "{token}", "n": 1}, {"op": "create", "n": 1}),
        ({"a": {"$json": {"b": 1}}, "c": {"d": "{key}"}}, {"a": '{"b":1}', "c": {"d": 7}}),
    ],
)
def test_what_a_template_makes_of_the_values_of_a_call(source: Any, made: Any) -> None:
    template = compile_template({"x": source})
    for _ in range(2):  # A call leaves nothing behind in the template.
        assert template({"key": 7, "version": "3"}) == ({} if made is ... else {"x": made})


def test_fields_without_nested_ones_are_not_copied() -> None:
    plain = {"name": "Acme", "city": "Bonn"}
    assert deepened(plain) is plain


@given(st.dictionaries(st.from_regex(r"[a-z]{1,3}(\.[x-z]{1,2}){0,2}", fullmatch=True), st.integers(), max_size=4))
def test_flat_names_lead_back_to_their_values(fields: dict[str, int]) -> None:
    names = [name for name in fields if not any(other.startswith(f"{name}.") for other in fields)]
    flat = {name: fields[name] for name in names}
    nested = deepened(flat)
    assert {name: at(nested, name) for name in names} == flat
