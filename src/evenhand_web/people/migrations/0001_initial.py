import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import evenhand_web.people.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('level', models.CharField(db_index=True, max_length=40)),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('key', models.CharField(default=evenhand_web.people.models.new_key, editable=False, max_length=40, primary_key=True, serialize=False)),
                ('profession', models.CharField(help_text='as staff lists say it: GP, Nurse, Pharmacist, Manager', max_length=40)),
                ('identity_level', models.PositiveSmallIntegerField(choices=[(0, 'Anyone'), (1, 'NHS e-mail'), (2, 'Registration checked and confirmed by the organisation'), (3, 'NHS smartcard or Care Identity')], default=0)),
                ('removed_by_moderator', models.BooleanField(default=False)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='people.organisation')),
            ],
            options={
                'verbose_name_plural': 'people',
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=150, unique=True)),
                ('name', models.CharField(max_length=150)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('registration_body', models.CharField(blank=True, help_text='GMC, NMC, GPhC, HCPC', max_length=10)),
                ('registration_number', models.CharField(blank=True, max_length=20)),
                ('is_active', models.BooleanField(default=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='identity', to='people.person')),
            ],
            options={
                'verbose_name_plural': 'identities',
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField(blank=True, null=True)),
                ('end', models.DateField(blank=True, null=True)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='up', to='people.organisation')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='down', to='people.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('child', 'parent', 'start'), name='one_membership_a_start')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('member', 'works here'), ('clinical_lead', 'clinical lead'), ('manager', 'manager'), ('medicines_optimisation', 'medicines optimisation'), ('finance_lead', 'finance lead'), ('board_member', 'board member'), ('analyst', 'analyst'), ('administrator', 'administrator')], max_length=30)),
                ('since', models.DateField(default=django.utils.timezone.localdate)),
                ('until', models.DateField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='people.person')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('person', 'organisation', 'role', 'since'), name='one_post_a_start')],
            },
        ),
    ]
