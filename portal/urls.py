"""All addresses. Every one of them declares who may come (core.access); a test walks this list."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal.views.home import home
from portal.views.preferences import preferences

portal_patterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("preferences/", preferences, name="preferences"),
]
if settings.DEMO or settings.TESTING:
    from demo.views import demo
    from portal.styleguide import styleguide, styleguide_pdf

    portal_patterns.append(path("demo/", demo, name="demo"))
    portal_patterns.append(path("styleguide/", styleguide, name="styleguide"))
    portal_patterns.append(path("styleguide/<slug:name>/", styleguide, name="styleguide_page"))
    portal_patterns.append(path("styleguide/pdf/<slug:name>/", styleguide_pdf, name="styleguide_pdf"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((portal_patterns, "portal"))),
    path("account/", include("accounts.urls")),
    path("pay/", include("payments.urls")),
    path("", include("products.urls")),
    path("", include("people.urls")),
    path("", include("enrollment.urls")),
    path("claims/", include("claims.urls")),
    path("admin/", admin.site.urls),
]
