"""The workbench: Django's admin, in the order of the work and not of the alphabet."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from portal.accounts.acting import acting_in
from portal.accounts.labels import role_label
from portal.accounts.roles import AT_THE_DOCK, Role

# from the need to the receipt, then money, what is said about all of it, and who and what there is
ORDER = (
    "needs.need",
    "pledges.pledge",
    "pledges.diversion",
    "warehouse.arrival",
    "warehouse.lot",
    "warehouse.allocation",
    "shipping.release",
    "shipping.shipment",
    "shipping.urgentissue",
    "shipping.capacity",
    "receipts.receipt",
    "funds.moneygift",
    "funds.fund",
    "funds.spend",
    "campaigns.campaign",
    "evidence.file",
    "oversight.question",
    "oversight.correction",
    "oversight.disclosure",
    "warehouse.warehouse",
    "organisations.organisation",
    "catalogue.item",
    "notices.notice",
)
LATER = len(ORDER)


def place(label: str) -> int:
    """Where a kind of thing ("needs.need") stands; what the list does not name stands last."""
    return ORDER.index(label) if label in ORDER else LATER


class Workbench(AdminSite):
    """Says on each page in which roles one works here."""

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda row: place(row["model"]._meta.label_lower))
        return sorted(apps, key=lambda app: place(app["models"][0]["model"]._meta.label_lower))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        held = {actor.role for actor in acting_in(request, Role)}
        return {
            **super().each_context(request),
            "capacities": [role_label(role) for role in Role if role in held],
            "handles_goods": bool(held & AT_THE_DOCK),
        }
