"""What the forms of gifts do not offer is refused too: whoever sends it gets a sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.roles import Role
from portal.pledges.diversion import Consented, DiversionAsked, DiversionReason
from portal.pledges.models import Diversion, Pledge
from portal.pledges.stages import Withdrawn, WithdrawReason
from portal.stages import engine
from portal.stages.engine import MoveRefused
from tests.factories.clock import AT
from tests.factories.organisations import create_hospital
from tests.factories.people import actor_of
from tests.factories.pledges import create_pledge, donor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
OVER = "use cannot be changed"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"announced_by": timezone.localdate(AT) - timedelta(days=1)}, "lies in the past"),
        ({"related_to": "U-2222222222"}, "no such hospital"),
        ({"designation": "hospital:U-2222222222"}, "choose from the list"),
    ],
)
def test_r18_a_gift_names_what_is_known_and_a_day_that_can_be_kept(said, sentence):
    with pytest.raises(MoveRefused, match=sentence):
        create_pledge(**said)


def withdraw(gift):
    facts = Withdrawn(reason=WithdrawReason.UNAVAILABLE)
    engine.advance(Pledge, gift.code, "withdraw", actor=donor_of(gift), facts=facts, at=AT)


def ask(gift, use="free"):
    facts = DiversionAsked(new_use=use, reason=DiversionReason.CANNOT_TAKE)
    actor = actor_of(Role.COORDINATOR)
    return engine.follow_begin(
        Diversion, "ask", actor=actor, facts=facts, at=AT, code=gift.code, pledge=gift
    )


def test_r09_the_use_of_a_gift_that_is_over_is_not_changed_and_of_a_free_one_nobody_is_asked():
    gift = create_pledge(designation=f"hospital:{create_hospital().code}")
    ask(gift)
    withdraw(gift)
    with pytest.raises(MoveRefused, match=OVER):
        engine.advance(
            Diversion, gift.code, "consent", actor=donor_of(gift), facts=Consented(), at=AT
        )
    other = create_pledge(designation=f"hospital:{create_hospital().code}")
    withdraw(other)
    with pytest.raises(MoveRefused, match=OVER):
        ask(other)
    with pytest.raises(MoveRefused, match="nobody has to be asked"):
        ask(create_pledge(), use="purpose:medical")
