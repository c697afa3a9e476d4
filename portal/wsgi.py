"""WSGI entry point, served by granian. A configuration with errors does not come up (portal.start)."""

import os

import django
from django.core.wsgi import get_wsgi_application

from portal.start import plain_refusals, refuse_if_unready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
with plain_refusals("web server"):
    django.setup()
    refuse_if_unready("web server", pages=True)
application = get_wsgi_application()
