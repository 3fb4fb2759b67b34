"""Certificates are checked, the protocol is not older than TLS 1.2, and nothing is sent before both are right."""

import datetime
import ipaddress
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.core.errors import ConfigError, TryLater
from hub.transport.http import Http

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate(folder: Path, host: str, *, until: datetime.datetime = NOW + DAY) -> str:
    """The file of a new self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW - 2 * DAY, until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / f"{host}-{until:%Y%m%d}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + pem)
    return str(file)


@contextmanager
def serving(file: str, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Iterator[tuple[str, list[bytes]]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    context.set_ciphers("ALL:@SECLEVEL=0")
    seen: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    seen.append(connection.recv(10_000))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except ssl.SSLError:
                continue
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", seen


def test_a_certificate_that_we_were_told_to_trust_is_trusted(tmp_path: Path) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    with serving(file) as (url, _):
        assert Http(url, verify=file).send("GET", "/").body == b"ok"


def test_any_other_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    trusted, expired = certificate(tmp_path, "127.0.0.1"), certificate(tmp_path, "127.0.0.1", until=NOW - DAY)
    other_host, also_good = certificate(tmp_path, "127.0.0.2"), certificate(tmp_path, "127.0.0.3")
    for served, verify in [(trusted, True), (trusted, also_good), (expired, expired), (other_host, other_host)]:
        with serving(served) as (url, seen):
            with pytest.raises(TryLater) as caught:
                Http(url, verify=verify).send("POST", "/", body=b"secret")
            assert caught.value.code == "system.tls"
            assert seen == []


def test_an_old_protocol_is_refused(tmp_path: Path) -> None:
    file = certificate(tmp_path, "127.0.0.1")
    with serving(file, ssl.TLSVersion.TLSv1_1) as (url, seen):
        with pytest.raises(TryLater) as caught:
            Http(url, verify=file).send("POST", "/", body=b"secret")
        assert caught.value.code == "system.tls"
        assert seen == []


def test_a_file_of_certificates_that_is_not_there_is_a_config_error() -> None:
    with pytest.raises(ConfigError) as caught:
        Http("https://erp.example", verify="/nowhere.pem")
    assert caught.value.code == "config.ca"
