"""A small page to look at, search, edit, add and delete the records of a sandbox; rendered here, without scripts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from hub.sandbox.control import Column, Counterpart, NotTaken
from hub.sandbox.faults import Environ, StartResponse

#: Records that a list shows, and fields of each.
ROWS, SHOWN = 200, 6
#: Before the name of a form's field: what it held when the form was opened.
WAS = "was."

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
FRAME = Markup("""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222 }}
table {{ border-collapse: collapse; width: 100% }} th, td {{ text-align: left; padding: .3em .6em }}
tr {{ border-bottom: 1px solid #ddd }} input, select {{ font: inherit; width: 100%; box-sizing: border-box }}
form.search {{ display: flex; gap: 1em }} button {{ font: inherit }}
.wrong {{ color: #b00020 }} .small {{ color: #666 }}
</style></head><body><h1><a href="/">{title}</a></h1>{body}</body></html>
""")
LIST = Markup("""<form class="search" method="get" action="/"><label for="q">Search</label>
<input id="q" name="q" value="{words}"><button>Search</button><a href="/page/new">Add</a></form>
<p class="small">{count}</p><table><thead><tr><th>{key}</th>{heads}</tr></thead><tbody>{rows}</tbody></table>""")
FORM = Markup("""<h2>{head}</h2>{wrong}<form method="post"><table>{fields}</table><p><button>Save</button></p></form>
{delete}<p class="small">{rest}</p>""")
DELETE = Markup('<form method="post" action="/page/{key}/delete"><button>Delete</button></form>')
TEXT = Markup('<input id="{name}" name="{name}" value="{value}">')


class Page:
    """The pages at / and under /page/."""

    def __init__(self, counterpart: Counterpart) -> None:
        self._counterpart = counterpart
        routes: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            ("/", "GET", self._list),
            ("/page/new", "GET", self._new),
            ("/page/new", "POST", self._add),
            ("/page/<key>", "GET", self._show),
            ("/page/<key>", "POST", self._save),
            ("/page/<key>/delete", "POST", self._delete),
        )
        self._map = Map([Rule(path, methods=[method], endpoint=handler) for path, method, handler in routes])

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            handler, given = self._map.bind_to_environ(environ).match()
            response: Response = handler(Request(environ), **given)
        except HTTPException as e:
            response = self._page(Markup("<p>{}</p>").format(e.description or e.name), e.code or 500)
        return response(environ, start_response)

    def _list(self, request: Request) -> Response:
        words = request.args.get("q", "").strip()
        found = self._counterpart.search(words, ROWS + 1)
        columns = self._counterpart.columns[:SHOWN]
        body = LIST.format(
            words=words,
            count=f"The first {ROWS}" if len(found) > ROWS else f"{len(found)} {self._counterpart.noun}",
            key=self._counterpart.key,
            heads=_join(Markup("<th>{}</th>").format(c.name) for c in columns),
            rows=_join(self._row(record) for record in found[:ROWS]),
        )
        return self._page(body)

    def _row(self, record: Mapping[str, Any]) -> Markup:
        key = record[self._counterpart.key]
        cells = (Markup("<td>{}</td>").format(c.show(record[c.name])) for c in self._counterpart.columns[:SHOWN])
        return Markup('<tr><td><a href="/page/{0}">{0}</a></td>{1}</tr>').format(key, _join(cells))

    def _new(self, request: Request) -> Response:
        return self._form("new", {})

    def _add(self, request: Request) -> Response:
        try:
            key = self._counterpart.add(self._typed(request))
        except NotTaken as e:
            return self._form("new", {}, e, request.form)
        return redirect(f"/page/{key}", 303)

    def _show(self, request: Request, key: str) -> Response:
        return self._form(key, self._record(key))

    def _save(self, request: Request, key: str) -> Response:
        """Only what was changed in the form is written, so that a form left open undoes nothing."""
        record = self._record(key)
        try:
            self._counterpart.change(key, self._typed(request))
        except NotTaken as e:
            return self._form(key, record, e, request.form)
        return redirect(f"/page/{key}", 303)

    def _delete(self, request: Request, key: str) -> Response:
        self._counterpart.delete(key)
        return redirect("/", 303)

    def _record(self, key: str) -> dict[str, Any]:
        record = self._counterpart.get(key)
        if record is None:
            raise NotFound(f"There is no record {key}.")
        return record

    def _typed(self, request: Request) -> dict[str, Any]:
        form = request.form
        changed = [c for c in self._counterpart.columns if form.get(c.name, "") != form.get(WAS + c.name, "")]
        return {c.name: c.read(form.get(c.name, "")) for c in changed}

    def _form(
        self, key: str, record: Mapping[str, Any], wrong: NotTaken | None = None, typed: Mapping[str, str] | None = None
    ) -> Response:
        columns = self._counterpart.columns
        names = {c.name for c in columns}
        body = FORM.format(
            head=f"{self._counterpart.key} {key}",
            wrong=_join(Markup('<p class="wrong">{}</p>').format(r) for r in (wrong.reasons if wrong else ())),
            fields=_join(_field(c, c.show(record.get(c.name)), typed) for c in columns),
            delete=DELETE.format(key=key) if record else "",
            rest=", ".join(f"{name}: {value}" for name, value in record.items() if name not in names),
        )
        return self._page(body, 422 if wrong else 200)

    def _page(self, body: Markup, status: int = 200) -> Response:
        html = FRAME.format(title=self._counterpart.title, body=body)
        response = Response(html, status, mimetype="text/html")
        response.headers["Content-Security-Policy"] = POLICY
        return response


def _field(column: Column, was: str, typed: Mapping[str, str] | None) -> Markup:
    value = was if typed is None else typed.get(column.name, "")
    entry = _choice(column.name, value) if column.type == "yesno" else TEXT.format(name=column.name, value=value)
    # After a mistake the form must still know what the record held when it was first opened.
    before = was if typed is None else typed.get(WAS + column.name, "")
    hidden = Markup('<input type="hidden" name="{}" value="{}">').format(WAS + column.name, before)
    label = Markup('<th><label for="{0}">{0}</label></th>').format(column.name)
    return Markup("<tr>{}<td>{}{}</td></tr>").format(label, entry, hidden)


def _choice(name: str, value: str) -> Markup:
    options = (
        Markup("<option{}>{}</option>").format(Markup(" selected") if value == o else "", o) for o in ("", "yes", "no")
    )
    return Markup('<select id="{0}" name="{0}">{1}</select>').format(name, _join(options))


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
