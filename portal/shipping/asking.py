"""Asking the hospital what came: by mail, with the secret link, when goods set out, a day after
they were delivered, and when it has been silent for three days."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.notices import commands as notices
from portal.notices.commands import Words
from portal.organisations.queries import name_of
from portal.shipping.models import Shipment

CONFIRM = "confirm"  # the purpose of the hospital's link
CONFIRM_DAYS = 30
REMIND = timedelta(hours=24)  # after the delivery
ESCALATE = timedelta(hours=72)
SENT, REMINDED, ESCALATED = "sent", "reminded", "escalated"


def ask_hospital(shipment: Shipment, *, why: str, at: datetime) -> None:
    """One mail for each `why`, with a link of its own: earlier ones go on working. None where the
    hospital has no address, or was asked for this already."""
    assert shipment.hospital is not None, "what was sent has its hospital"
    hospital = shipment.hospital
    notices.ask(
        code=hospital.code,
        key=f"confirm:{shipment.code}:{why}",
        about=shipment.code,
        purpose=CONFIRM,
        days=CONFIRM_DAYS,
        to="receipts:confirm",
        words=lambda address: _words(shipment.code, name_of(hospital), address, why),
        at=at,
    )


def _words(code: str, hospital: str, link: str, why: str) -> Words:
    subjects = {
        SENT: _("Delivery %(code)s is on its way to you: please confirm what comes"),
        REMINDED: _("Delivery %(code)s: please confirm what came"),
        ESCALATED: _("Delivery %(code)s stands in public as unconfirmed"),
    }
    texts = {
        SENT: _("Goods are on their way to %(hospital)s. When they have come, please count them."),
        REMINDED: _(
            "The carrier says that goods reached %(hospital)s a day ago. Nobody has confirmed them."
        ),
        ESCALATED: _(
            "The carrier says that goods reached %(hospital)s three days ago. Nobody has confirmed "
            "them; this is now public, and the coordinating authority sees it. You can still "
            "confirm."
        ),
    }
    named = {"code": code, "hospital": hospital}
    way = _(
        "Confirm by this secret link, without an account. It works once and is meant for the "
        "hospital alone:"
    )
    return Words(subjects[why] % named, f"{texts[why] % named}\n\n{way}\n{link}")
