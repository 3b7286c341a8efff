"""What the moves of funds, gifts of money and spending do: the rooms behind them, in one list."""

from portal.funds.buying import buy
from portal.funds.funding import (
    close,
    publish,
    receive_proceeds,
    set_up,
    take_fee,
    take_more_fee,
)
from portal.funds.giving import (
    arrive,
    enter,
    identify,
    list_gifts,
    note_receipt,
    propose_refund,
    redirect,
    refund,
    reverse,
)
from portal.funds.lying import note_state, tick
from portal.funds.spending import (
    account,
    approve,
    approve_again,
    cancel,
    change,
    pay,
    pay_more,
    release_more,
    request,
    set_more_aside,
)

__all__ = [
    "account",
    "approve",
    "approve_again",
    "arrive",
    "buy",
    "cancel",
    "change",
    "close",
    "enter",
    "identify",
    "list_gifts",
    "note_receipt",
    "note_state",
    "pay",
    "pay_more",
    "propose_refund",
    "publish",
    "receive_proceeds",
    "redirect",
    "refund",
    "release_more",
    "request",
    "reverse",
    "set_more_aside",
    "set_up",
    "take_fee",
    "take_more_fee",
    "tick",
]
