"""The form of a confirmation: who changes one number of a line need not work out the other."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.receipts.stages import DifferenceReason
from portal.stages.forms import MoveForm, RowForm


class ConfirmForm(MoveForm):
    """A line in which only “accepted” or “rejected” was changed does not add up. The form works out
    what is missing, or too many, puts it in and asks to look once more: nothing is recorded that
    nobody has seen."""

    def is_valid(self) -> bool:
        fine = super().is_valid()
        return not self._complete() if fine else False

    def _complete(self) -> bool:
        """Whether some line was completed; then its page is shown again with the numbers in it."""
        open_lines = [row for row in self._lines() if _difference(row)]
        if not open_lines:
            return False
        assert isinstance(self.data, QueryDict), "only a form that was sent is completed"
        sent = self.data.copy()
        for row in open_lines:
            _fill_in(row, sent)
        self.data = sent
        self.rows["lines"].data = sent
        return True

    def _lines(self) -> list[Any]:
        return list(self.rows["lines"].forms)


def _difference(row: RowForm) -> int:
    """Pieces too many (or, below zero, missing) that the line says nothing about."""
    said = row.cleaned_data
    if said.get("missing") or said.get("surplus"):
        return 0  # somebody worked it out himself: the command says what does not add up
    came = int(said.get("accepted") or 0) + int(said.get("rejected") or 0)
    return came - int(row.initial["accepted"])


def _fill_in(row: RowForm, sent: QueryDict) -> None:
    difference = _difference(row)
    name = "surplus" if difference > 0 else "missing"
    reason = DifferenceReason.SURPLUS if difference > 0 else DifferenceReason.SHORT
    sent[row.add_prefix(name)] = str(abs(difference))
    if not row.cleaned_data.get("reason") and not row.cleaned_data.get("rejected"):
        sent[row.add_prefix("reason")] = reason.value
    row.data = sent
    row.add_error(name, ValidationError(_said(row, name, abs(difference))))


def _said(row: RowForm, name: str, pieces: int) -> str:
    said = row.cleaned_data
    numbers = {
        "line": said["line"],
        "sent": f"{int(row.initial['accepted']):,}",
        "came": f"{int(said['accepted']) + int(said['rejected'] or 0):,}",
        "pieces": f"{pieces:,}",
    }
    if name == "missing":
        text = _(
            "Line %(line)s does not add up: %(sent)s were sent, %(came)s came. The other "
            "%(pieces)s are now entered as missing: if that is right, send once more; if not, "
            "please mend the numbers."
        )
    else:
        text = _(
            "Line %(line)s does not add up: %(sent)s were sent, %(came)s came. The %(pieces)s too "
            "many are now entered as surplus: if that is right, send once more; if not, please "
            "mend the numbers."
        )
    return text % numbers
