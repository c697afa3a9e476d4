"""The frame of every page: what is kept of it between two readers is what both would see, and nobody's own."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

from look.templatetags.look import PARTS
from portal.middleware import COOKIE

pytestmark = pytest.mark.django_db

LI = SimpleNamespace(is_authenticated=True, is_staff=False, display_name="李秀兰")
ZHOU = SimpleNamespace(is_authenticated=True, is_staff=True, display_name="周敏")
NOBODY = AnonymousUser()
READERS = [
    (user, language, theme, text)
    for user in (NOBODY, LI, ZHOU)
    for language in ("zh-hans", "en")
    for theme in ("auto", "dark")
    for text in ("normal", "large")
]


def frame(user, language, theme, text, **context) -> str:
    request = RequestFactory().get("/enrol/family/", headers={"cookie": f"{COOKIE}={theme}.{text}.{language}"})
    request.user = user
    with translation.override(language):
        page = render_to_string("base.html", {"messages": [], **context}, request)
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page)


@pytest.fixture
def kept(settings):
    """Parts are kept as they are outside the tests; what is kept."""
    settings.PARTS_ARE_KEPT = True
    PARTS.clear()
    prefix = get_script_prefix()
    yield lambda: "".join(PARTS.values())
    set_script_prefix(prefix)
    PARTS.clear()


def test_every_reader_sees_her_own_page_whoever_came_before(settings, kept):
    together = [frame(*reader) for _ in range(2) for reader in READERS]
    assert kept()
    settings.PARTS_ARE_KEPT = False
    alone = [frame(*reader) for reader in READERS]
    assert together == alone * 2
    assert len(set(alone)) == len(READERS)


def test_another_product_has_its_own_frame(kept):
    for hotline, insurer in (("0398-1111111", "崤山财险"), ("0371-2222222", "嵩山人寿")):
        page = frame(NOBODY, "zh-hans", "auto", "normal", hotline=hotline, insurers=(insurer,))
        assert hotline in page and insurer in page


def test_two_schemes_without_a_plan_year_lead_each_to_its_own_pages(kept):
    set_script_prefix("/smx/")
    first = frame(LI, "zh-hans", "auto", "normal")
    set_script_prefix("/lh/")
    second = frame(LI, "zh-hans", "auto", "normal")
    assert "/smx/account/" in first and "/lh/account/" in second
    assert "/lh/" not in first and "/smx/" not in second


def test_nothing_of_a_reader_is_kept(kept):
    page = frame(LI, "zh-hans", "auto", "normal")
    for own in ("李秀兰", "csrfmiddlewaretoken", "/enrol/family/"):
        assert own in page
        assert own not in kept()
