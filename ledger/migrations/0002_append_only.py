"""UPDATE and DELETE of sealed rows are refused by the database."""

from django.db import migrations

from ledger import triggers


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(triggers.migrate, triggers.unmigrate)]
