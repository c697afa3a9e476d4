"""Holes of a production site: each check looks at one matter and says in one sentence what is wrong."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.files.storage import FileSystemStorage, storages

from core.shapes import https_address
from privacy.files import STORAGE as SEALED
from privacy.storage import DRAFT

LOOPBACK = ("", "localhost", "127.0.0.1", "::1", "[::1]")
# Django's own measure (security.W009), which is a warning there.
SECRET_KEY_LENGTH, SECRET_KEY_VARIETY = 50, 5
BLIND_INDEX_KEY_BYTES = 32
# What settings.py takes where FILES_BACKEND is not set.
OWN_FOLDER = "privacy.storage.DurableFolder"

Found = Iterator[CheckMessage]


def debug() -> Found:
    if settings.DEBUG:
        yield Error("DEBUG shows code and settings to every visitor.", hint="Unset DEBUG.", id="portal.E010")


def secret_key() -> Found:
    key = settings.SECRET_KEY
    if len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_VARIETY or key.startswith("django-insecure-"):
        hint = "openssl rand -base64 48 | tr -d '\\n'"
        yield Error(f"SECRET_KEY is shorter than {SECRET_KEY_LENGTH} random characters.", hint=hint, id="portal.E011")


def field_keys() -> Found:
    hint = "id:key,id:key; a key is the output of: openssl rand -base64 32"
    identifiers, keys = [], []
    for item in settings.FIELD_KEYS.split(","):
        identifier, _, encoded = item.strip().partition(":")
        try:
            raw = base64.urlsafe_b64decode(encoded)
        except ValueError:
            raw = b""
        if len(raw) != 32 or not identifier or "." in identifier:
            yield Error("FIELD_KEYS holds something that is not id:base64 of 32 bytes.", hint=hint, id="portal.E012")
            return
        identifiers.append(identifier)
        keys.append(raw)
    if len(set(identifiers)) < len(identifiers) or len(set(keys)) < len(keys):
        yield Error("FIELD_KEYS holds one id or one key twice.", hint=hint, id="portal.E012")


def blind_index_key() -> Found:
    key = settings.BLIND_INDEX_KEY
    hint = "openssl rand -base64 32. It must not change once people are stored."
    if len(key.encode()) < BLIND_INDEX_KEY_BYTES:
        yield Error(f"BLIND_INDEX_KEY is shorter than {BLIND_INDEX_KEY_BYTES} bytes.", hint=hint, id="portal.E013")
    elif key in settings.FIELD_KEYS or key == settings.SECRET_KEY:
        yield Error("BLIND_INDEX_KEY is the same as another secret.", hint=hint, id="portal.E013")


def decision_key() -> Found:
    key = settings.DECISION_KEY
    hint = "openssl rand -base64 32"
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        yield Error("DECISION_KEY is not base64 of 32 bytes.", hint=hint, id="portal.E021")
    elif key in settings.FIELD_KEYS or key in (settings.SECRET_KEY, settings.BLIND_INDEX_KEY):
        yield Error("DECISION_KEY is the same as another secret.", hint=hint, id="portal.E021")


def hosts() -> Found:
    names = settings.ALLOWED_HOSTS
    hint = "ALLOWED_HOSTS=huiminbao.example: the names that residents type, separated by commas."
    if not [name for name in names if name not in LOOPBACK]:
        yield Error("ALLOWED_HOSTS names no host that residents can reach.", hint=hint, id="portal.E014")
    if "*" in names:
        yield Error("ALLOWED_HOSTS lets any host name in, also a forged one.", hint=hint, id="portal.E014")


def public_url() -> Found:
    wrong = https_address(settings.PUBLIC_URL) if settings.PUBLIC_URL else "is not set"
    hint = "PUBLIC_URL=https://huiminbao.example: links in messages and channels' notifications lead there."
    if wrong:
        yield Error(f"PUBLIC_URL {wrong}.", hint=hint, id="portal.E015")
        return
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    names = settings.ALLOWED_HOSTS
    if names and not any(host == name or (name[0] == "." and f".{host}".endswith(name)) for name in names):
        yield Error(f"The host of PUBLIC_URL, {host}, is not in ALLOWED_HOSTS.", hint=hint, id="portal.E015")


def trusted_origins() -> Found:
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if not origin.startswith("https://") or "*" in origin:
            sentence = f"CSRF_TRUSTED_ORIGINS trusts {origin}, which is not one https address."
            yield Error(sentence, hint="The portal's own address needs no entry.", id="portal.E016")


def cookies() -> Found:
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield Error("SECURE_COOKIES=0 sends sessions in the clear.", hint="Unset SECURE_COOKIES.", id="portal.E017")


def proxies() -> Found:
    behind, count = settings.BEHIND_TLS_PROXY, settings.TRUSTED_PROXY_COUNT
    if behind and count < 1:
        sentence = "BEHIND_TLS_PROXY=1 with TRUSTED_PROXY_COUNT=0: all visitors share the proxy's address."
        hint = "Set TRUSTED_PROXY_COUNT to the number of proxies in front that write X-Forwarded-For."
        yield Error(sentence, hint=hint, id="portal.E018")
    if count and not behind:
        sentence = f"TRUSTED_PROXY_COUNT={count} without BEHIND_TLS_PROXY: every page leads in a circle to https."
        hint = "Set BEHIND_TLS_PROXY=1 if the proxy ends TLS and writes X-Forwarded-Proto, else TRUSTED_PROXY_COUNT=0."
        yield Error(sentence, hint=hint, id="portal.E018")


def folder() -> Found:
    try:
        with tempfile.NamedTemporaryFile(dir=settings.VAR_DIR):
            return
    except OSError as error:
        sentence = f"VAR_DIR, {settings.VAR_DIR}, cannot be written to: {error.strerror}."
        hint = "Make the folder and give it to the service's account; papers and static files live there."
        yield Error(sentence, hint=hint, id="portal.E019")


def files() -> Found:
    hint = "FILES_BACKEND is a class of Django storages, FILES_OPTIONS its options as JSON (docs/operating.md)."
    try:
        storage = storages.create_storage(settings.STORAGES[SEALED])
    except Exception as error:  # whatever the class raises on the options it is given
        sentence = f"The storage of files cannot be made: {type(error).__name__}."
        yield Error(sentence, hint=hint, id="portal.E020")
        return
    if isinstance(storage, FileSystemStorage) and (reason := _closed(Path(storage.location))):
        sentence = f"The folder of files, {storage.location}, cannot be written to: {reason}."
        yield Error(sentence, hint=hint, id="portal.E020")


def _closed(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=DRAFT):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def files_of_one_host() -> Found:
    if settings.STORAGES[SEALED] == {"BACKEND": OWN_FOLDER, "OPTIONS": {}}:
        sentence = "Files lie in a folder beneath VAR_DIR: only web and worker of this machine see them."
        hint = 'On more than one host set FILES_OPTIONS={"location": …} to a folder they share, or FILES_BACKEND.'
        yield Warning(sentence, hint=hint, id="portal.W005")


def redis() -> Found:
    parts = urlsplit(settings.REDIS_URL)
    if not parts.password and (parts.hostname or "") not in LOOPBACK:
        sentence = "REDIS_URL has no password: whoever reaches Redis gives the workers orders."
        yield Warning(sentence, hint="redis://:password@host:6379/0", id="portal.W002")


def database() -> Found:
    host = settings.DATABASES["default"]["HOST"]
    mode = settings.DATABASES["default"]["OPTIONS"].get("sslmode", "")
    if host not in LOOPBACK and not host.startswith("/") and mode not in ("require", "verify-ca", "verify-full"):
        sentence = "DATABASE_URL goes to another machine without TLS."
        yield Warning(sentence, hint="Add ?sslmode=verify-full (or require) to it.", id="portal.W003")


def virus_scanner() -> Found:
    if not settings.CLAMD_URL:
        sentence = "CLAMD_URL is not set: papers stay marked as not scanned and are served as downloads only."
        yield Warning(sentence, hint="CLAMD_URL=tcp://clamd.example:3310 or unix:///run/clamd.sock", id="portal.W004")


def owner() -> Found:
    if os.environ.get("DATABASE_OWNER_URL"):
        sentence = "DATABASE_OWNER_URL is in the environment of a process that serves."
        hint = "Give the owner's address to `manage.py prepare` alone, as its DATABASE_URL."
        yield Error(sentence, hint=hint, id="portal.E041")


def role() -> Found:
    user = settings.DATABASES["default"]["USER"]
    if user != settings.DATABASE_APP_ROLE:
        sentence = f"DATABASE_URL connects as {user}, not as DATABASE_APP_ROLE ({settings.DATABASE_APP_ROLE})."
        hint = "The role that serves owns nothing (deploy/roles.sql); only `prepare` connects as the owner."
        yield Error(sentence, hint=hint, id="portal.E042")


def static_files() -> Found:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        sentence = f"There are no prepared static files in {settings.STATIC_ROOT}."
        yield Error(sentence, hint="Run `manage.py prepare` first.", id="portal.E043")


ERRORS: tuple[Callable[[], Found], ...] = (
    debug, secret_key, field_keys, blind_index_key, decision_key, hosts, public_url, trusted_origins, cookies, proxies,
    folder, files,
)  # fmt: skip
WARNINGS: tuple[Callable[[], Found], ...] = (redis, database, virus_scanner, files_of_one_host)
# Of a process that serves, not of a command: `prepare` is the owner and comes before the static files are there.
SERVING: tuple[Callable[[], Found], ...] = (owner, role)
SERVING_PAGES: tuple[Callable[[], Found], ...] = (*SERVING, static_files)


def errors() -> list[CheckMessage]:
    return [message for look in ERRORS for message in look()]


def warnings() -> list[CheckMessage]:
    return [message for look in WARNINGS for message in look()]


def serving(*, pages: bool) -> list[CheckMessage]:
    return [message for look in (SERVING_PAGES if pages else SERVING) for message in look()]
