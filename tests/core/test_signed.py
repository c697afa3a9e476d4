"""The bank and the text message gateway are believed when their reply is signed, for this request, now."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core import signed
from core.shapes import certificates
from core.signed import TOLERANCE_SECONDS, NoAnswer, SignedClient, signature
from launch import demo_partners
from sandbox.testing import Sandbox
from tests.counterparty import Answer, Asked, answering

SECRET = "x" * 32
PAID = b'{"state": "paid"}'


def client(url: str, *, timeout_seconds: float = 5, ca: str = "") -> SignedClient:
    return SignedClient(url, "huiminbao", SECRET, timeout_seconds, ca)


def signed_answer(
    asked: Asked,
    body: bytes = PAID,
    status: int = 200,
    *,
    age_seconds: float = 0,
    secret: str = SECRET,
    nonce: str = "",
) -> Answer:
    at, nonce = str(int(time.time() - age_seconds)), nonce or asked.headers["X-Channel-Nonce"]
    mark = signature(secret, str(status), at, nonce, hashlib.sha256(body).hexdigest())
    return Answer(status, (body,), {"X-Channel-Timestamp": at, "X-Channel-Signature": mark})


def code_of(answer: Callable[[Asked], Answer | None], **client_options: float) -> str:
    """What is said of a reply that is none."""
    with answering(answer) as url, pytest.raises(NoAnswer) as caught:
        client(url, **client_options).call("POST", "/transfers", b'{"payee_name": "Li Xiulan"}')
    assert "Li Xiulan" not in f"{caught.value!r} {caught.value.__cause__!r}"
    return caught.value.code


class TestTheRealProtocol:
    """Against the sandbox, which was written apart from this client."""

    @pytest.fixture
    def bank(self, sandbox: Sandbox) -> SignedClient:
        told = demo_partners.variables(sandbox.key_file)
        given = {name.removeprefix("BANK_"): value for name, value in told.items()}
        return SignedClient.of({**given, "CA": ""}, timeout_seconds=5)

    def test_a_number_that_the_bank_does_not_know(self, bank: SignedClient) -> None:
        reply = bank.call("GET", "/transfers/TR-2027-0000001")
        assert (reply.is_not_found, reply.is_refusal, reply.code()) == (True, False, "transfer_not_found")

    def test_a_question_behind_the_path_is_signed_too(self, bank: SignedClient) -> None:
        reply = bank.call("GET", "/transfers", params={"date": "2027-01-01"})
        assert (reply.is_done, reply.fields()) == (True, {"transfers": []})

    def test_a_refusal_carries_the_banks_code(self, bank: SignedClient) -> None:
        reply = bank.call("POST", "/transfers", b"{}")
        assert (reply.is_refusal, reply.code()) == (True, "bad_transfer")

    def test_a_forged_reply(self, bank: SignedClient, sandbox: Sandbox) -> None:
        sandbox.fault("bank", "query", "forge_reply")
        with pytest.raises(NoAnswer, match="http_404"):
            bank.call("GET", "/transfers/TR-2027-0000001")


def test_a_request_is_signed_as_openssl_does() -> None:
    """printf 'POST\\n/bank/transfers\\n1764000000\\nn-1\\n91bb…' | openssl dgst -sha256 -hmac bank-secret"""
    digest = "91bb7c870a96f234d679faa2aa9eb56ccca61edb9b91899fb0d7567b4ed24722"
    expected = "9319c13695a88c2a9fde4843c0bf828612417562e1afc111a930034274de0195"
    assert signature("bank-secret", "POST", "/bank/transfers", "1764000000", "n-1", digest) == expected


def test_what_is_signed_is_the_target_on_the_wire() -> None:
    seen: list[Asked] = []

    def note(asked: Asked) -> Answer:
        seen.append(asked)
        return signed_answer(asked)

    with answering(note) as url:
        client(url).call("GET", "/transfers/%2Fodd", params={"name": "李"})
    (asked,) = seen
    assert asked.target == "/transfers/%2Fodd?name=%E6%9D%8E"
    at, nonce = asked.headers["X-Channel-Timestamp"], asked.headers["X-Channel-Nonce"]
    expected = signature(SECRET, "GET", asked.target, at, nonce, hashlib.sha256(b"").hexdigest())
    assert asked.headers["X-Channel-Signature"] == expected


class TestAReplyThatIsNone:
    def test_of_another_request(self) -> None:
        assert code_of(lambda asked: signed_answer(asked, nonce="0" * 32)) == "reply_not_authentic"

    def test_signed_with_another_secret(self) -> None:
        assert code_of(lambda asked: signed_answer(asked, secret="y" * 32)) == "reply_not_authentic"

    @pytest.mark.parametrize("age", [TOLERANCE_SECONDS + 5, -TOLERANCE_SECONDS - 5])
    def test_more_than_five_minutes_away(self, age: float) -> None:
        assert code_of(lambda asked: signed_answer(asked, age_seconds=age)) == "reply_not_authentic"

    @pytest.mark.parametrize("age", [TOLERANCE_SECONDS - 5, -TOLERANCE_SECONDS + 5])
    def test_within_five_minutes_it_counts(self, age: float) -> None:
        with answering(lambda asked: signed_answer(asked, age_seconds=age)) as url:
            assert client(url).call("POST", "/transfers").is_done

    def test_changed_on_the_way(self) -> None:
        def changed(asked: Asked) -> Answer:
            honest = signed_answer(asked)
            return Answer(200, (b'{"state": "Paid"}',), honest.headers)

        assert code_of(changed) == "reply_not_authentic"

    def test_without_a_signature(self) -> None:
        assert code_of(lambda _asked: Answer.of(PAID)) == "reply_not_authentic"
        assert code_of(lambda _asked: Answer.of(b"Bad Gateway", 502)) == "http_502"

    def test_with_signs_that_are_no_numbers_and_no_letters(self) -> None:
        odd = {"X_Channel_Timestamp": "\xb2", "X_Channel_Signature": "\xb2" * 64}
        assert code_of(lambda _asked: Answer.of(PAID, **odd)) == "reply_not_authentic"

    def test_cut_off(self) -> None:
        assert code_of(lambda _asked: None) == "RemoteProtocolError"

    def test_drop_by_drop(self) -> None:
        def drops() -> Iterator[bytes]:
            for _ in range(100):
                yield b" "
                time.sleep(0.1)

        assert code_of(lambda _asked: Answer(200, drops()), timeout_seconds=0.5) == "reply_too_slow"

    def test_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signed, "MOST_BYTES", 10)
        assert code_of(signed_answer) == "reply_too_large"

    def test_from_nobody(self) -> None:
        with pytest.raises(NoAnswer, match="ConnectError"):
            client("http://127.0.0.1:9").call("POST", "/transfers")

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"paid"'])
    def test_signed_but_not_of_our_shape(self, body: bytes) -> None:
        with answering(lambda asked: signed_answer(asked, body)) as url, pytest.raises(NoAnswer, match="unreadable"):
            client(url).call("POST", "/transfers").fields()


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(400, True), (422, True), (401, False), (403, False), (404, False), (409, False), (429, False), (500, False)],
)
def test_which_refusals_are_final(status: int, is_final: bool) -> None:
    """A wrong clock, a busy server or a number used otherwise say nothing about whether it was carried out before."""
    with answering(lambda asked: signed_answer(asked, b'{"code": "no"}', status)) as url:
        reply = client(url).call("POST", "/transfers")
    assert (reply.is_refusal, reply.is_done, reply.code()) == (is_final, False, "no")


def test_a_code_that_is_none_is_not_repeated() -> None:
    with answering(lambda asked: signed_answer(asked, '{"code": "李秀兰"}'.encode(), 422)) as url:
        assert client(url).call("POST", "/transfers").code() == "http_422"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ssl.SSLContext]:
    """(certificates to believe, the server's side) of 127.0.0.1, by an authority that only this test knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bank")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("bank") / "bank.pem"
    public = certificate.public_bytes(serialization.Encoding.PEM)
    kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(public + key.private_bytes(*kind))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return public.decode(), context


class TestAnAuthorityOfItsOwn:
    def test_is_believed_when_it_is_named(self, papers: tuple[str, ssl.SSLContext]) -> None:
        ca, context = papers
        assert certificates(ca) == ""
        with answering(signed_answer, tls=context) as url:
            assert client(url, ca=ca).call("POST", "/transfers").is_done

    def test_and_not_otherwise(self, papers: tuple[str, ssl.SSLContext]) -> None:
        with answering(signed_answer, tls=papers[1]) as url, pytest.raises(NoAnswer, match="ConnectError"):
            client(url).call("POST", "/transfers")
