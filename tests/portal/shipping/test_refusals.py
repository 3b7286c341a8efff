"""What the forms of shipping do not offer is refused too: whoever sends it gets a sentence."""

import pytest

from portal.pledges.models import Pledge
from portal.pledges.stages import Withdrawn, WithdrawReason
from portal.shipping.lines import MOST_LINES, refuse_too_many
from portal.shipping.models import Shipment
from portal.shipping.stages import Packed
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.pledges import create_pledge, donor_of
from tests.factories.shipping import create_direct, packer_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]


def test_a_donor_says_to_which_hospital_he_sends_what():
    gift = create_pledge()

    with pytest.raises(MoveRefused, match="which hospital"):
        engine.begin(
            Shipment, "pack", actor=donor_of(gift), facts=Packed(boxes=1), at=AT, gift=gift
        )


def test_r06_nothing_is_packed_without_a_release_order():
    packer = packer_of("U-5RD6V9KME4")

    with pytest.raises(MoveRefused, match="choose a release order"):
        engine.begin(Shipment, "pack", actor=packer, facts=Packed(boxes=1), at=AT, org=packer.org)


def test_nothing_is_sent_of_a_gift_that_was_withdrawn_or_of_no_line():
    gift = create_pledge()
    with pytest.raises(MoveRefused, match="at least one line"):
        create_direct(pledge=gift, quantities={1: 0})
    facts = Withdrawn(reason=WithdrawReason.UNAVAILABLE)
    engine.advance(Pledge, gift.code, "withdraw", actor=donor_of(gift), facts=facts, at=AT)

    with pytest.raises(MoveRefused, match="nothing can be sent now"):
        create_direct(pledge=gift)


def test_a_shipment_has_no_more_lines_than_one_entry_can_name():
    refuse_too_many(range(MOST_LINES))

    with pytest.raises(MoveRefused, match="make several"):
        refuse_too_many(range(MOST_LINES + 1))
