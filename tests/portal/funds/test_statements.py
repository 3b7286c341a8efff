"""Bank statements: five layouts, each line once, nothing lost, nothing doubled."""

import json
import time
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.funds import importing, statements
from portal.funds.models import BankLine, MoneyGift
from portal.funds.statements import Kind, Unreadable, read
from tests.factories.clock import AT
from tests.factories.funds import create_fund, give, member_of
from tests.long.conftest import keep
from tests.portal.funds.layouts import LAYOUTS, as_csv, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("log")]
__all__ = ["keep"]
COUNT = 20


@pytest.fixture
def fund():
    return create_fund()


def promises(fund, count, actor):
    gifts = [give(fund, 100 + n, actor=actor, received_on=None) for n in range(count)]
    return [gift.code for gift in gifts]


def expected(made):
    """What the account holds of these lines in the end, each serial number once."""
    once = {m.serial: m for m in made}.values()
    came = sum(m.amount for m in once if m.kind == "credit")
    return came - sum(m.amount for m in once if m.kind == "reversal")


def on_account():
    """What the books say is there."""
    gifts = MoneyGift.objects.exclude(stage__in=("pledged", "refunded"))
    return sum(gifts.values_list("amount", flat=True))


@contextmanager
def counted(told, name):
    """How many questions were asked, and how many seconds of the processor they took here."""
    asked, began = [], time.process_time()

    def note(execute, *words):
        asked.append(1)
        return execute(*words)

    with connection.execute_wrapper(note):
        yield
    told[name] = [len(asked), round(time.process_time() - began, 2)]


def check_layout(name, fund, *, count, seed):
    """Read, seen beforehand, booked, booked again; [questions, seconds] of each."""
    told = {}
    actor = member_of(fund.org)
    made = lines(count, seed=seed, codes=promises(fund, count // 10, actor))
    found = read(LAYOUTS[name](made))
    assert len(found) == len(made), "every line is read"
    assert [line.amount for line in found] == [m.amount for m in made]
    kinds = {"credit": Kind.CREDIT, "debit": Kind.DEBIT, "reversal": Kind.REVERSAL}
    assert [line.kind for line in found] == [kinds[m.kind] for m in made]

    campaign = fund.campaign
    before = BankLine.objects.count()
    with counted(told, "dry run"):
        foreseen = importing.foresee(found, campaign=campaign)
    assert BankLine.objects.count() == before
    assert len(foreseen.rows) == len(made), "a dry run shows all"

    with counted(told, "booking"):
        done = importing.book(found, campaign=campaign, actor=actor, at=AT)
    counts = done.counts
    serials = {m.serial for m in made}
    assert sum(counts.values()) == len(made), "none is lost"
    assert counts["again"] == len(made) - len(serials)
    assert counts["refused"] == counts["open"] == 0
    assert BankLine.objects.filter(serial__in=serials).count() == len(serials)
    assert counts["matched"] == sum(m.remark.endswith("请查收") for m in set(made))
    assert on_account() == expected(made), "to the fen"

    with counted(told, "again"):
        again = importing.book(found, campaign=campaign, actor=actor, at=AT)
    assert again.counts["again"] == len(made), "the same file again books nothing"
    assert on_account() == expected(made)
    return {"lines": len(made), "asked": told, "became": counts}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_statement_is_booked_line_by_line_and_only_once(name, fund):
    check_layout(name, fund, count=COUNT, seed=f"{name} 1")


@pytest.mark.long
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_thousand_lines_are_booked_only_once(name, fund, keep):
    seed = f"{name} 2"
    told = check_layout(name, fund, count=1000, seed=seed)
    keep(f"statement-{name}-{connection.vendor}", seed=seed, **told)


def sheet(*rows):
    head = ["交易日期", "交易流水号", "贷方发生额", "借方发生额", "对方户名", "附言"]
    return as_csv([head, *rows], "utf-8")


def one(fund, *cells):
    return importing.book(
        read(sheet(cells)), campaign=fund.campaign, actor=member_of(fund.org), at=AT
    ).rows[0]


def test_a_line_is_matched_by_the_code_of_a_fund(fund):
    code = fund.code.replace("-", " ").lower()

    _line, outcome, gift = one(fund, "2026-02-03", "S1", "1,200.50", "", "示例甲", f"给{code}的")

    assert outcome == "matched"
    made = MoneyGift.objects.get(code=gift)
    assert (made.amount, made.fund, made.stage) == (120050, fund, "received")


def test_the_one_promise_of_the_same_amount_is_proposed_and_the_money_held_in_public(fund):
    promise = give(fund, 120050, received_on=None)

    _line, outcome, gift = one(fund, "2026-02-03", "S1", "1200.50", "", "示例甲", "捐款")

    assert outcome == "proposed"
    assert MoneyGift.objects.get(code=gift).stage == "unidentified"
    assert BankLine.objects.get().proposed == promise.code


def test_r15_money_that_comes_outside_the_campaigns_days_is_held_unidentified(fund):
    _line, outcome, gift = one(fund, "2025-12-31", "S1", "5.00", "", "示例甲", fund.code)

    assert outcome == "outside"
    assert MoneyGift.objects.get(code=gift).stage == "unidentified"


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("2026-02-03", "", "5.00", "", "", ""), "serial"),
        (("2026-02-30", "S1", "5.00", "", "", ""), "2026-02-30"),
        (("some day", "S1", "5.00", "", "", ""), "“some day” is not a day"),
        (("2026-02-03", "S1", "5.001", "", "", ""), "5.001"),
        (("2026-02-03", "S1", "five", "", "", ""), "five"),
        (("2026-02-03", "S1", "", "", "", ""), "no amount"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(fund, cells, why):
    _line, outcome, said = one(fund, *cells)

    assert (outcome, why in said) == ("refused", True)
    assert not BankLine.objects.exists()


def test_a_reversal_without_its_credit_waits_for_somebody(fund):
    _line, outcome, _said = one(fund, "2026-02-03", "R1", "-5.00", "", "示例甲", "冲正")

    assert outcome == "open"
    assert not MoneyGift.objects.exists()


def test_a_word_beside_the_amount_says_whether_it_came_in_or_went_out():
    head = ["交易日期", "交易流水号", "借贷标志", "发生额"]
    (line,) = read(as_csv([head, ["2026-02-03", "S1", "?", "5.00"]], "utf-8"))

    assert (line.kind, line.why) == (
        Kind.REFUSED,
        "It does not say whether it came in or went out.",
    )


def test_a_statement_of_too_many_rows_is_to_be_split():
    rows = (["2026-02-03", f"S{n}", "5.00", "", "", ""] for n in range(statements.MOST_ROWS + 1))

    with pytest.raises(Unreadable, match="Please split it"):
        read(sheet(*rows))


def test_sums_below_the_lines_and_titles_above_are_no_lines():
    data = "账户明细\n".encode() + sheet(
        ["2026-02-03", "S1", "5.00", "", "", ""], ["合计", "", "5.00", "", "", ""]
    )

    assert [line.serial for line in read(data)] == ["S1"]


def test_a_file_that_is_no_statement_is_refused_as_a_whole():
    with pytest.raises(Unreadable, match="header"):
        read("姓名,电话\n甲,乙\n".encode())


def test_the_command_tells_each_line_and_a_dry_run_writes_nothing(fund, tmp_path, capsys):
    actor, file = member_of(fund.org), tmp_path / "statement.csv"
    file.write_bytes(sheet(["2026-02-03", "S1", "5.00", "", "", fund.code]))
    ask = ("import_statement", str(file), "--campaign", fund.campaign.code, "--as", actor.name)

    call_command(*ask, "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out)["counts"]["matched"] == 1
    assert not BankLine.objects.exists()

    call_command(*ask, "--language", "en")
    assert "matched 1" in capsys.readouterr().out
    call_command(*ask, "--language", "en")
    assert "again 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="finance account"):
        call_command(*ask[:-1], "nobody", "--language", "en")
