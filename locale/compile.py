"""Compile every .po whose .mo is missing or older; polib only, so nobody needs gettext."""

from pathlib import Path

import polib

for po in sorted(Path(__file__).parent.glob("*/LC_MESSAGES/*.po")):
    mo = po.with_suffix(".mo")
    if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
        polib.pofile(str(po)).save_as_mofile(str(mo))
