"""All public figures counted once more from the sealed entries, by other means than the portal's:
no stage table, no projection, whole lists instead of sums kept."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

import ledger.api as ledger

INSIDE = {"inbound", "quarantine", "stock", "held", "reserved", "transit", "received"}
FUNDS = {"fund", "unidentified", "committed"}
ENDS = {"rejected", "returned", "damaged", "lost", "expired", "community", "sold"}
MONEY_ENDS = {"paid": "money_paid", "fee": "money_fee", "refunded": "money_refunded"}
TIMED = {"need", "pledge", "arrival", "allocation", "release", "shipment", "receipt", "money"}
CLOSED = {"met", "expired", "withdrawn", "returned"}
AIMED = {"reserved", "transit", "received", "held"}
CHINA = timezone(timedelta(hours=8))
STAGES = {
    "promises-overdue": ["pledge.overdue"],
    "unconfirmed": ["shipment.unconfirmed"],
    "differences-open": ["receipt.discrepancy", "receipt.objected"],
}


class Recount:
    """rows: [(figure, part, number, organisation, province, day)]; hours: {figure: [(hours, the
    same)]}; there: {kind.stage: {code: day}}. `number` and `stays` answer what an address asks."""

    def __init__(self):
        self.rows, self.hours = [], defaultdict(list)
        self.there = defaultdict(dict)
        self._part, self._province, self._kind = {}, {}, {}
        self._was, self._hospital, self._reached = {}, {}, defaultdict(dict)
        self._needs, self._promised, self._held = {}, defaultdict(dict), Counter()
        self._about = {}
        for entry in ledger.entries():
            self._entry(entry.body)
        for code, need in self._needs.items():
            if need["open"]:
                self._at(("needs_open", "", 1), need["hospital"])
                self._gaps(code, need)

    def number(self, figure, *, part=None, before="", **only):
        """What a figure comes to; `only` of an organisation (org), province (region), day. In a
        stage: of those who have been there since before a day."""
        if figure.startswith("now-"):
            return self._now([figure.removeprefix("now-").replace("-", ".", 1)], before)
        if figure in STAGES:
            return self._now(STAGES[figure], before)
        names = ("org", "region", "day")
        return sum(
            n
            for key, of, n, *where in self.rows
            if key == figure
            and part in (None, of)
            and all(dict(zip(names, where, strict=True))[k] == v for k, v in only.items())
        )

    def stays(self, figure, **only):
        """The hours behind a median."""
        key = figure.removeprefix("hours-").replace("-", ".", 1) if "-" in figure else figure
        names = ("org", "region", "day")
        return [
            hours
            for hours, *where in self.hours[key]
            if all(dict(zip(names, where, strict=True))[k] == v for k, v in only.items())
        ]

    def parts(self, figure):
        """Of which kinds of goods there is anything."""
        found = {of for key, of, *_rest in self.rows if key == figure}
        return {part for part in found if self.number(figure, part=part)}

    def _now(self, stages, before):
        since = [day for stage in stages for day in self.there[stage].values()]
        return sum(not before or day < before for day in since)

    def _entry(self, body):
        data, case = body["data"], body["case"]
        if not case:
            return
        kind, at = body["type"].partition(".")[0], datetime.fromisoformat(data["recorded_at"])
        self._day = f"{at.astimezone(CHINA):%Y-%m-%d}"
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
        actor = data.get("actor_org", "")
        for posting in data.get("postings", []):
            self._post(posting, actor, to_hospital=self._hospital[key], corrects="corrects" in body)
        if new and kind in ("pledge", "money", "need", "organisation"):
            name = {"need": "needs", "organisation": "organisations"}.get(kind, "gifts")
            self.add(name, "", 1, {"need": hospital, "organisation": case}.get(kind, actor))
        self._about.setdefault(case, next((c for c in codes if c[0] == "N"), ""))
        if kind == "need":
            need = self._needs.setdefault(case, {"lines": {}, "hospital": hospital})
            need["open"] = data.get("stage") not in CLOSED
            need["lines"] |= {line["no"]: line for line in data.get("lines", [])}
        for line in data.get("lines", []) if kind == "pledge" else ():
            self._promised[line["need"], line["need_line"]][case] = line["quantity"]
        self._stage(key, data.get("stage"), at, actor)

    def _stage(self, key, stage, at, actor):
        was, since = self._was.get(key, ("", None))
        if stage is None or stage == was:
            self._was.setdefault(key, ("", None))
            return
        kind, case = key
        if kind in TIMED:
            if was:
                del self.there[f"{kind}.{was}"][case]
                self._stay(f"{kind}.{was}", since, at)
            self.there[f"{kind}.{stage}"][case] = self._day
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
            self.add(name, "", 1, self._hospital[key] or actor)
        if (kind, stage) == ("shipment", "confirmed") and first:
            told = self._reached[key].get("delivered")
            if told:
                self._stay("confirm_hours", told, at, self._hospital[key])

    def _post(self, p, actor, *, to_hospital, corrects):
        part, n = self._part.get(p["item"], p["item"]), p["amount"]
        start, _c, owner_from = p["from"].partition(":")
        end, _c, owner_to = p["to"].partition(":")
        for whole, sign in ((p["from"], -1), (p["to"], 1)):
            place = whole.partition(":")[0]
            self._held[p["gift"], p["item"], whole] += sign * n
            if place in INSIDE | FUNDS:
                self.rows.append((f"at-{place}", part, sign * n, "", "", ""))
            if place in ENDS:
                self.add(place, part, sign * n, owner_to if sign > 0 else owner_from)
            if place in MONEY_ENDS:
                self.add(MONEY_ENDS[place], part, sign * n)
            names = {"donor": "sent", "purchase": "bought", "found": "found"}
            if place in names:
                money = p["item"] == "CNY"
                if not money or place == "donor":
                    self.add(
                        *("money" if money else names[place], part, -sign * n),
                        "" if money else actor,
                    )
        good = {"quarantine", "stock"}
        if start == "inbound" and end in good:
            self.add("counted", part, n, actor)
        if end == "inbound" and start in good:
            self.add("counted", part, -n, actor)
        if to_hospital and end == "transit" != start:
            self.add("dispatched", part, n, actor)
        if to_hospital and start == "transit" != end and corrects:
            self.add("dispatched", part, -n, actor)
        if end == "received" != start:
            self.add("confirmed", part, n, owner_to)
        if start == "received" != end:
            name = "confirmed" if corrects else "left_again"
            self.add(name, part, -n if corrects else n, owner_from)

    def add(self, name, part, n, org=""):
        """Of a fall or rise, on its day."""
        if n:
            known = org if org in self._kind else ""
            self.rows.append((name, part, n, known, self._region(org), self._day))

    def _stay(self, name, since, at, org=""):
        hours = int((at - since).total_seconds() // 3600)
        self.hours[name].append((hours, org, self._region(org), self._day))

    def _at(self, told, hospital):
        """How things are now, at a hospital."""
        self.rows.append((*told, hospital, self._region(hospital), ""))

    def _region(self, org):
        hospital = self._kind.get(org) == "hospital"
        return self._province[org].removesuffix("省") if hospital else ""

    def _gaps(self, code, need):
        """Asked for, less of each gift what it promised or what is there of it, if that is more:
        with the hospital, or in whatever was set aside for this need. One need of a hospital asks
        for each item: who tells more needs must say here whose the pieces are."""
        for no, line in need["lines"].items():
            if line["quantity"] is None:
                continue
            there = Counter()
            for (gift, item, place), n in self._held.items():
                name, _colon, owner = place.partition(":")
                mine = owner == need["hospital"] or self._about.get(owner) == code
                if item == line["variant"] and name in AIMED and mine:
                    there[gift] += n
            promised = self._promised[code, no]
            got = sum(max(promised.get(gift, 0), there[gift]) for gift in {*promised, *there})
            missing = max(line["quantity"] - got, 0)
            if missing:
                self._at(("gap", self._part[line["variant"]], missing), need["hospital"])
