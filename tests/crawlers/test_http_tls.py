"""The connection goes to the checked address; certificate, SNI and Host keep the name."""

import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawlers.outcomes import Failure, Reason
from crawlers.source import Answer, Outcome, Request
from tests.crawlers.clients import Detour, detoured_client, resolver_of
from tests.crawlers.faulty import Faulty, faulty

PUBLIC = "93.184.216.34"
NAMES = resolver_of({"shop.example": [PUBLIC], "other.example": [PUBLIC]})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of shop.example, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "shop.pem"
    form = serialization.Encoding.PEM
    private = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + signed.public_bytes(form))
    return file


@contextmanager
def secured(certificate: Path, asked: list[str | None]) -> Iterator[Faulty]:
    """The server behind TLS; `asked` collects the names that clients ask it for (SNI)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda connection, name, _: asked.append(name)
    with faulty() as server:
        plain = server.server.socket
        server.server.socket = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        yield server


def test_tls_and_host_keep_the_name_while_the_address_is_the_checked_one(certificate: Path) -> None:
    asked: list[str | None] = []
    trusting = ssl.create_default_context(cafile=str(certificate))
    with secured(certificate, asked) as server:
        network = Detour({PUBLIC: server.port})
        with detoured_client(network, NAMES, tls=trusting) as client:
            answer = client.fetch(Request("https://shop.example/page"))
    assert isinstance(answer, Answer), answer
    assert (network.dialled, asked) == ([PUBLIC], ["shop.example"])
    assert server.hits[0].headers["host"] == "shop.example"


@pytest.mark.parametrize(("host", "trusted"), [("other.example", True), ("shop.example", False)])
def test_a_certificate_of_another_name_or_issuer_is_refused(
    host: str, trusted: bool, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # what the environment trusts doesn't count
    tls = ssl.create_default_context(cafile=str(certificate)) if trusted else None
    with (
        secured(certificate, []) as server,
        detoured_client(Detour({PUBLIC: server.port}), NAMES, tls=tls) as client,
    ):
        failure = client.fetch(Request(f"https://{host}/page"))
    assert isinstance(failure, Failure)
    assert (failure.reason, failure.outcome) == (Reason.TLS_FAILED, Outcome.UNAVAILABLE)
    assert server.hits == []
