import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import evenhand_web.people.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SurveyWave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=80, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('instrument', models.CharField(help_text='the id of the instrument', max_length=80)),
                ('asked_by', models.CharField(help_text='who asks, in words', max_length=200)),
                ('who_will_see', models.TextField(help_text='who sees what, in one sentence')),
                ('opens', models.DateTimeField()),
                ('closes', models.DateTimeField()),
                ('what_became', models.TextField(blank=True, help_text='what became of the answers, once something did')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='survey_waves', to='people.organisation')),
                ('previous', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next', to='listen.surveywave')),
            ],
            options={
                'ordering': ['-opens'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('respondent', models.CharField(default=evenhand_web.people.models.new_key, help_text='the random key that answers carry', max_length=40)),
                ('profession', models.CharField(max_length=40)),
                ('strata', models.JSONField(default=dict, help_text='other columns of the frame, as text')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='people.person')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='listen.surveywave')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('wave', 'respondent'), name='one_place_a_respondent'), models.UniqueConstraint(fields=('wave', 'person'), name='one_place_a_person')],
            },
        ),
        migrations.CreateModel(
            name='AnswerEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('respondent', models.CharField(max_length=40)),
                ('status', models.CharField(choices=[('partial', 'partial'), ('submitted', 'submitted')], max_length=10)),
                ('answers', models.JSONField(help_text='question -> answer, both text')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='listen.surveywave')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['wave', 'respondent'], name='listen_answ_wave_id_9789d5_idx')],
            },
        ),
    ]
