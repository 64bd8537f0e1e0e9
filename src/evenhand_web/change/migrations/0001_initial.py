import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("decide", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("content", models.CharField(help_text="the id of the content module", max_length=80)),
                ("message", models.TextField(help_text="what the reader gets, under 150 words")),
                ("level", models.CharField(help_text="the level that is randomised: pcn, practice ...", max_length=40)),
                ("arms", models.JSONField(help_text='["intervention", "control"]')),
                ("ratio", models.JSONField(help_text="[1, 1]")),
                ("strata", models.JSONField(default=list)),
                ("seed", models.BigIntegerField()),
                ("why_not_randomised", models.TextField(blank=True)),
                ("sealed_at", models.DateTimeField(blank=True, null=True)),
                ("allocation_sha256", models.CharField(blank=True, max_length=64)),
                ("launched_at", models.DateTimeField(blank=True, null=True)),
                ("verdict_due", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="decide.schemeversion"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("measure", models.CharField(max_length=80)),
                ("what", models.CharField(max_length=200)),
                ("size", models.FloatField(blank=True, help_text="in the measure's own unit", null=True)),
                ("by", models.DateField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="change.campaign",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="people.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="commitments", to="people.person"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="decide.schemeversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CommitmentReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "said",
                    models.CharField(
                        choices=[("done", "I did it"), ("partly", "partly"), ("not_done", "it did not work out")],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="change.commitment"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="AllocationRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(help_text="the organisation's code", max_length=40)),
                ("cluster", models.CharField(blank=True, max_length=40)),
                ("arm", models.CharField(max_length=60)),
                ("stratum", models.CharField(blank=True, max_length=120)),
                ("wave", models.PositiveIntegerField(default=1)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocation", to="change.campaign"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("campaign", "unit"), name="one_arm_a_unit")],
            },
        ),
        migrations.CreateModel(
            name="EngagementEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.CharField(max_length=80)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("reached", "reached"),
                            ("viewed", "viewed"),
                            ("completed", "completed"),
                            ("evaluated", "evaluated"),
                            ("intends", "intends"),
                            ("reported", "reported"),
                            ("verified", "verified"),
                            ("disagreed", "disagreed"),
                            ("not_applicable", "not_applicable"),
                            ("already_doing", "already_doing"),
                            ("barrier", "barrier"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="of a side exit", max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="change.campaign",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="engagement", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("person", "content", "stage"), name="a_stage_once")],
            },
        ),
    ]
