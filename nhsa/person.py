"""1101: is this person in the city's basic insurance? Source: facts/nhsa_fields.json 1101; mission E2, E3."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from nhsa import codes, values
from nhsa.client import Client
from nhsa.errors import NhsaUnknownOutcome
from nhsa.mapping import mapping_for


@dataclass(frozen=True, slots=True)
class Insurance:
    """One insurance of a person. type: employee, resident, …; status: active, paused, ended, …; area: where insured.

    balance_fen: personal account, 0 for insurances without one. Intervals half-open as far as the platform tells.
    """

    type: str
    status: str
    area: str
    balance_fen: int
    since: date | None
    paused_on: date | None
    civil_servant: bool

    @property
    def active(self) -> bool:
        return self.status == "active"

    @property
    def has_account(self) -> bool:
        """Only an active employee insurance has a personal account to pay from."""
        return self.active and self.type == "employee"


@dataclass(frozen=True, slots=True)
class Identity:
    """A class of medical assistance. name: the region's word (特困, 低保, …); "" when its code is not mapped."""

    code: str
    name: str
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

    @property
    def account(self) -> Insurance | None:
        return next((insurance for insurance in self.insurances if insurance.has_account), None)

    def insured_in(self, area: str) -> bool:
        """Active basic insurance in this city, e.g. "411200": the first four digits decide (counties of one pool)."""
        return self.basic is not None and self.basic.area[:4] == area[:4]


def fetch_person(client: Client, *, id_number: str, id_type: str, name: str, opter: str = "portal") -> InsuredPerson:
    """Raises NhsaNotFound (psn_not_found), NhsaRefused (psn_mismatch: name or document differ), NhsaUnknownOutcome.

    id_type: a key of codes.ID_TYPES.
    """
    certificate = codes.ID_TYPES[id_type]
    data = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": id_number,
        "card_sn": "",
        "begntime": "",
        "psn_cert_type": certificate,
        "certno": id_number,
        "psn_name": name,
    }
    output = client.call("1101", data, opter=opter)
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
            balance_fen=values.fen(row, "balc") or 0,
            since=values.day(row, "psn_insu_date"),
            paused_on=values.day(row, "paus_insu_date"),
            civil_servant=values.text(row, "cvlserv_flag") == "1",
        )
        for row in values.rows(output, "insuinfo")
    )
    classes = mapping_for(insurances[0].area if insurances else "").identity_classes
    identities = tuple(
        Identity(
            code=values.text(row, "psn_idet_type"),
            name=classes.get(values.text(row, "psn_idet_type"), ""),
            since=values.day(row, "begntime"),
            until=values.day(row, "endtime"),
        )
        for row in values.rows(output, "idetinfo")
    )
    return InsuredPerson(
        psn_no=values.text(base, "psn_no"),
        name=values.text(base, "psn_name"),
        id_type=codes.name_of(codes.ID_TYPES_BACK, values.text(base, "psn_cert_type")),
        id_number=values.text(base, "certno").upper(),
        sex=codes.name_of(codes.SEXES, values.text(base, "gend"), unknown=""),
        birth_date=values.day(base, "brdy"),
        insurances=insurances,
        identities=identities,
    )
