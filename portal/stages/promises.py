"""The ledger's signed receipt for a move, as a file: with it anybody can show that it was never
sealed."""

from django.http import Http404, HttpResponse

import ledger.api as ledger
from portal.stages.models import Trail


def receipt_file(*, lifecycle: str, code: str, move: str) -> HttpResponse:
    """`<code>.receipt` of this move; Http404 where there is none. Holds a uid and a hash only."""
    taken = Trail.objects.filter(lifecycle=lifecycle, code=code, move=move).exclude(uid="")
    uid = taken.order_by("pk").values_list("uid", flat=True).first()
    try:
        note = ledger.receipt(uid or "")
    except ledger.NoReceipt as none:
        raise Http404 from none
    response = HttpResponse(note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}.receipt"'
    return response
