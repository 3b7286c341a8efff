"""A hospital without an account has a word after its confirmation too: a secret link by which it
reports use, says what came later, and objects to an explanation."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.accounts.links import AFTER, AFTER_DAYS, end_links, make_link
from portal.notices import commands as notices
from portal.notices.commands import Words
from portal.organisations.queries import name_of
from portal.receipts.models import Receipt

CONFIRMED, EXPLAINED = "confirmed", "explained"


def offer_link(receipt: Receipt, *, why: str, at: datetime) -> None:
    """One mail for each `why` of each explanation, with a link of its own; none where the hospital
    has no address."""
    hospital = receipt.shipment.hospital
    assert hospital is not None, "a packed shipment has its hospital"
    notices.ask(
        code=hospital.code,
        key=f"after:{receipt.code}:{why}:{receipt.version}",
        about=receipt.code,
        purpose=AFTER,
        days=AFTER_DAYS,
        to="receipts:after",
        words=lambda address: _words(receipt.code, name_of(hospital), address, why),
        at=at,
    )


def renew_link(receipt: Receipt, *, at: datetime) -> str:
    """A new link for a hospital that has no address; earlier ones end."""
    end_links(purpose=AFTER, code=receipt.code)
    return make_link(purpose=AFTER, code=receipt.code, at=at, days=AFTER_DAYS)


def _words(code: str, hospital: str, link: str, why: str) -> Words:
    subjects = {
        CONFIRMED: _("Delivery %(code)s: thank you for confirming it"),
        EXPLAINED: _("Delivery %(code)s: the sender has explained the difference"),
    }
    texts = {
        CONFIRMED: _("%(hospital)s has confirmed what came, and the donors see it."),
        EXPLAINED: _(
            "The sender has explained what %(hospital)s found different. If the explanation is "
            "not right, please say so: the sender has to answer again."
        ),
    }
    way = _(
        "By this secret link you say, without an account, what was issued to wards, what came "
        "later, and what is not right. It is meant for the hospital alone, and ends 180 days "
        "after its last use:"
    )
    named = {"code": code, "hospital": hospital}
    return Words(subjects[why] % named, f"{texts[why] % named}\n\n{way}\n{link}")
