"""What docs/security.md says of the code, read from the code: who may do what, by name."""

import ast
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from docs_pages import name_of, parsed
from hypothesis import given
from hypothesis import strategies as st

from adapters.sagecrm.entities import quoted
from adapters.sagecrm.reading import is_key

#: A rule looks at one file and names what it finds there.
Rule = Callable[[ast.Module], Iterator[str]]
#: File -> what it may do.
Places = dict[str, set[str]]


def found(rule: Rule, *, sandbox: bool = False) -> Places:
    places: Places = defaultdict(set)
    for path, tree in parsed(sandbox=sandbox).items():
        for what in rule(tree):
            places[path].add(what)
    return dict(places)


def imports(tree: ast.AST) -> Iterator[str]:
    """`a.b` of `import a.b`, `a.b.c` of `from a.b import c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{name.name}" for name in node.names)


def imported(*modules: str) -> Rule:
    def rule(tree: ast.Module) -> Iterator[str]:
        return (name for name in imports(tree) if any(name == m or name.startswith(m + ".") for m in modules))

    return rule


def used(*names: str) -> Rule:
    """Names and attributes that are read, as their last two parts, `time.sleep`; `*` for any first part."""

    def rule(tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in names:
                yield node.id
            elif isinstance(node, ast.Attribute):
                name = f"{name_of(node.value).rpartition('.')[2]}.{node.attr}"
                if name in names or f"*.{node.attr}" in names:
                    yield name

    return rule


# -- the ways out of the process ----------------------------------------------------------------------

NETWORK = imported(
    "requests", "urllib3", "httpx", "aiohttp", "http.client", "http.server", "urllib.request", "socket", "ftplib",
    "smtplib", "asyncio", "telnetlib", "paramiko",
)  # fmt: skip
#: Shapes of credentials; they open no connection.
SHAPES = {"requests.auth.AuthBase", "requests.PreparedRequest"}


def test_one_client_speaks_to_systems() -> None:
    places = {path: what - SHAPES for path, what in found(NETWORK).items() if not path.startswith("hub/transport/")}
    assert {path: what for path, what in places.items() if what} == {}


def test_certificates_are_checked() -> None:
    def rule(tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname", "cert_reqs"):
                yield from (ast.unparse(node) for part in ast.walk(node.value) if is_false(part))
        yield from used("ssl.CERT_NONE", "ssl._create_unverified_context", "*.check_hostname", "*.verify_mode")(tree)

    assert found(rule) == {}


def is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


# -- documents of others ------------------------------------------------------------------------------

XML = used(
    *(f"etree.{name}" for name in (
        "fromstring", "fromstringlist", "parse", "XML", "HTML", "XMLID", "iterparse", "XMLParser", "HTMLParser",
        "XMLPullParser", "XSLT", "DTD", "XMLSchema", "RelaxNG", "XInclude",
    )),
)  # fmt: skip


def test_one_function_parses_xml() -> None:
    assert found(XML) == {"hub/transport/xml.py": {"etree.XMLParser", "etree.fromstring"}}
    others = imported("xml", "lxml.html", "lxml.objectify", "defusedxml", "bs4", "html5lib", "html.parser")
    assert found(others) == {"hub/transport/soap.py": {"xml.sax.saxutils.escape"}}  # writes, does not read
    assert set(found(imported("lxml"))) == {
        "adapters/sagecrm/answers.py",  # a path over what is parsed
        "hub/transport/soap.py",
        "hub/transport/xml.py",
    }


def test_zeep_gets_its_documents_from_one_place() -> None:
    assert set(found(imported("zeep"))) == {"hub/transport/soap.py"}


def test_yaml_is_read_by_safe_loaders_of_our_own() -> None:
    assert set(found(imported("yaml"))) == {"hub/config/document.py", "adapters/rest/document.py"}
    unsafe = used(
        *(f"yaml.{name}" for name in ("unsafe_load", "full_load", "load_all", "Loader", "UnsafeLoader", "FullLoader")),
        "yaml.CLoader", "yaml.CFullLoader", "yaml.CUnsafeLoader",
    )  # fmt: skip
    assert found(unsafe) == {}


# -- nothing is run that comes from outside -------------------------------------------------------------


def test_nothing_is_run_that_a_file_or_a_system_says() -> None:
    modules = imported(
        "pickle", "shelve", "marshal", "dill", "cloudpickle", "jsonpickle", "subprocess", "pty", "ctypes", "code",
        "runpy", "multiprocessing",
    )  # fmt: skip
    calls = used(
        "eval", "exec", "compile_command", "__import__", "breakpoint",
        *(f"os.{name}" for name in ("system", "popen", "execv", "execve", "execvp", "spawnv", "spawnl", "posix_spawn")),
    )  # fmt: skip
    assert found(modules) == {}
    assert found(calls) == {}


def test_no_shell_is_started_by_the_counterparts_either() -> None:
    def rule(tree: ast.Module) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "shell" and not is_false(node.value):
                yield ast.unparse(node)
        yield from used("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")(tree)

    assert found(rule, sandbox=True) == {}


def test_modules_are_loaded_by_name_in_two_places() -> None:
    loads = used("importlib.import_module", "util.spec_from_file_location", "loader.exec_module")
    assert set(found(loads)) == {"hub/cli/main.py", "hub/config/adapters.py"}


# -- SQL ------------------------------------------------------------------------------------------------


def test_sql_is_made_of_constants_and_bound_parameters() -> None:
    made = {path: owners for path, owners in found(loose_sql).items() if "/migrations/" not in path}
    # Of the names of our own tables and columns.
    assert made == {"hub/store/bulk.py": {"insert", "insert_new", "upsert"}}


def test_sql_is_handed_to_the_driver_by_the_store_only() -> None:
    handed = found(used("*.exec_driver_sql", "*.executescript", "*.text_factory"))
    assert set(handed) <= {f"hub/store/{name}.py" for name in ("bulk", "connect", "database")}
    assert set(found(imported("sqlalchemy", "sqlite3", "psycopg", "alembic"))) <= {
        *(path for path in parsed() if path.startswith("hub/store/")),
        "hub/engine/preview.py",  # copies a file
    }


#: What SQL text is given to.
STATEMENTS = ("text", "Bulk", "Each", "Lookup")


def loose_sql(tree: ast.Module) -> Iterator[str]:
    """Functions in which SQL text is made of more than literals. What stands outside of functions is made at import,
    before there is anything that could get into it."""
    if not any(name.startswith(("sqlalchemy", "hub.store")) for name in imports(tree)):
        return  # the `text` of the SOAP transport escapes XML
    for owner, call in calls(tree):
        makes_sql = name_of(call.func).rpartition(".")[2] in STATEMENTS
        parts = [part for part in ast.walk(call.args[0]) if isinstance(part, ast.expr)] if call.args else []
        if owner and makes_sql and not all(map(is_literal, parts)):
            yield owner


def is_literal(node: ast.expr) -> bool:
    """A text, or texts put together."""
    return isinstance(node, ast.Constant | ast.BinOp)


def calls(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield owner, node
        yield from calls(node, node.name if isinstance(node, ast.FunctionDef) else owner)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_value_in_a_condition_stays_a_value(value: str) -> None:
    assert sqlite3.connect(":memory:").execute(f"SELECT {quoted(value)}").fetchone() == (value,)


@pytest.mark.parametrize("key", ["1 or 1=1", "1)", "", "-", "1;", "٣", "1e3", "0x1", "1" * 30, "NULL"])
def test_a_key_in_a_condition_is_a_number(key: str) -> None:
    assert not is_key(key)


# -- errors, clocks, secrets ------------------------------------------------------------------------------


def test_whatever_is_caught_wholesale_is_raised_again_in_our_words() -> None:
    def rule(tree: ast.Module) -> Iterator[str]:
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
            caught = (
                {"everything"}
                if handler.type is None
                else {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
            )
            if caught & {"everything", "Exception", "BaseException"}:
                yield "raises" if any(isinstance(node, ast.Raise) for node in ast.walk(handler)) else "swallows"

    assert set().union(*found(rule).values()) <= {"raises"}
    assert set(found(rule)) == {
        "hub/config/adapters.py",
        "hub/config/expression.py",
        "hub/simulator/histories.py",
    }


def test_the_clock_chance_and_identities_come_from_one_place() -> None:
    asked = used(
        "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "os.urandom", "monotonic",
        *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "perf_counter", "sleep")),
        *(f"random.{name}" for name in ("random", "randint", "choice", "getrandbits", "uniform", "shuffle", "Random")),
        *(f"uuid.{name}" for name in ("uuid1", "uuid4")),
        *(f"secrets.{name}" for name in ("token_hex", "token_bytes", "token_urlsafe", "randbelow")),
    )  # fmt: skip
    places = found(asked)
    machine = places.pop("hub/engine/machine.py")
    assert machine >= {"datetime.now", "time.time", "time.sleep", "random.random"}
    # Time-outs, pauses and keys: none of it decides what becomes of a record.
    named = {
        "hub/cli/simulate.py": {"time.monotonic"},
        "hub/config/expression.py": {"monotonic"},
        "hub/config/keyring.py": {"os.urandom"},
        "hub/simulator/histories.py": {"random.Random"},  # by seed
        "hub/simulator/mine.py": {"random.Random"},
        "hub/simulator/profiles.py": {"random.Random"},
        "hub/store/connect.py": {"time.monotonic", "time.sleep"},
        "hub/transport/connection.py": {"time.monotonic"},
        "hub/transport/http.py": {"time.monotonic"},
        "hub/transport/oauth.py": {"time.monotonic"},
        "hub/transport/throttle.py": {"datetime.now", "time.monotonic", "time.sleep"},
    }
    assert {path: more for path, what in places.items() if (more := what - named.get(path, set()))} == {}


def test_secrets_are_revealed_where_they_leave_and_nowhere_else() -> None:
    assert set(found(used("*.reveal"))) == {
        "adapters/rest/auth.py",
        "adapters/sagecrm/adapter.py",
        "hub/config/sealed.py",
        "hub/config/settings.py",
        "hub/transport/oauth.py",
    }


def test_one_place_writes_the_log_and_none_prints() -> None:
    assert set(found(imported("structlog"))) == {"hub/cli/log.py"}
    assert found(used("print", "sys.stdout", "stdout.write")) == {}
    assert set(found(imported("logging"))) == {"hub/cli/log.py", "hub/transport/connection.py"}


def broken_lines(tree: ast.Module) -> Iterator[str]:
    """Line breaks handed to what shows one line, and shows a break as it is written in a program."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("line", "warn"):
            parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            yield from (part for part in parts if isinstance(part, str) and "\n" in part)


def test_a_line_of_ours_is_one_line() -> None:
    assert found(broken_lines) == {}


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (NETWORK, "import requests"),
        (NETWORK, "from urllib.request import urlopen"),
        (NETWORK, "def f():\n    import socket"),
        (XML, "from lxml import etree\netree.fromstring(b'')"),
        (XML, "import lxml.etree\nlxml.etree.parse('x')"),
        (used("*.reveal"), "x.secret().reveal()"),
        (used("datetime.now"), "import datetime\ndatetime.datetime.now()"),
        (loose_sql, "import sqlalchemy as sa\ndef f(name):\n    sa.text(f'SELECT {name}')"),
        (loose_sql, "import sqlalchemy as sa\ndef f(name):\n    sa.text('SELECT ' + name)"),
        (broken_lines, "line(f'\\n{x}')"),
        (loose_sql, "from hub.store.database import Each\ndef f(x):\n    return Each('SELECT ' + x)"),
    ],
)
def test_the_rules_would_notice(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))
