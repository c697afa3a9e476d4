"""The site: settings, URLs, Celery, home pages and the supervisor. Outermost room; nothing imports it."""

from portal.celery import app as celery_app

# The one place; pyproject.toml, the API's description and the release tag read it.
__version__ = "0.2.0"

__all__ = ["__version__", "celery_app"]
