import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('change', '0001_initial'),
        ('decide', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisteredDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(help_text='evenhand.prove.register', max_length=64, unique=True)),
                ('design', models.JSONField(help_text='measure, windows, arms, guardrails, planned effect: in plain words and values')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='designs', to='change.campaign')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='designs', to='decide.schemeversion')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='VerdictRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sentence', models.TextField()),
                ('evidenced', models.BooleanField()),
                ('countable', models.BooleanField()),
                ('verdict', models.JSONField(help_text='evenhand.records.Verdict.as_json()')),
                ('snapshots', models.JSONField(default=list, help_text='table, key, sha256 of what it was computed from')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('design', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='prove.registereddesign')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'ordering': ['-id'],
                'get_latest_by': 'id',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='GuardrailRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(max_length=80)),
                ('verdict', models.CharField(choices=[('pass', 'held'), ('inconclusive', 'not yet known'), ('breach', 'at risk'), ('not_assessed', 'not assessed')], max_length=20)),
                ('effect', models.FloatField(blank=True, null=True)),
                ('se', models.FloatField(blank=True, null=True)),
                ('bound', models.FloatField(blank=True, null=True)),
                ('margin', models.FloatField()),
                ('harm', models.CharField(choices=[('up', 'up'), ('down', 'down')], max_length=4)),
                ('reason', models.TextField(blank=True)),
                ('verdict_record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guardrails', to='prove.verdictrecord')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
    ]
