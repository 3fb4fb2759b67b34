"""The web addresses of the CRM: the SOAP service, its description, and the settings for tests."""

import logging
import re
from collections.abc import Iterable
from typing import Any

import orjson
from werkzeug.wrappers import Request, Response

from hub.sandbox.control import answer
from hub.sandbox.crm.service import Crm
from hub.sandbox.crm.settings import BadSetting, change
from hub.sandbox.crm.wsdl import application
from hub.sandbox.faults import App, Environ, StartResponse

#: Addresses in any case; both spellings of the folder were met.
_PATH = re.compile(r"/[^/]+/eware\.dll/webservices?/(soap|[^/]*\.wsdl)", re.I)
_OPERATION = re.compile(rb"<(?:[\w.-]+:)?body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)", re.I)
SOAP = "/crm/eware.dll/WebServices/SOAP"
#: How much of a request is looked at to learn its operation.
PEEK = 4096


class Soap:
    """The WSGI application under /crm/. What a page for people would answer is not there."""

    def __init__(self, crm: Crm, address: str) -> None:
        # Faults are answers here, not news; a bug of an operation is logged as critical.
        logging.getLogger("spyne").setLevel(logging.CRITICAL)
        self._crm = crm
        self._spyne = application(crm, address)

    @property
    def wsdl(self) -> bytes:
        return bytes(self._spyne._wsdl)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        found = _PATH.fullmatch(str(environ.get("PATH_INFO", "")))
        if found is None:
            return Response("not found", 404)(environ, start_response)
        if found[1].lower() != "soap":
            body = b"" if self._crm.settings.hide_wsdl else self.wsdl
            return Response(body, mimetype="text/xml")(environ, start_response)
        if environ["REQUEST_METHOD"] != "POST":
            return Response(b"", mimetype="text/html")(environ, start_response)
        self._spyne.max_content_length = self._crm.settings.max_request
        body_iter: Iterable[bytes] = self._spyne(environ, start_response)
        return [b"".join(body_iter)]


class SettingsControl:
    """GET and POST /control/settings, in front of the control API that all sandboxes have."""

    def __init__(self, crm: Crm, control: App) -> None:
        self._crm, self._control = crm, control

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/control/settings":
            return self._control(environ, start_response)
        return self._settings(Request(environ))(environ, start_response)

    def _settings(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self._crm.change(change(self._crm.settings, _object(request)))
            except BadSetting as e:
                return answer({"error": str(e)}, 422)
        return answer(self._crm.settings)


def _object(request: Request) -> dict[str, Any]:
    try:
        value = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as e:
        raise BadSetting(f"body: not JSON: {e}") from e
    if not isinstance(value, dict):
        raise BadSetting("body: expected a JSON object")
    return value


def operation(environ: Environ) -> str:
    """The operation of a SOAP request, for the faults that name one; the request can still be read."""
    stream = environ["wsgi.input"]
    if not stream.seekable():
        return ""
    found = _OPERATION.search(stream.read(PEEK))
    stream.seek(0)
    return found[1].decode().lower() if found else ""
