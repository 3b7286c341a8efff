"""The donor's form: the facts of registering a gift, with what keeps machines and mix-ups out."""

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.campaigns.taking import goods_choices
from portal.catalogue.queries import described
from portal.input.fields import CleanText
from portal.input.once import Once
from portal.needs.models import NeedLine
from portal.needs.queries import accepted
from portal.organisations.queries import name_of
from portal.pledges.designation import HOSPITAL
from portal.pledges.designation import choices as designation_choices
from portal.stages.forms import Choices, MoveForm
from portal.stages.table import Move


class GiftForm(MoveForm):
    """`line`: the gift is for this line of a need, and one of its item's variants. `browser` tells
    one sender from another, so that nobody is answered with somebody else's gift."""

    homepage = CleanText(required=False, label=_("Please leave this empty"))

    def __init__(
        self,
        move: Move,
        *,
        choices: Choices,
        data: QueryDict | None = None,
        initial: dict[str, Any] | None = None,
        blank_rows: int = 3,
        line: NeedLine | None = None,
        browser: str = "",
    ) -> None:
        self.browser = browser
        if line is not None:
            initial = {
                **(initial or {}),
                "lines": [first_values(line)],
                "designation": f"{HOSPITAL}:{line.need.hospital.code}",
            }
            choices = partial(_choices_for, line)
        super().__init__(move, choices=choices, data=data, initial=initial, blank_rows=blank_rows)

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise ValidationError(
                _("A field that people do not see was filled in. Please empty it and send again.")
            )
        return ""

    def sending(self, *, action: str, who: str) -> Once:
        sender = hashlib.sha256(self.browser.encode()).hexdigest()[:32]
        return super().sending(action=action, who=f"{who}:{sender}")


def first_values(line: NeedLine) -> dict[str, Any]:
    """What a gift for this line starts from: the item asked for.

    No quantity: who means 100 must not promise all that is missing by a slip.
    """
    return {
        "variant": line.variant.key,
        "need": line.need.code,
        "need_line": line.no,
        "need_version": line.need.revision,
        "caption": described(line.variant),
    }


def _choices_for(line: NeedLine, name: str) -> Iterable[tuple[str, Any]]:
    hospital = line.need.hospital
    if name == "designation_choices":
        return designation_choices(hospital)
    if name == "campaign_choices":
        return goods_choices()
    if name == "related_choices":
        yes = _("Yes, to %(name)s") % {"name": name_of(hospital)}
        return [("", _("No")), (hospital.code, yes)]
    return variants_for(line)


def variants_for(line: NeedLine) -> Iterable[tuple[str, str]]:
    """The variants of the item asked for, the one asked for first; where the hospital wants exactly
    that standard, what it takes."""
    found = line.variant.item.variants.order_by("order", "pk")
    taken = accepted(line) if line.only_exact else None
    ordered = sorted(found, key=lambda variant: variant.pk != line.variant_id)
    ordered = [v for v in ordered if taken is None or v.key in taken]
    return [(variant.key, described(variant)) for variant in ordered]
