"""The site: settings, URLs, Celery, home pages and the supervisor. Outermost room; nothing imports it."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
