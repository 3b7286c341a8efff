"""What the handling of an item must respect: the keys that the catalogue's data file may use."""

from django.utils.translation import gettext_lazy as _

from portal.stages.facts import Choice


class Care(Choice):
    BATCH = "batch", _("Batch number")
    EXPIRY = "expiry", _("Expiry date")
    LICENSED = "licensed-holder", _("Licensed holders only")
    COLD = "cold-chain", _("Cold chain")
    BATTERY = "battery", _("Holds a battery")
    CORROSIVE = "corrosive", _("Corrosive")
    ACID = "not-with-acid", _("Never together with acids")
    CONCENTRATION = "concentration", _("State the concentration")
    DANGEROUS = "dangerous-goods", _("Dangerous goods")
    NO_FLIGHT = "no-air-freight", _("Not by air")
    STERILE = "sterile-stated", _("Say whether it is sterile")
    NO_SPLASH = "no-splash", _("Does not keep out splashes")
    FLAMMABLE = "flammable", _("Flammable")
    PERISHABLE = "perishable", _("Perishable")
    SERIAL = "serial-number", _("Serial number of each piece")
    INSTALLATION = "installation", _("Has to be installed")
    TRAINING = "training", _("Needs training")
    SIZE = "size", _("Say the size")
