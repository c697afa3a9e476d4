from datetime import datetime, timedelta

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "work"

    def ready(self) -> None:
        from work import chores, outbox, personal, submissions, sweeps

        personal.register()
        for sweep in outbox.SWEEPS:
            sweeps.register(sweep)
        sweeps.register(chores.SWEEP)
        chores.register("forget what was done long ago", timedelta(minutes=10), outbox.forget_done)
        chores.register("forget old submissions", timedelta(hours=1), submissions.forget_old)
        chores.register("sweep files", timedelta(hours=1), _sweep_files)


def _sweep_files(now: datetime) -> int:
    from work import files

    return files.sweep_files(now=now)
