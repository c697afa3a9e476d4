"""Every address of the product says who may open it. An address that says nothing fails here, and opens for nobody."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django.views import View
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.middleware import ActorMiddleware
from accounts.roles import known_permissions
from core.access import Access, access_of, public, requires
from core.actors import Actor
from core.errors import NotAllowed


def routes(patterns: list, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern, however deep it is included."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        else:
            yield address, pattern


def undeclared(patterns: list) -> list[str]:
    return [address for address, pattern in routes(patterns) if access_of(pattern.callback) is None]


def all_routes() -> dict[str, URLPattern]:
    return dict(routes(get_resolver(settings.ROOT_URLCONF).url_patterns))


def test_every_route_declares_access():
    assert undeclared(get_resolver(settings.ROOT_URLCONF).url_patterns) == []


def test_the_walk_reaches_every_corner_of_the_admin():
    addresses = all_routes()
    assert len(addresses) > 60
    for model in admin.site._registry:
        listing = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert listing in addresses
        assert access_of(addresses[listing].callback).kind == "admin"


def test_every_declared_permission_is_held_by_some_role():
    """A permission nobody holds is a misspelt one, or a page that opens for nobody."""
    declared = {
        access.permission
        for pattern in all_routes().values()
        if (access := access_of(pattern.callback)) is not None and access.kind == "permission"
    }
    assert declared - known_permissions() == set()


# Changing this list is a decision: these open for everybody on the internet.
PUBLIC = {
    "/",
    "/preferences/",
    "/account/sign-in/",
    "/account/sign-in/code/",
    "/account/sign-in/code/again/",
    "/account/sign-out/",
    "/account/privacy/",
    "/admin/login/",
    "/admin/logout/",
}


def test_the_sign_in_pages_are_public_and_nothing_else_of_accounts_or_admin_is():
    found = {a for a, pattern in all_routes().items() if access_of(pattern.callback) == Access("public")}
    assert {a for a in found if a.startswith(("/account/", "/admin/"))} == {
        a for a in PUBLIC if a.startswith(("/account/", "/admin/"))
    }


# A URLconf with every way to forget or to declare. ---------------------------------------------------------


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everybody's data")


class ForgottenClass(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("everybody's data")


class ForgottenApi(APIView):
    def get(self, request: HttpRequest) -> Response:
        return Response({"everybody's": "data"})


@public
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse("welcome")


@public
class OpenClass(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("welcome")


@requires("claims.file", owner="claim")
def filing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("your claim")


@requires("claims.file")
class FilingClass(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("your claim")


@requires("claims.file")
class FilingApi(APIView):
    def get(self, request: HttpRequest) -> Response:
        return Response({"claim": "yours"})


class InheritsDeclaration(FilingClass):
    pass


urlpatterns = [
    path("open/", open_to_all),
    path("open-class/", OpenClass.as_view()),
    path("filing/", filing),
    path("filing-class/", FilingClass.as_view()),
    path("filing-api/", FilingApi.as_view()),
    path("inherits/", InheritsDeclaration.as_view()),
    path("forgotten/", forgotten),
    path(
        "deep/",
        include([path("forgotten-class/", ForgottenClass.as_view()), path("forgotten-api/", ForgottenApi.as_view())]),
    ),
    path("by-hand/", admin.site.admin_view(forgotten)),
]
FORGOTTEN = ["/forgotten/", "/deep/forgotten-class/", "/deep/forgotten-api/", "/by-hand/"]


def test_the_walk_finds_what_was_forgotten():
    """The control: with undeclared views in the URLconf the test above would fail, and name them."""
    assert undeclared(urlpatterns) == FORGOTTEN


def test_marking_one_class_view_public_opens_no_other():
    assert access_of(OpenClass.as_view()) == Access("public")
    assert access_of(ForgottenClass.as_view()) is None
    assert access_of(View.as_view()) is None


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("address", FORGOTTEN)
def test_should_one_slip_through_it_opens_for_nobody(address: str):
    answer = Client().get(address)
    assert answer.status_code == 403
    assert b"data" not in answer.content


def asked(view, *, actor: Actor, **extra) -> HttpResponse:
    request = RequestFactory().get("/filing/", {"page": "2"}, **extra)
    request.user, request.actor = AnonymousUser(), actor
    return view(request)


LI = Actor.holding(7, "resident:li", "claims.file")
ZHOU = Actor.holding(8, "staff:zhou", "claims.review")


@pytest.mark.parametrize("view", [filing, FilingClass.as_view(), InheritsDeclaration.as_view()])
class TestADeclaredView:
    def test_opens_for_who_holds_the_permission_and_is_kept_by_no_cache(self, view):
        answer = asked(view, actor=LI)
        assert answer.content == b"your claim"
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))

    def test_refuses_who_does_not(self, view):
        with pytest.raises(NotAllowed) as caught:
            asked(view, actor=ZHOU)
        assert caught.value.status == 403

    @pytest.mark.django_db
    def test_asks_to_sign_in_and_comes_back(self, view):
        answer = asked(view, actor=Actor.anonymous())
        assert answer.status_code == 302
        assert answer.url.endswith("?next=/filing/%3Fpage%3D2")

    def test_tells_programs_to_sign_in(self, view):
        with pytest.raises(NotAllowed) as caught:
            asked(view, actor=Actor.anonymous(), headers={"accept": "application/json"})
        assert (caught.value.code, caught.value.status) == ("sign_in_required", 401)

    def test_leads_an_htmx_swap_to_the_whole_sign_in_page(self, view):
        answer = asked(view, actor=Actor.anonymous(), headers={"hx-request": "true"})
        assert answer.status_code == 401
        assert "next=" in answer["HX-Redirect"]


@pytest.mark.django_db
def test_without_the_middleware_nobody_is_taken_for_signed_in():
    request = RequestFactory().get("/filing/")
    assert filing(request).status_code == 302


def test_an_api_view_is_guarded_before_drf_looks():
    assert asked(FilingApi.as_view(), actor=LI).data == {"claim": "yours"}
    with pytest.raises(NotAllowed):
        asked(FilingApi.as_view(), actor=ZHOU)
    assert asked(ForgottenApi.as_view(), actor=LI).status_code == 403, "DRF's default permission denies"


def test_the_middleware_that_keeps_undeclared_routes_shut_is_installed():
    assert f"{ActorMiddleware.__module__}.{ActorMiddleware.__qualname__}" in settings.MIDDLEWARE
