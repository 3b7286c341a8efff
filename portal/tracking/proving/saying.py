"""What the in-browser verifier says: `static/verify` has no words of its own.

`<step>.good` and `<step>.bad` are the lines of a check, `why.<reason>` what lies behind a bad one.
"""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "running": _("Checking …"),
    "checkpoint.good": _("The ledger {origin} signed its checkpoint of {size} entries"),
    "checkpoint.bad": _("The signed checkpoint does not hold ({good} of {total})"),
    "witnesses.good": _("{good} of {total} witnesses have cosigned: as many as the policy demands"),
    "witnesses.bad": _("{good} of {total} witnesses have cosigned: fewer than the policy demands"),
    "unwitnessed.good": _("The policy names no witnesses yet: the ledger's own signature counts"),
    "unwitnessed.bad": _("Nothing that was signed can be read"),
    "fingerprints.good": _(
        "The fingerprints of {good} of {total} entries agree with the checkpoint"
    ),
    "fingerprints.bad": _(
        "The fingerprints of {good} of {total} entries agree with the checkpoint"
    ),
    "places.good": _("{good} of {total} entries stand at their own place in this ledger"),
    "places.bad": _("{good} of {total} entries stand at their own place in this ledger"),
    "numbers.good": _("The entries of {code} are numbered 0 to {last}: none is left out between"),
    "numbers.bad": _("{good} of {total} numbers of {code} are here: entries are left out"),
    "numbers.none": _("Whether entries are left out was not checked: single proofs cannot show it"),
    "disclosures.good": _("{good} of {total} shown values are those that were sealed"),
    "disclosures.bad": _("{good} of {total} shown values are those that were sealed"),
    "policy.bad": _("The policy cannot be used"),
    "policy.yours": _("Checked with the policy that you gave."),
    "policy.portal": _(
        "Checked with this portal's own policy. For a check that does not depend on the "
        "portal, give a policy that you got elsewhere."
    ),
    "policy.files": _(
        "Checked with the policy that came with the proofs: it says nothing about who made them."
    ),
    "not_yet": _(
        "{count} newer entries are sealed, but not under a published checkpoint yet: {indexes}"
    ),
    "all.good": _("Everything holds."),
    "all.bad": _("This does not hold. Do not rely on what is shown, and tell us or any member."),
    "nothing_yet": _(
        "None of these entries is under a published checkpoint yet. Please try again in a minute."
    ),
    "nothing_chosen": _("Please choose files or paste a proof."),
    "unreachable": _("The proofs could not be fetched. Please try again."),
    "insecure": _(
        "This page came over plain http: there browsers keep the cryptography that the "
        "check needs locked. Open it with https, or download the proofs and run python -m "
        "ledger.verify."
    ),
    "broken": _(
        "The check itself failed in this browser, so it says nothing. Please use a newer "
        "browser, or download the proofs and run python -m ledger.verify."
    ),
    "why.note": _("The signed note is not written as notes must be."),
    "why.base64": _("A value is not written in the only way it may be (base64)."),
    "why.key": _("A key is malformed, or does not fit its name."),
    "why.weak": _(
        "Line {line} of the policy has a weak key: signatures of such keys prove nothing."
    ),
    "why.signature": _("The signature of {name} is wrong."),
    "why.unsigned": _("No ledger that the policy names has signed it."),
    "why.origin": _("It calls itself {name}, which is not the name of the key that signed it."),
    "why.checkpoint": _("The checkpoint is not written as checkpoints must be."),
    "why.quorum": _("Not enough witnesses; missing: {missing}."),
    "why.policy": _("Line {line} of the policy cannot be read."),
    "why.path": _(
        "The path of entry {index} does not lead to the signed root: the entry or the path "
        "was changed."
    ),
    "why.unproved": _("Entry {index} has no checkpoint that holds."),
    "why.entry": _("Entry {index} is not written as entries must be."),
    "why.place": _("Entry {index} says that it belongs to another ledger or another place."),
    "why.numbers": _("Missing or out of place: {missing}"),
    "why.disclosure": _("A value shown with entry {index} is not the one that was sealed."),
    "why.proof": _("The proof is not a tlog-proof."),
    "why.zip": _("This zip was not made by the portal, or was damaged on the way."),
    "why.files": _("{name} is missing or cannot be read."),
}


def words() -> dict[str, str]:
    """In the language of the page."""
    return {key: str(text) for key, text in WORDS.items()}
