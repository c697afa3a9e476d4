"""The Celery application: `celery -A portal worker` and `celery -A portal beat`. Neither comes up with a configuration
that has errors (portal.start)."""

import os
from typing import Any

import django
from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import beat_init, celeryd_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class PlainLoader(AppLoader):
    """Celery reads the settings when it first needs one: what they refuse is told without a traceback."""

    def config_from_object(self, obj: Any, silent: bool = False) -> Any:
        from portal.start import plain_refusals

        with plain_refusals("worker or beat"):
            return super().config_from_object(obj, silent=silent)


app = Celery("portal", loader="portal.celery:PlainLoader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_kwargs: object) -> None:
    """Celery must not replace the structured, personal-data-free logging set up in settings."""


@celeryd_init.connect
def _before_the_worker(**_kwargs: object) -> None:
    _refuse_if_unready("worker")


@beat_init.connect
def _before_beat(**_kwargs: object) -> None:
    _refuse_if_unready("beat")


def _refuse_if_unready(process: str) -> None:
    from portal.start import plain_refusals, refuse_if_unready

    with plain_refusals(process):
        django.setup()
        refuse_if_unready(process)
