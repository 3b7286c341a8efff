"""What must hold of all tables at every moment, each rule a small function with its number."""

from collections.abc import Callable, Iterator

from django.db import connection, transaction

from portal.oversight import counters, goods, journeys, lots, money, people, versions
from portal.oversight.differences import Difference

INVARIANTS: tuple[Callable[[], Iterator[Difference]], ...] = (
    goods.lots_balance,
    goods.holdings_follow_from_postings,
    goods.postings_are_sealed,
    goods.no_place_is_below_zero,
    goods.shipments_hold_their_lines,
    goods.allocations_hold_their_lines,
    goods.arrival_lines_add_up,
    goods.receipt_lines_add_up,
    goods.confirmed_shipments_have_a_receipt,
    lots.lots_lie_where_they_are_said_to,
    lots.questions_are_whole,
    lots.what_leaves_for_good_took_two,
    money.funds_add_up,
    money.spends_hold_their_amounts,
    counters.pledged_is_the_sum_of_gifts,
    counters.allocated_is_what_is_under_way_or_confirmed,
    counters.received_is_the_sum_of_receipts,
    counters.gift_lines_count_what_was_sent,
    people.signers_differ,
    people.signatures_are_those_of_the_moves,
    people.goods_were_signed_for,
    people.held_goods_were_not_allocated,
    people.verdicts_rest_on_evidence,
    journeys.public_versions_have_one_event,
    journeys.entries_are_counted,
    journeys.stages_were_reached_by_moves,
    journeys.moves_are_in_the_table,
    versions.versions_count_the_changes,
)


def number(rule: Callable[[], Iterator[Difference]]) -> str:
    """`I5`: what the rule's own first words say."""
    return (rule.__doc__ or "").partition(":")[0]


def broken() -> list[Difference]:
    """Everything that does not hold, as {invariant, table, index, field, reason}; one snapshot."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return [{"invariant": number(rule), **found} for rule in INVARIANTS for found in rule()]
