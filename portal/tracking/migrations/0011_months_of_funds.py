"""A fund's sums by month get columns named for what is in them, and the fund's bare code."""

from django.db import migrations, models
from django.db.models.functions import Substr


def bare(apps, schema_editor):
    apps.get_model("tracking", "FundMonth").objects.update(fund=Substr("fund", len("fund:") + 1))


class Migration(migrations.Migration):
    dependencies = [("tracking", "0010_any_size")]

    operations = [
        migrations.RemoveConstraint(model_name="total", name="tracking_total_once"),
        migrations.RenameModel(old_name="Total", new_name="FundMonth"),
        migrations.RenameField(model_name="fundmonth", old_name="name", new_name="fund"),
        migrations.RenameField(model_name="fundmonth", old_name="item_class", new_name="month"),
        migrations.RenameField(model_name="fundmonth", old_name="unit_zh", new_name="figure"),
        migrations.RemoveField(model_name="fundmonth", name="unit_en"),
        migrations.RunPython(bare, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="fundmonth", name="fund", field=models.CharField(max_length=12)
        ),
        migrations.AlterField(
            model_name="fundmonth", name="month", field=models.CharField(max_length=7)
        ),
        migrations.AlterField(
            model_name="fundmonth", name="figure", field=models.CharField(max_length=20)
        ),
        migrations.AddConstraint(
            model_name="fundmonth",
            constraint=models.UniqueConstraint(
                fields=("fund", "month", "figure"), name="tracking_fund_month_once"
            ),
        ),
    ]
