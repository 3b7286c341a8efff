from django.db import migrations, models

from ledger import triggers


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="anchor",
            name="note",
            field=models.TextField(default=""),
            preserve_default=False,
        ),
        migrations.RunPython(
            triggers.migrate, migrations.RunPython.noop
        ),  # SQLite remade the table
    ]
