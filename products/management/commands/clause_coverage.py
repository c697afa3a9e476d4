"""`manage.py clause_coverage [PLAN_YEAR …]`: do the texts say what the plan holds, and nothing else?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from products.lifecycle import PlanYearState
from products.models import PlanYear
from products.texts.coverage import findings
from products.texts.rendering import figures_of, render


class Command(BaseCommand):
    help = (
        "Sentences of a plan year's texts that nothing makes true, and what its plan holds without a sentence; each at "
        "its line. Ends with 1 if there is any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="PLAN_YEAR", help="all that are not closed, if none is named")
        parser.add_argument("--keys", action="store_true", help="list every key with the lines that say it")

    def handle(self, *args: Any, **options: Any) -> None:
        years = self._years(options["codes"])
        found = {year: findings(year) for year in years}
        for year in years:
            if options["keys"]:
                self._list_keys(year)
            for finding in found[year]:
                self.stdout.write(f"{year.code} {finding}")
            if not found[year]:
                self.stdout.write(f"{year.code}: every sentence has its key, every key its sentence")
        if count := sum(map(len, found.values())):
            raise CommandError(f"{count} findings")

    def _years(self, codes: list[str]) -> list[PlanYear]:
        years = PlanYear.objects.select_related("scheme").order_by("code")
        if not codes:
            return list(years.exclude(state=PlanYearState.CLOSED))
        known = {year.code: year for year in years.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in known]:
            raise CommandError(f"there is no plan year {', '.join(unknown)}")
        return [known[code] for code in codes]

    def _list_keys(self, year: PlanYear) -> None:
        """In Chinese, which is the binding text."""
        figures = figures_of(year, "zh")
        said: dict[str, list[str]] = {key: [] for key in sorted(figures.keys)}
        for document in year.documents.order_by("kind", "-version").distinct("kind"):
            for sentence in render(document.source_zh, figures).sentences:
                for key in sentence.keys:
                    said.setdefault(key, []).append(f"{document.kind}:{sentence.line}")
        for key, lines in said.items():
            self.stdout.write(f"{year.code} {key}  {' '.join(dict.fromkeys(lines)) or '-'}")
