"""What a configured value must look like. Each judge returns "" for a good value, else what is wrong, to stand after
the variable's name: "is not …". No judge repeats the value: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

Judge = Callable[[str], str]

RSA_BITS = 2048


def anything(_value: str) -> str:
    return ""


def matching(pattern: str, words: str) -> Judge:
    """words: what a value of this pattern is, for people: "six digits"."""
    compiled = re.compile(pattern)
    return lambda value: "" if compiled.fullmatch(value) else f"is not {words}"


def at_least(characters: int) -> Judge:
    """A shared secret; shorter ones are placeholders or can be guessed."""
    return lambda value: "" if len(value) >= characters else f"is shorter than {characters} characters"


def exactly_bytes(length: int) -> Judge:
    return lambda value: "" if len(value.encode()) == length else f"is not exactly {length} bytes long"


def https_address(value: str) -> str:
    """An address that a path is put behind: https, a host, and nothing after the path."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme != "https":
        return "does not begin with https://"
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        return "is not an address of the form https://host/path"
    return "ends with a slash" if value.endswith("/") else ""


def pem(value: str) -> bytes:
    """The PEM text as bytes; an environment that holds one line per variable writes its line ends as \\n."""
    return value.replace("\\n", "\n").encode()


def rsa_private_key(value: str) -> str:
    try:
        key = load_pem_private_key(pem(value), password=None)
    except TypeError:
        return "is locked by a pass phrase; give the key without one, readable by the service's account only"
    except (ValueError, UnsupportedAlgorithm):
        return "is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)"
    if not isinstance(key, RSAPrivateKey) or key.key_size < RSA_BITS:
        return f"is not an RSA key of at least {RSA_BITS} bits"
    return ""


def rsa_public_key(value: str) -> str:
    if "BEGIN CERTIFICATE" in value:
        return "is a certificate; give the public key (-----BEGIN PUBLIC KEY-----)"
    try:
        key = load_pem_public_key(pem(value))
    except (ValueError, UnsupportedAlgorithm):
        return "is not a public key in PEM form (-----BEGIN PUBLIC KEY-----)"
    if not isinstance(key, RSAPublicKey) or key.key_size < RSA_BITS:
        return f"is not an RSA key of at least {RSA_BITS} bits"
    return ""


def certificates(value: str) -> str:
    try:
        x509.load_pem_x509_certificates(pem(value))
    except ValueError:
        return "is not certificates in PEM form (-----BEGIN CERTIFICATE-----)"
    return ""


def is_pair(private: str, public: str) -> bool:
    """Do the two belong together? Both must have passed their judges."""
    ours = load_pem_private_key(pem(private), password=None).public_key()
    return ours == load_pem_public_key(pem(public))
