"""Moves that the machine does not take, each with the reason why not."""

CLOCK = "the clock takes it, in World.wait"

EXEMPT = {
    "need.go_stale": CLOCK,
    "need.expire": CLOCK,
    "shipment.escalate": CLOCK,
    "lot.expire": CLOCK,
    "lot.near_expiry": CLOCK,
    "pledge.mark_overdue": CLOCK,
    "diversion.remind": CLOCK,
    "arrival.give_slot": "it names a time at the gate and moves nothing",
    "arrival.recount": "it follows a count that books nothing",
}
