"""The style guide's own addresses, and just enough of the others for the header and footer to be complete."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from portal.styleguide import styleguide, styleguide_pdf
from portal.views.preferences import preferences


def somewhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse("somewhere")


portal_patterns = [
    path("", somewhere, name="home"),
    path("preferences/", preferences, name="preferences"),
    path("styleguide/", styleguide, name="styleguide"),
    path("styleguide/<slug:name>/", styleguide, name="styleguide_page"),
    path("styleguide/pdf/<slug:name>/", styleguide_pdf, name="styleguide_pdf"),
]
accounts_patterns = [path("sign-in/", somewhere, name="sign_in"), path("sign-out/", somewhere, name="sign_out")]
urlpatterns = [
    path("", include((portal_patterns, "portal"))),
    path("account/", include((accounts_patterns, "accounts"))),
]
