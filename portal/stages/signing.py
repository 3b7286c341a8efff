"""Signatures that must come from different people: one person never gives two of them."""

from django.utils.translation import gettext as _

from portal.accounts.acting import Actor, accounts_of
from portal.stages.engine import MoveRefused


def signer(actor: Actor, *earlier: int | None) -> int:
    """The person who signs now. Refused when he, or another account of his, signed before."""
    if actor.person_id is None:
        raise MoveRefused(_("This needs the signature of a person who is signed in."))
    signed = {person for person in earlier if person is not None}
    if signed and accounts_of(actor.person_id) & signed:
        raise MoveRefused(
            _(
                "You have already signed an earlier step of this. "
                "Another person must give this signature."
            )
        )
    return actor.person_id
