"""Spending of funds as grants, in the shape of the 360Giving data standard (JSON).

Funder is the charity that runs the fund, recipient the hospital for which it is spent; the money
itself goes to a supplier, and the description says so.
"""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal.tracking import words
from portal.tracking.api.answering import Problem, open_to_all
from portal.tracking.feeds import LICENCE
from portal.tracking.models import Organisation
from portal.tracking.open_data.spending import Spending, identifier, spendings, yuan
from portal.tracking.projection.projecting import seen
from portal.tracking.responding import conditional

PREFIX = "360G-shanji"  # its registry gives each publisher a prefix; until then this one


@open_to_all
def grants(request: HttpRequest) -> HttpResponse:
    """A package of all grants. The standard knows no empty one, so without any it is a Problem."""
    version = seen()

    def made() -> HttpResponse:
        with translation.override("zh-hans"):  # the same file for every reader
            found = [grant_of(told) for told in spendings()]
        if not found:
            raise Problem(_("No spending was approved yet, so there is no grant."), status=404)
        package = {
            "version": "1.1",
            "title": "Shanji: money spent for hospitals",
            "identifier": f"{PREFIX}-{settings.SITE_HOST}",
            "publisher": {"name": "Shanji", "website": settings.SITE_ORIGIN},
            "license": LICENCE,
            "downloadURL": settings.SITE_ORIGIN + reverse("plain:tracking:grants"),
            "grants": found,
        }
        body = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
        return HttpResponse(body, content_type="application/json")

    return conditional(request, f"360giving.{version}", made)


def grant_of(told: Spending) -> dict[str, Any]:
    """One grant, with every field that the standard requires."""
    fund = told.fund.facts
    page = settings.SITE_ORIGIN + reverse("plain:tracking:fund", args=[told.fund.code])
    said: dict[str, Any] = {
        "id": f"{PREFIX}-{told.code}",
        "title": f"{purpose_of(told)}: {name_of(told.recipient)}"[:140],
        "description": (
            f"Spent from the fund {fund.get('title_en') or fund['title_zh']} ({told.fund.code}) "
            f"for this hospital; paid to the supplier. Spending {told.code}."
        ),
        "currency": "CNY",
        "amountAwarded": number(told.amount),
        "amountDisbursed": number(told.amount if told.paid else 0),
        "awardDate": told.granted.date().isoformat(),
        "recipientOrganization": [organisation_of(told.recipient)],
        "fundingOrganization": [organisation_of(told.funder)],
        "grantProgramme": [{"code": told.fund.code, "title": str(fund["title_zh"])}],
        "beneficiaryLocation": [{"name": told.recipient.province or "China", "countryCode": "CN"}],
        "dateModified": told.changed.isoformat(),
        "url": f"{page}#{told.code}",
        "dataSource": settings.SITE_ORIGIN + reverse("plain:tracking:open_data"),
    }
    if told.paid:
        paid = {"id": f"{told.code}-paid", "transactionDate": told.paid.isoformat()}
        said["disbursementTransaction"] = [
            {**paid, "currency": "CNY", "value": number(told.amount)}
        ]
    return said


def organisation_of(org: Organisation) -> dict[str, Any]:
    said = {"id": identifier(org), "name": name_of(org)}
    if org.name_en and org.name_en != said["name"]:
        said["alternateName"] = org.name_en
    url = settings.SITE_ORIGIN + reverse("plain:tracking:organisation", args=[org.code])
    return {**said, "addressRegion": org.province, "addressCountry": "China", "url": url}


def name_of(org: Organisation) -> str:
    """The legal name: both standards join records by it."""
    return org.legal_name


def purpose_of(told: Spending) -> str:
    """The word of the purpose, from the table of spending, in the language that is active."""
    return words.choice("spend", "request", "purpose", told.purpose)


def number(fen: int) -> int | float:
    """Yuan as a JSON number, exact to the fen."""
    return fen // 100 if fen % 100 == 0 else float(yuan(fen))
