"""The ERP's OpenAPI document says what the ERP does: every path, method and status of it, and no others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import Client, TestResponse

from hub.sandbox.erp.fields import LENGTHS, ORDER
from hub.sandbox.erp.records import Suppliers
from hub.sandbox.erp.server import API, BATCH, LIMIT, ROUTES, Api, Options
from hub.sandbox.erp.wire import TOKEN
from hub.sandbox.erp.writing import Op, Settings

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "mappings" / "erp.openapi.yaml").read_text(encoding="utf-8")
)
REGISTRY: Any = Registry().with_resource("urn:doc", DRAFT202012.create_resource(DOCUMENT))
METHODS = ("get", "post", "patch", "put", "delete")
KEY = "secret of the test"
ONE = "/suppliers/{supplierid}"
STALE = {"If-Match": '"7"'}
NAMED = {"name": "New"}

Send = Callable[..., TestResponse]


def post(path: str, body: Any, **headers: str) -> tuple[str, dict[str, Any]]:
    return path, {"json": body, "headers": headers}


#: A call for every answer of the document: (path there, method, status) -> (path, what is sent).
CALLS: dict[tuple[str, str, int], tuple[str, dict[str, Any]]] = {
    ("/suppliers", "get", 200): ("/suppliers?limit=2", {}),
    ("/suppliers", "get", 400): ("/suppliers?ids=1,x", {}),
    ("/suppliers", "get", 401): ("/suppliers", {"headers": {"X-Api-Key": "wrong"}}),
    ("/suppliers", "post", 201): post("/suppliers", NAMED),
    ("/suppliers", "post", 400): ("/suppliers", {"data": b"{"}),
    ("/suppliers", "post", 401): ("/suppliers", {"headers": {"X-Api-Key": ""}, "json": NAMED}),
    ("/suppliers", "post", 404): ("/suppliers", {"json": NAMED, "headers": {"Idempotency-Key": "used"}}),
    ("/suppliers", "post", 422): post("/suppliers", {"country": "Ireland"}),
    ("/suppliers/changes", "get", 200): ("/suppliers/changes?after=1&limit=3", {}),
    ("/suppliers/changes", "get", 400): ("/suppliers/changes?after=-1", {}),
    ("/suppliers/changes", "get", 401): ("/suppliers/changes", {"headers": {"X-Api-Key": "x"}}),
    ("/suppliers/ids", "get", 200): ("/suppliers/ids?limit=2", {}),
    ("/suppliers/ids", "get", 400): ("/suppliers/ids?limit=0", {}),
    ("/suppliers/ids", "get", 401): ("/suppliers/ids", {"headers": {"X-Api-Key": "x"}}),
    ("/suppliers/batch", "post", 200): post(
        "/suppliers/batch",
        {
            "items": [
                {"op": "create", "idempotency_key": "b", "supplier": NAMED},
                {"op": "create", "supplier": {}},
                {"op": "update", "supplierid": 1, "if_match": '"1"', "supplier": {"city": "Graz"}},
                {"op": "update", "supplierid": 1, "if_match": '"1"', "supplier": {}},
                {"op": "delete", "supplierid": 2},
                {"op": "delete", "supplierid": 99},
            ]
        },
    ),
    ("/suppliers/batch", "post", 400): post("/suppliers/batch", {"items": [{"op": "delete"}] * 101}),
    ("/suppliers/batch", "post", 401): ("/suppliers/batch", {"headers": {"X-Api-Key": "x"}, "json": {"items": []}}),
    ("/suppliers/batch", "post", 404): post("/suppliers/batch", {"items": []}),
    (ONE, "get", 200): ("/suppliers/1", {}),
    (ONE, "get", 401): ("/suppliers/1", {"headers": {"X-Api-Key": "x"}}),
    (ONE, "get", 404): ("/suppliers/99", {}),
    (ONE, "patch", 200): post("/suppliers/1", {"city": "Graz"}, **{"If-Match": '"1"'}),
    (ONE, "patch", 400): post("/suppliers/1", ["city"]),
    (ONE, "patch", 401): ("/suppliers/1", {"headers": {"X-Api-Key": "x"}, "json": {}}),
    (ONE, "patch", 404): post("/suppliers/99", {}),
    (ONE, "patch", 412): post("/suppliers/1", {}, **STALE),
    (ONE, "patch", 422): post("/suppliers/1", {"name": None}),
    (ONE, "delete", 204): ("/suppliers/1", {}),
    (ONE, "delete", 401): ("/suppliers/1", {"headers": {"X-Api-Key": "x"}}),
    (ONE, "delete", 404): ("/suppliers/99", {}),
    (ONE, "delete", 412): ("/suppliers/1", {"headers": STALE}),
}


def documented() -> dict[tuple[str, str, int], dict[str, Any]]:
    """(path, method, status) -> the response object, references followed."""
    found = {}
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            for status, response in item.get(method, {"responses": {}})["responses"].items():
                found[path, method, int(status)] = resolved(response)
    return found


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    if reference is None:
        return node
    place: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        place = place[part]
    return resolved(place)


def problems(value: Any, pointer: str) -> list[str]:
    """What the schema at this place of the document says against a value."""
    validator = OAS31Validator(
        {"$ref": f"urn:doc#{pointer}"}, registry=REGISTRY, format_checker=OAS31Validator.FORMAT_CHECKER
    )
    return [e.message for e in validator.iter_errors(value)]


def schema_pointer(response: dict[str, Any]) -> str:
    reference: str = response["content"]["application/json"]["schema"]["$ref"]
    return reference.removeprefix("#")


def sender(options: Options) -> Send:
    suppliers = Suppliers(":memory:", Settings())
    suppliers.write([Op("create", None, {"name": n, "external_ref": n}) for n in ("A", "B", "C", "D")])
    suppliers.write([Op("create", None, NAMED, None, "used")])
    suppliers.write([Op("delete", 5)])
    client = Client(Api(suppliers, options))

    def send(method: str, path: str, **more: Any) -> TestResponse:
        headers = {"X-Api-Key": KEY, **more.pop("headers", {})}
        return client.open(API + path, method=method.upper(), headers=headers, **more)

    return send


def test_the_document_is_valid() -> None:
    assert [e.message for e in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_answer_of_the_document_has_a_call_here() -> None:
    assert set(CALLS) == set(documented())


def test_the_document_has_every_route_under_its_operation() -> None:
    served = {(path.removeprefix(API).replace(ROUTES[-1][0].removeprefix(API), ONE), m, op) for path, m, op in ROUTES}
    said = {
        (path, method.upper(), item[method]["operationId"])
        for path, item in DOCUMENT["paths"].items()
        for method in METHODS
        if method in item
    }
    assert served == said


@pytest.mark.parametrize("case", CALLS, ids=lambda case: " ".join(map(str, case)))
def test_an_answer_is_as_the_document_says(case: tuple[str, str, int]) -> None:
    _, method, status = case
    target, sent = CALLS[case]
    answer = sender(Options(KEY, batch=status != 404))(method, target, **sent)
    assert answer.status_code == status, answer.get_data(as_text=True)
    response = documented()[case]
    if "content" in response:
        assert answer.mimetype == "application/json"
        assert problems(answer.get_json(), schema_pointer(response)) == []
    else:
        assert answer.get_data() == b""
    for name, header in response.get("headers", {}).items():
        assert OAS31Validator(resolved(header)["schema"]).is_valid(answer.headers[name]), name


def test_the_outcomes_of_a_batch_cover_every_status() -> None:
    target, sent = CALLS["/suppliers/batch", "post", 200]
    items = sender(Options(KEY))("post", target, **sent).get_json()["items"]
    said = DOCUMENT["components"]["schemas"]["BatchOutcome"]["properties"]["status"]["enum"]
    assert sorted(item["status"] for item in items) == sorted(said)


def test_the_fields_and_their_lengths_are_those_of_the_server() -> None:
    said = DOCUMENT["components"]["schemas"]["SupplierFields"]["properties"]
    assert tuple(said) == ORDER
    lengths = {name: schema["maxLength"] for name, schema in said.items() if "maxLength" in schema}
    assert lengths == {name: length for name, length in LENGTHS.items() if name != "country"}


def test_the_limits_are_those_of_the_server() -> None:
    schemas, parameters = DOCUMENT["components"]["schemas"], DOCUMENT["components"]["parameters"]
    assert schemas["Batch"]["properties"]["items"]["maxItems"] == BATCH
    assert schemas["BatchItem"]["properties"]["idempotency_key"]["maxLength"] == TOKEN
    assert parameters["limit"]["schema"]["default"] == LIMIT


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_method_that_is_not_in_the_document_is_refused_as_json(method: str) -> None:
    answer = sender(Options(KEY))(method, "/suppliers/1")
    assert answer.status_code == 405
    assert problems(answer.get_json(), "/components/schemas/ErrorAnswer") == []


@pytest.mark.parametrize("path", ["/nothing", "/suppliers/abc", "/suppliers/0", f"/suppliers/{10**30}"])
def test_a_path_that_is_not_there_is_refused_as_json(path: str) -> None:
    answer = sender(Options(KEY))("GET", path)
    assert answer.status_code == 404
    assert problems(answer.get_json(), "/components/schemas/ErrorAnswer") == []


@pytest.mark.parametrize(
    "query",
    ["limit=x", "limit=-1", "limit=", f"after={10**20}", "after=1.5", "after=%D9%A3"],
)
def test_a_parameter_of_the_wrong_kind_is_refused(query: str) -> None:
    assert sender(Options(KEY))("GET", f"/suppliers/changes?{query}").status_code == 400


@pytest.mark.parametrize("value", [{"name": "A", "status": "A", "credit_limit": 5}, {"name": "A", "note": None}])
def test_what_the_document_lets_through_the_server_takes(value: dict[str, Any]) -> None:
    assert problems(value, "/components/schemas/NewSupplier") == []
    assert sender(Options(KEY))("POST", "/suppliers", json=value).status_code == 201


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"name": ""},
        {"name": "x" * 41},
        {"name": "A", "status": "X"},
        {"name": "A", "country": "ie"},
        {"name": "A", "discount": 101},
        {"name": "A", "headcount": 1.5},
        {"name": "A", "blocked": "no"},
        {"name": "A", "email": "x"},
    ],
)
def test_what_the_document_refuses_the_server_refuses(value: dict[str, Any]) -> None:
    assert problems(value, "/components/schemas/NewSupplier") != []
    assert sender(Options(KEY))("POST", "/suppliers", json=value).status_code == 422
