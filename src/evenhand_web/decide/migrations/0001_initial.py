import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(max_length=80)),
                ('text', models.TextField(max_length=600)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='people.person')),
            ],
            options={
                'ordering': ['-id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text="the scheme's id, as in its YAML", max_length=80, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('pathway', models.SlugField(max_length=60)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(help_text='its area', on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='people.organisation')),
                ('signers', models.ManyToManyField(help_text="each needs a clinical lead's and a manager's signature", related_name='plans_to_sign', to='people.organisation')),
            ],
            options={
                'ordering': ['-at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=80, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('question', models.TextField()),
                ('pathway', models.SlugField(max_length=60)),
                ('opens', models.DateTimeField()),
                ('closes', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='people.organisation')),
            ],
            options={
                'ordering': ['-opens'],
            },
        ),
        migrations.CreateModel(
            name='SchemeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField(help_text='the aim, as people read it')),
                ('measure', models.CharField(max_length=80)),
                ('yaml', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('note', models.CharField(blank=True, help_text='what changed against the version before', max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='decide.plan')),
            ],
            options={
                'ordering': ['plan', 'number'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('clinical_lead', 'clinical lead'), ('manager', 'manager')], max_length=20)),
                ('identity_level', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='people.person')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='decide.schemeversion')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='its id in files, unique in the round', max_length=60)),
                ('text', models.CharField(max_length=140)),
                ('author_kind', models.CharField(choices=[('seed', 'to start with'), ('clinician', 'a clinician'), ('manager', 'a manager')], default='seed', max_length=10)),
                ('moderation', models.CharField(choices=[('pending', 'waiting'), ('accepted', 'accepted'), ('rejected', 'rejected'), ('duplicate', 'said before')], default='pending', max_length=10)),
                ('reason', models.CharField(blank=True, help_text='public; why it was rejected', max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='people.person')),
                ('duplicate_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='decide.statement')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='decide.round')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='plan',
            name='statements',
            field=models.ManyToManyField(blank=True, help_text='what it grew from', related_name='plans', to='decide.statement'),
        ),
        migrations.CreateModel(
            name='VoteEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(choices=[('agree', 'agree'), ('disagree', 'disagree'), ('pass', 'pass'), ('retract', 'retract')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='people.person')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='decide.statement')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Weighing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(choices=[('accept', 'this explains it'), ('doubt', 'I am not convinced')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('explanation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weighings', to='decide.explanation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weighings', to='people.person')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('signature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='decide.signature')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='explanation',
            index=models.Index(fields=['measure', 'organisation'], name='decide_expl_measure_cc3dfa_idx'),
        ),
        migrations.AddConstraint(
            model_name='schemeversion',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='one_version_a_number'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('round', 'key'), name='one_statement_a_key'),
        ),
        migrations.AddIndex(
            model_name='voteevent',
            index=models.Index(fields=['person', 'statement'], name='decide_vote_person__039765_idx'),
        ),
    ]
