from ledger.core.postings import Posting, place
from portal.stages.engine import MoveRefused

GIFT = "G-7K2M9Q4TX5"
ITEM = "toy.bear"


def draw(toy, facts, step):
    if facts.artist == "nobody":
        raise MoveRefused("Nobody cannot draw.")
    toy.colour, toy.artist = facts.colour, facts.artist
    toy.save(update_fields=["colour", "artist"])
    if facts.colour == "blue":  # blue ones are built at once
        step.target = "built"


def build(toy, facts, step):
    step.post(Posting(facts.amount, ITEM, GIFT, "", place("donor", GIFT), place("stock", toy.code)))
    step.open(shelf=3)


def break_it(toy, facts, step):
    step.post(Posting(1, ITEM, GIFT, "", place("stock", toy.code), place("damaged", toy.code)))
