"""All public figures counted once more from the sealed entries, by other means than the portal's:
no stage table, no projection, whole lists instead of sums kept."""

from collections import Counter, defaultdict
from datetime import datetime

import ledger.api as ledger

INSIDE = {"inbound", "quarantine", "stock", "held", "reserved", "transit", "received"}
FUNDS = {"fund", "unidentified", "committed"}
ENDS = {"rejected", "returned", "damaged", "lost", "expired", "community", "sold"}
MONEY_ENDS = {"paid": "money_paid", "fee": "money_fee", "refunded": "money_refunded"}
TIMED = {"need", "pledge", "arrival", "allocation", "release", "shipment", "receipt", "money"}
CLOSED = {"met", "expired", "withdrawn", "returned"}


class Recount:
    """figures: {key: {part: number}}; hours: {kind.stage: [hours]}; there: {kind.stage: codes}."""

    def __init__(self):
        self.figures = defaultdict(Counter)
        self.by_region = defaultdict(lambda: defaultdict(Counter))
        self.by_day = defaultdict(lambda: defaultdict(Counter))
        self.hours = defaultdict(list)
        self.there = defaultdict(set)
        self._part, self._province, self._kind = {}, {}, {}
        self._was, self._hospital, self._reached = {}, {}, defaultdict(dict)
        self._needs, self._once = {}, set()
        for entry in ledger.entries():
            self._entry(entry.body)
        self.figures["needs_open"][""] = sum(need["open"] for need in self._needs.values())

    def _entry(self, body):
        data, case = body["data"], body["case"]
        if not case:
            return
        kind, at = body["type"].partition(".")[0], datetime.fromisoformat(data["recorded_at"])
        self._day = (at.timestamp() + 8 * 3600) // 86400
        if kind == "organisation":
            self._province[case] = data.get("province", self._province.get(case, ""))
            self._kind[case] = data.get("kind", self._kind.get(case))
        for told in data.get("variants", []):
            self._part[told["key"]] = f"{data['item_class']}|{data['unit_zh']}"
        codes = [code for code, _n in body["cases"]]
        hospital = next((c for c in codes if self._kind.get(c) == "hospital"), "")
        if kind == "evidence":
            return
        key = (kind, case)
        new = key not in self._was
        self._hospital[key] = hospital or self._hospital.get(key, "")
        for posting in data.get("postings", []):
            self._post(posting, to_hospital=self._hospital[key], corrects="corrects" in body)
        if new and kind in ("pledge", "money", "need", "organisation"):
            name = {"need": "needs", "organisation": "organisations"}.get(kind, "gifts")
            self.add(name, "", 1, {"need": hospital, "organisation": case}.get(kind, ""))
        if kind == "need":
            need = self._needs.setdefault(case, {})
            need["open"] = data.get("stage") not in CLOSED
        self._stage(key, data.get("stage"), at)

    def _stage(self, key, stage, at):
        was, since = self._was.get(key, ("", None))
        if stage is None or stage == was:
            self._was.setdefault(key, ("", None))
            return
        kind, case = key
        if kind in TIMED:
            if was:
                self.there[f"{kind}.{was}"].remove(case)
                self.hours[f"{kind}.{was}"].append(int((at - since).total_seconds() // 3600))
            self.there[f"{kind}.{stage}"].add(case)
        self._was[key] = (stage, at)
        first = stage not in self._reached[key]
        self._reached[key].setdefault(stage, at)
        name = {
            ("shipment", "in_transit"): "shipments_sent",
            ("shipment", "delivered"): "shipments_delivered",
            ("shipment", "unconfirmed"): "shipments_late",
            ("shipment", "confirmed"): "shipments_confirmed",
            ("receipt", "discrepancy"): "differences",
            ("pledge", "overdue"): "promises_missed",
        }.get((kind, stage))
        if name and first and (kind == "pledge" or self._hospital[key]):
            self.add(name, "", 1, self._hospital[key])
        if (kind, stage) == ("shipment", "confirmed") and first:
            told = self._reached[key].get("delivered")
            if told:
                self.hours["confirm_hours"].append(int((at - told).total_seconds() // 3600))

    def _post(self, p, *, to_hospital, corrects):
        part, n = self._part.get(p["item"], p["item"]), p["amount"]
        start, _c, owner_from = p["from"].partition(":")
        end, _c, owner_to = p["to"].partition(":")
        for place, sign in ((start, -1), (end, 1)):
            if place in INSIDE | FUNDS:
                self.figures[f"at-{place}"][part] += sign * n
            if place in ENDS:
                self.add(place, part, sign * n, owner_to if sign > 0 else owner_from)
            if place in MONEY_ENDS:
                self.add(MONEY_ENDS[place], part, sign * n)
            names = {"donor": "sent", "purchase": "bought", "found": "found"}
            if place in names:
                money = p["item"] == "CNY"
                if not money or place == "donor":
                    self.add("money" if money else names[place], part, -sign * n)
        good = {"quarantine", "stock"}
        if start == "inbound" and end in good:
            self.add("counted", part, n)
        if end == "inbound" and start in good:
            self.add("counted", part, -n)
        if to_hospital and end == "transit" != start:
            self.add("dispatched", part, n)
        if to_hospital and start == "transit" != end and corrects:
            self.add("dispatched", part, -n)
        if end == "received" != start:
            self.add("confirmed", part, n, owner_to)
        if start == "received" != end:
            name = "confirmed" if corrects else "left_again"
            self.add(name, part, -n if corrects else n, owner_from)

    def add(self, name, part, n, org=""):
        self.figures[name][part] += n
        self.by_day[self._day][name][part] += n
        if self._kind.get(org) == "hospital":
            self.by_region[self._province[org]][name][part] += n
