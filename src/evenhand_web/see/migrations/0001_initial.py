import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import evenhand_web.see.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Group',
            fields=[
                ('key', models.CharField(default=evenhand_web.see.models.new_key, editable=False, max_length=20, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('codes', models.JSONField(default=list)),
                ('made', models.DateTimeField(default=django.utils.timezone.now)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='people.person')),
            ],
            options={
                'ordering': ['name', 'key'],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('key', models.CharField(default=evenhand_web.see.models.new_key, editable=False, max_length=20, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('question', models.CharField(max_length=1000)),
                ('kept', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='searches', to='people.organisation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='searches', to='people.person')),
            ],
            options={
                'ordering': ['-kept', 'key'],
            },
        ),
    ]
