"""1101: who is this, how insured, in which classes of assistance? Source: facts/nhsa_fields.json 1101."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from core.written import number_as_written
from nhsa import codes, values
from nhsa.client import Client
from nhsa.errors import NhsaUnknownOutcome
from nhsa.mapping import mapping_for


@dataclass(frozen=True, slots=True)
class Insurance:
    """One insurance of a person. type: employee, resident, …; status: active, paused, ended, …; area: where insured.

    category: psn_type (1101 employed, 1201 retired, …), "" when not said. since, paused_on: psn_insu_date
    and paus_insu_date. balance_fen: personal account, 0 for insurances without one.
    """

    type: str
    status: str
    area: str
    category: str
    balance_fen: int
    since: date | None
    paused_on: date | None
    civil_servant: bool

    @property
    def active(self) -> bool:
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Identity:
    """A class of medical assistance, in [since, until). name: the region's word; "" when its code is not mapped.
    level: psn_type_lv, "" when the class has none."""

    code: str
    name: str
    level: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class InsuredPerson:
    """What the platform says of a person. Personal fields stay out of repr, so that no log line shows them."""

    psn_no: str
    name: str = field(repr=False)
    id_type: str
    id_number: str = field(repr=False)
    sex: str
    birth_date: date | None = field(repr=False)
    insurances: tuple[Insurance, ...]
    identities: tuple[Identity, ...]

    @property
    def basic(self) -> Insurance | None:
        """The active basic insurance (employee before resident), or None: paused and ended ones do not count."""
        active = [i for i in self.insurances if i.active and i.type in codes.BASIC_INSURANCE_TYPES]
        return min(active, key=lambda insurance: insurance.type, default=None)


def fetch_person(
    client: Client,
    *,
    id_number: str,
    id_type: str,
    name: str,
    since: date | None = None,
    opter: str = "portal",
    deadline: float | None = None,
) -> InsuredPerson:
    """1101. Raises NhsaNotFound (psn_not_found), NhsaRefused (psn_mismatch: name or document differ),
    NhsaUnknownOutcome.

    id_type: a key of codes.ID_TYPES. since: with what was so on that day or later and is so no longer; without it the
    platform need not name what has ended. deadline: as for fetch_settlements.
    """
    certificate = codes.ID_TYPES[id_type]
    data = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": id_number,
        "card_sn": "",
        "begntime": f"{since:%Y-%m-%d} 00:00:00" if since else "",
        "psn_cert_type": certificate,
        "certno": id_number,
        "psn_name": name,
    }
    seconds = None if deadline is None else deadline - time.monotonic()
    output = client.call("1101", data, opter=opter, seconds=seconds)
    try:
        return read_person(output)
    except (values.Unreadable, KeyError, TypeError, AttributeError) as error:
        raise NhsaUnknownOutcome("output_unreadable", infno="1101") from error


def read_person(output: dict[str, object]) -> InsuredPerson:
    base = values.rows(output, "baseinfo")[0] if values.rows(output, "baseinfo") else {}
    if not values.text(base, "psn_no"):
        raise values.Unreadable("psn_no")
    insurances = tuple(
        Insurance(
            type=codes.name_of(codes.INSURANCE_TYPES, values.text(row, "insutype")),
            status=codes.name_of(codes.INSURANCE_STATUSES, values.text(row, "psn_insu_stas"), unknown="invalid"),
            area=values.text(row, "insuplc_admdvs") or values.text(row, "insu_admdvs"),
            category=values.text(row, "psn_type"),
            balance_fen=values.fen(row, "balc") or 0,
            since=values.day(row, "psn_insu_date"),
            paused_on=values.day(row, "paus_insu_date"),
            civil_servant=values.text(row, "cvlserv_flag") == "1",
        )
        for row in values.rows(output, "insuinfo")
    )
    return InsuredPerson(
        psn_no=values.text(base, "psn_no"),
        name=values.text(base, "psn_name"),
        id_type=codes.name_of(codes.ID_TYPES_BACK, values.text(base, "psn_cert_type")),
        id_number=number_as_written(values.text(base, "certno")),
        sex=codes.name_of(codes.SEXES, values.text(base, "gend"), unknown=""),
        birth_date=values.day(base, "brdy"),
        insurances=insurances,
        identities=tuple(_identities(output, insurances)),
    )


def _identities(output: dict[str, object], insurances: tuple[Insurance, ...]) -> Iterator[Identity]:
    """Class codes are the region's own: that of the basic insurance that runs, else of the first one named."""
    basic = [item for item in insurances if item.type in codes.BASIC_INSURANCE_TYPES]
    area = next((item.area for item in (*(i for i in basic if i.active), *basic, *insurances)), "")
    names = mapping_for(area).identity_classes
    for row in values.rows(output, "idetinfo"):
        code = values.text(row, "psn_idet_type")
        yield Identity(
            code=code,
            name=names.get(code, ""),
            level=values.text(row, "psn_type_lv"),
            since=values.day(row, "begntime"),
            until=values.day_after(row, "endtime"),
        )


def assistance_words(area: str) -> frozenset[str]:
    """What the classes of assistance of an area are called, as `Identity.name` gives them."""
    return frozenset(mapping_for(area).identity_classes.values())
