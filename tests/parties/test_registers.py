"""Registers of what is so from a day on: institutions with their designations, waiting periods of the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from core.actors import Actor, Grant
from core.clock import SHANGHAI
from core.errors import DomainError, NotAllowed
from demo.plan_years import create_demo_plan_years, create_second_city
from parties.actions import designate, register_institution, set_waiting_rule
from parties.models import Designation, Institution, Scheme, WaitingRule
from parties.selectors import institution_on, waiting_rules
from tests.accounts.people import signed_in, staff
from tests.guards.rows import Rows, case, only_one_side_fits

NOW = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
OPERATOR = Actor.system("registrar", "enrollment.operate")
CLINIC = "H41120200077"


def clinic(**changes: Any) -> Institution:
    given: dict[str, Any] = {
        "code": CLINIC,
        "kind": "hospital",
        "name_zh": "湖滨示例医院",
        "area": "411202",
        "level": "2",
    }
    given |= {"from_on": date(2026, 3, 1), "source": "示例〔2026〕3号"}
    return register_institution(**{**given, **changes}, actor=OPERATOR, now=NOW)


def said(on: date, code: str = CLINIC) -> tuple[bool, str] | None:
    found = institution_on(code, on)
    return None if found is None else (found.designated, found.level)


@pytest.mark.django_db
class TestInstitutions:
    def test_it_is_designated_from_its_first_day_on_and_unknown_before(self) -> None:
        clinic()
        assert [said(on) for on in (date(2026, 2, 28), date(2026, 3, 1), date(2030, 1, 1))] == [
            None, (True, "2"), (True, "2"),
        ]  # fmt: skip

    def test_it_rises_to_another_level_and_loses_its_contract_each_from_a_day(self) -> None:
        one = clinic()
        for from_on, designated in ((date(2026, 6, 1), True), (date(2026, 9, 1), False)):
            designate(institution=one, is_designated=designated, level="3", from_on=from_on, source="示例",
                      actor=OPERATOR, now=NOW)  # fmt: skip
        days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1))
        assert [said(on) for on in days] == [(True, "2"), (True, "3"), (True, "3"), (False, "3")]

    def test_what_was_said_of_a_day_is_corrected_by_saying_it_again(self) -> None:
        one = clinic()
        designate(institution=one, is_designated=True, level="1", from_on=date(2026, 3, 1), source="更正",
                  actor=OPERATOR, now=NOW)  # fmt: skip
        assert said(date(2026, 3, 1)) == (True, "1")
        assert Designation.objects.filter(institution=one).count() == 1

    def test_an_institution_that_nobody_entered_is_unknown_which_is_not_the_same_as_not_designated(self) -> None:
        assert institution_on("H99999999999", date(2026, 3, 1)) is None
        assert institution_on("", date(2026, 3, 1)) is None

    def test_a_pharmacy_has_no_level(self) -> None:
        clinic(code="p41120200099", kind="pharmacy", level="")
        found = institution_on("P41120200099", date(2026, 3, 1))
        assert found is not None
        assert (found.kind, found.level, found.area, found.source) == ("pharmacy", "", "411202", "示例〔2026〕3号")

    def test_one_query_tells(self) -> None:
        clinic()
        with CaptureQueriesContext(connection) as queries:
            said(date(2026, 5, 1))
        assert len(queries) == 1

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"code": "三门峡"}, "institution_code"),
            ({"area": "4112"}, "institution_area"),
            ({"kind": "clinic"}, "institution_kind"),
            ({"name_zh": " "}, "name_missing"),
            ({"source": " "}, "source_missing"),
        ],
    )
    def test_what_the_register_does_not_take(self, wrong: dict[str, str], code: str) -> None:
        with pytest.raises(DomainError) as refused:
            clinic(**wrong)
        assert refused.value.code == code
        assert not Institution.objects.filter(name_zh__contains="湖滨").exists()

    def test_a_code_stands_once(self) -> None:
        clinic()
        with pytest.raises(DomainError) as refused:
            clinic()
        assert refused.value.code == "institution_stands"

    def test_nothing_begins_before_the_institution_is_in_the_register(self) -> None:
        with pytest.raises(DomainError) as refused:
            designate(institution=clinic(), is_designated=True, level="3", from_on=date(2026, 2, 28), source="x",
                      actor=OPERATOR, now=NOW)  # fmt: skip
        assert refused.value.code == "institution_not_known_yet"

    def test_the_register_is_every_citys_and_so_for_whoever_runs_all_of_them(self) -> None:
        one = clinic()
        of_one_city = Actor(1, "x", (Grant(frozenset({"enrollment.operate"}), {"scheme": frozenset({"smx"})}),))
        for nobody in (Actor.holding(1, "clerk"), of_one_city):
            with pytest.raises(NotAllowed):
                designate(institution=one, is_designated=False, level="", from_on=date(2026, 6, 1), source="x",
                          actor=nobody, now=NOW)  # fmt: skip
            with pytest.raises(NotAllowed):
                register_institution(code="H1234567", kind="hospital", name_zh="x", area="411202", level="",
                                     from_on=date(2026, 6, 1), source="x", actor=nobody, now=NOW)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    insurance_type: str = "resident"
    from_on: date = date(2026, 7, 1)
    months_at_first: int = 6
    months_after_break: int = 3
    break_months: int = 2
    source: str = "示例医保〔2026〕7号"


@pytest.mark.django_db
class TestWaitingPeriods:
    @pytest.fixture
    def scheme(self) -> Scheme:
        return create_demo_plan_years()[1].scheme

    def set(self, scheme: Scheme, rule: Rule, actor: Actor = OPERATOR) -> WaitingRule:
        return set_waiting_rule(scheme=scheme, **vars(rule), actor=actor, now=NOW)

    def test_a_later_rule_stands_beside_the_one_of_before(self, scheme: Scheme) -> None:
        self.set(scheme, Rule())
        found = [(rule.from_on, rule.months_at_first) for rule in waiting_rules(scheme, "resident")]
        assert found == [(date(2020, 1, 1), 3), (date(2026, 7, 1), 6)]
        assert [rule.from_on for rule in waiting_rules(scheme, "employee")] == [date(2020, 1, 1)]

    def test_a_slip_is_corrected_by_saying_it_again(self, scheme: Scheme) -> None:
        self.set(scheme, Rule())
        self.set(scheme, Rule(months_at_first=4))
        assert [rule.months_at_first for rule in waiting_rules(scheme, "resident")] == [3, 4]

    def test_another_city_has_its_own(self, scheme: Scheme) -> None:
        self.set(scheme, Rule())
        assert len(waiting_rules(create_second_city().scheme, "resident")) == 1

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            (Rule(insurance_type="maternity"), "insurance_unknown"),
            (Rule(months_at_first=25), "waiting_months"),
            (Rule(break_months=-1), "waiting_months"),
            (Rule(source=""), "source_missing"),
        ],
    )
    def test_what_is_no_rule(self, scheme: Scheme, wrong: Rule, code: str) -> None:
        with pytest.raises(DomainError) as refused:
            self.set(scheme, wrong)
        assert refused.value.code == code

    def test_only_who_runs_the_scheme_sets_it(self, scheme: Scheme) -> None:
        other = Actor(1, "zz", (Grant(frozenset({"enrollment.operate"}), {"scheme": frozenset({"zz"})}),))
        for nobody in (Actor.holding(1, "clerk"), other):
            with pytest.raises(NotAllowed):
                self.set(scheme, Rule(), nobody)


@pytest.mark.django_db
class TestOnThePagesOfTheDesk:
    @pytest.fixture
    def liu(self) -> User:
        create_demo_plan_years()
        return staff("liu", Role.OPERATOR)

    def test_she_registers_a_hospital_and_ends_its_contract(self, liu: User) -> None:
        desk = signed_in(liu)
        new = {
            "code": CLINIC, "kind": "hospital", "name_zh": "湖滨示例医院", "name_en": "", "area": "411202",
            "starts_on": "2026-03-01", "level": "2", "source": "示例〔2026〕3号",
        }  # fmt: skip
        assert desk.post("/admin/parties/institution/add/", new | _no_inlines("designations")).status_code == 302
        assert said(date(2026, 3, 1)) == (True, "2")
        end = {"starts_on": "2026-09-01", "level": "2", "source": "示例〔2026〕9号"}
        page = f"/admin/parties/institution/{CLINIC}/change/"
        assert desk.post(page, end | _no_inlines("designations")).status_code == 302
        assert [said(on) for on in (date(2026, 8, 31), date(2026, 9, 1))] == [(True, "2"), (False, "2")]
        assert "示例〔2026〕9号" in desk.get(page).content.decode()

    def test_she_enters_the_citys_rule(self, liu: User) -> None:
        desk, page = signed_in(liu), "/admin/parties/scheme/smx/change/"
        rule = {
            "insurance_type": "resident", "rule_from_on": "2026-07-01", "months_at_first": "6",
            "months_after_break": "3", "break_months": "2", "source": "示例医保〔2026〕7号",
        }  # fmt: skip
        assert desk.post(page, rule | _no_inlines("areas", "waiting_rules")).status_code == 302
        assert WaitingRule.objects.get(scheme="smx", from_on=date(2026, 7, 1)).months_at_first == 6
        refused = desk.post(page, rule | {"months_at_first": "25"} | _no_inlines("areas", "waiting_rules"))
        assert (refused.status_code, WaitingRule.objects.filter(months_at_first=25).count()) == (200, 0)


def _no_inlines(*names: str) -> dict[str, str]:
    return {f"{name}-{what}": "0" for name in names for what in ("TOTAL_FORMS", "INITIAL_FORMS")}


# the database's word -------------------------------------------------------------------------------------------------


def test_months_of_waiting_have_an_end(rows: Rows) -> None:
    fits = {"months_at_first": 24, "months_after_break": 24, "break_months": 24}
    constraint, right, wrong = case(
        "parties_waitingrule.waiting_rule_is_of_months", fits, {**fits, "months_after_break": 25}
    ).values
    only_one_side_fits(rows, constraint, right, wrong)


def test_one_rule_and_one_designation_begin_on_a_day(rows: Rows) -> None:
    """parties_waitingrule.one_waiting_rule_from_a_day, parties_designation.one_designation_from_a_day"""
    for table, key, other, name in (
        ("parties_waitingrule", {"scheme_id": "smx", "insurance_type": "resident"}, {"insurance_type": "employee"},
         "one_waiting_rule_from_a_day"),
        ("parties_designation", {"institution_id": CLINIC}, {"institution_id": "H2"}, "one_designation_from_a_day"),
    ):  # fmt: skip
        rows.without_checks(table)
        rows.put(table, from_on="2026-01-01", **key)
        rows.put(table, from_on="2026-01-02", **key)
        rows.put(table, from_on="2026-01-01", **{**key, **other})
        with pytest.raises(psycopg.errors.UniqueViolation, match=name):
            rows.put(table, from_on="2026-01-01", **key)


@pytest.mark.parametrize(
    ("table", "trigger", "row", "change"),
    [
        ("parties_waitingrule", "waiting_rule_is_of_its_scheme", {"scheme_id": "smx"}, {"scheme_id": "zz"}),
        ("parties_designation", "designation_is_of_its_institution", {"level": "3"}, {"institution_id": "H2"}),
    ],
)
def test_a_row_of_a_register_stays_where_it_was_put(
    rows: Rows, table: str, trigger: str, row: dict[str, str], change: dict[str, str]
) -> None:
    rows.without_checks(table)
    rows.with_triggers(table, trigger)
    kept = rows.put(table, **row)
    rows.change(table, kept, source="更正")
    with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
        rows.change(table, kept, **change)
