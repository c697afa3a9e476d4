"""The Celery application: `celery -A portal worker -Q codes,money` takes these lanes, without -Q all.

A worker looks for what is due by itself and needs no beat; a message only wakes it (docs/decisions/0017). It does not
come up with a configuration that has errors (portal.start).
"""

import os
from typing import Any

import django
from celery import Celery, bootsteps
from celery.loaders.app import AppLoader
from celery.signals import celeryd_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class PlainLoader(AppLoader):
    """Celery reads the settings when it first needs one: what they refuse is told without a traceback."""

    def config_from_object(self, obj: Any, silent: bool = False) -> Any:
        from portal.start import plain_refusals

        with plain_refusals("worker"):
            return super().config_from_object(obj, silent=silent)


app = Celery("portal", loader="portal.celery:PlainLoader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_kwargs: object) -> None:
    """Celery must not replace the structured, personal-data-free logging set up in settings."""


@celeryd_init.connect
def _before_the_worker(**_kwargs: object) -> None:
    from portal.start import plain_refusals, refuse_if_unready

    with plain_refusals("worker"):
        django.setup()
        refuse_if_unready("worker")


class Sweeping(bootsteps.StartStopStep):
    """Starts before the worker has reached its broker, and goes on while it has none."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        from django.conf import settings

        from core import clock
        from portal.start import settle_down
        from work import chores, sweeper
        from work.lanes import Lane

        lanes = [lane for lane in Lane if lane in parent.app.amqp.queues.consume_from]
        if Lane.CHORES in lanes:
            chores.write_down(now=clock.now())
        self.sweeper = sweeper.Sweeper(lanes, every=settings.SWEEP_SECONDS)
        sweeper.run_in_this_process(self.sweeper)
        settle_down()

    def stop(self, parent: Any) -> None:
        self.sweeper.stop()


app.steps["worker"].add(Sweeping)
