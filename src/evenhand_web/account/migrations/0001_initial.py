import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('decide', '0001_initial'),
        ('people', '0001_initial'),
        ('prove', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='its place in the chain, from 1', unique=True)),
                ('line', models.TextField(help_text='the JSON line of evenhand.account, exactly as it was sealed')),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('previous', models.CharField(help_text='the hash of the line before', max_length=64)),
                ('saving', models.CharField(db_index=True, help_text='the saving that this entry moves', max_length=120)),
                ('kind', models.CharField(max_length=20)),
                ('state', models.CharField(max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='people.organisation')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='decide.plan')),
                ('verdict', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='prove.verdictrecord')),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'ordering': ['number'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('pence', models.BigIntegerField()),
                ('start', models.DateField()),
                ('end', models.DateField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='people.organisation')),
            ],
            options={
                'ordering': ['-end'],
            },
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('saving', models.CharField(db_index=True, help_text='LedgerEntry.saving', max_length=120)),
                ('role', models.CharField(choices=[('finance_lead', 'finance lead'), ('clinical_lead', 'clinical lead')], max_length=20)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='people.person')),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='prove.verdictrecord')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('saving', 'verdict', 'role'), name='one_confirmation_a_role'), models.UniqueConstraint(fields=('saving', 'verdict', 'person'), name='two_people_confirm')],
            },
        ),
    ]
