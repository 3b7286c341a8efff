"""The stand-alone verifier replays a published log with money and goods that money bought: the same
balances as the tables and as the pages."""

import pytest
from django.utils import timezone

from ledger import publishing
from ledger.core import notes, tiles
from ledger.verify.checking import check
from ledger.verify.entries import Chain
from ledger.verify.files import Files
from ledger.verify.sources import Folder
from portal.balance.models import Holding
from portal.funds.stages import FeeTaken
from portal.stages import engine
from portal.tracking.models import Holding as PublicHolding
from portal.tracking.money import holdings
from tests.factories.catalogue import MASK, load_catalogue
from tests.factories.clock import AT
from tests.factories.funds import YUAN, bought_in, create_fund, give, member_of, spend
from tests.factories.organisations import create_hospital
from tests.factories.warehouse import create_warehouse

pytestmark = pytest.mark.django_db


def replayed(folder):
    """What the verifier's own chain holds after the last entry of a published folder."""
    report = check(Folder(folder), balances=True)
    assert report.damage == []
    source = Folder(folder)
    head = notes.Checkpoint(report.origin, report.size, bytes.fromhex(report.root))
    files = Files(source, source.paths(), head, tiles.WIDTH)
    chain, n = Chain(head.origin, balances=True), 0
    while (entries := files.entries(n, report.wrong)) is not None:
        chain.follow(entries, files.bundle(n, entries, report.wrong), n * tiles.WIDTH)
        n += 1
    assert len(chain.holdings) == report.holdings
    return chain.holdings


def test_the_verifier_s_replay_agrees_with_the_tables_and_with_the_pages(
    client, log, seal_and_project
):
    load_catalogue()
    fund = create_fund(fee_bp=500)
    give(fund, 1000 * YUAN)
    give(None, 7, org=fund.org)
    fee = FeeTaken(amount=11)
    engine.advance(type(fund), fund.code, "take_fee", actor=member_of(fund.org), facts=fee, at=AT)
    made = spend(fund, 600 * YUAN, recipient=create_hospital())
    bought_in(made, create_warehouse(org=fund.org), (MASK, 300, 600 * YUAN))
    seal_and_project()
    publishing.sign_and_publish(at=timezone.now())

    held = replayed(log.dir)
    for model in (Holding, PublicHolding):
        rows = model.objects.values_list("gift", "lot", "item", "place", "amount")
        assert {row[:4]: row[4] for row in rows} == held
    by_place = {key[3]: amount for key, amount in held.items() if key[2] == "CNY"}
    sums, _months = holdings.figures(fund.code)
    assert by_place[f"fund:{fund.code}"] == sums["left"] == 400 * YUAN - 11
    assert by_place[f"paid:{made.code}"] == sums["paid"] == 600 * YUAN
    assert by_place[f"fee:{fund.code}"] == sums["fee"] == 11
    page = client.get(f"/en/f/{fund.code}/").content.decode()
    assert "fee ¥0.11 + set aside ¥0.00 + paid ¥600.00 + given back ¥0.00 + unspent ¥399.89" in page
