"""As much of a browser as an order needs: cookies, redirects, and forms sent back with their hidden fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

PATIENCE_SECONDS = 60.0


class PageRefused(AssertionError):
    """The portal answered something else than the walk expects; carries the page's own words."""


@dataclass
class Form:
    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class _Page(HTMLParser):
    """The forms inside <main>, and the readable text of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.buttons: list[str] = []
        self.renewal = ""
        self.words: list[str] = []
        self._inside_main = self._inside_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._inside_main and "hx-get" in given:
            self.renewal = given["hx-get"]
        if tag == "main":
            self._inside_main = True
        elif tag == "form" and self._inside_main:
            self._inside_form = True
            self.forms.append(Form(given.get("action", "")))
        elif tag == "a" and self._inside_main and "button" in given.get("class", "").split():
            self.buttons.append(given.get("href", ""))
        elif tag == "input" and self._inside_form and (name := given.get("name")):
            if given.get("type") == "hidden":
                self.forms[-1].hidden[name] = given.get("value", "")
            elif given.get("type") in ("radio", "checkbox"):
                self.forms[-1].choices.setdefault(name, []).append(given.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside_form = False
        elif tag == "main":
            self._inside_main = False

    def handle_data(self, data: str) -> None:
        if self._inside_main and data.strip():
            self.words.append(data.strip())


class Browser:
    """One person at one portal, from an address of her own (any of this machine's 127.0.0.0/8)."""

    def __init__(self, base_url: str, address: str) -> None:
        headers = {"Accept": "text/html", "Accept-Language": "zh-CN"}
        # The address itself, not a header about it: nginx believes nobody's, and codes are limited for each network.
        road = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(
            base_url=base_url, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False, transport=road
        )
        self.requests = 0
        self.url = base_url
        self.html = ""
        self.forms: list[Form] = []
        self.buttons: list[str] = []  # addresses of links that look like buttons
        self.renewal = ""  # what the page asks for by itself while it is open
        self.text = ""

    def open(self, path: str) -> None:
        """GET, following redirects. Raises PageRefused for anything but a page."""
        self._arrive(self._send("GET", path))

    def submit(self, values: dict[str, str | list[str]] | None = None, *, form: int = 0) -> None:
        """Send a form of the page back with its hidden fields and these values; follow where it leads."""
        chosen = self.forms[form]
        path = urljoin(self.url, chosen.action or self.url)
        self._arrive(self._send("POST", path, {**chosen.hidden, **(values or {})}))

    def look_again(self) -> None:
        """What a page that renews itself does next: nothing new, or it stands otherwise now."""
        self.requests += 1
        reply = self.http.get(urljoin(self.url, self.renewal), headers={"HX-Request": "true"})
        if reply.status_code != httpx.codes.NO_CONTENT:
            self._arrive(reply)

    def _send(self, method: str, path: str, data: dict[str, str | list[str]] | None = None) -> httpx.Response:
        self.requests += 1
        reply = self.http.request(method, path, data=data)
        while reply.is_redirect:
            self.requests += 1
            reply = self.http.get(urljoin(str(reply.url), reply.headers["Location"]))
        return reply

    def _arrive(self, reply: httpx.Response) -> None:
        page = _Page()
        page.feed(reply.text)
        self.url, self.html, self.text = str(reply.url), reply.text, " ".join(page.words)
        self.forms, self.buttons, self.renewal = page.forms, page.buttons, page.renewal
        if reply.status_code != 200:
            raise PageRefused(f"{reply.request.method} {reply.url}: {reply.status_code} {self.text[:300]}")
