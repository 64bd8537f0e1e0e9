"""AppendOnly: a row that is written once and then stands. Whatever happened later is another row."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone


class AppendOnlyError(Exception):
    """Our own mistake: some code tried to change or delete what must stand."""


class AppendOnlyQuerySet(models.QuerySet):
    """A query that reads and adds, and can do nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only: add a row that says what changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} is append-only: nothing is deleted")

    def bulk_update(self, objs: Any, fields: Any, batch_size: Any = None) -> NoReturn:
        self.update()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts"):
            self.update()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """The base of every log: saving twice or deleting is refused, by object and by query."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} {self.pk} is append-only: add a row that says what changed")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} {self.pk} is append-only: nothing is deleted")


class Attempts(models.Model):
    """How often one thing was tried by one address or account in one span of time; swept when the span is over.

    `who` is a keyed hash: no address and no account can be read from it.
    """

    what = models.CharField(max_length=40)
    who = models.CharField(max_length=64)
    span = models.BigIntegerField(help_text="which span since 1970")
    many = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True, help_text="from when on the row says nothing")

    class Meta:
        verbose_name_plural = "attempts"
        constraints = [models.UniqueConstraint(fields=["what", "who", "span"], name="one_count_a_span")]


class Kept(models.Model):
    """What took long to work out, with a hash of everything it rests on: `site/keeping.py`. May be emptied any time."""

    name = models.CharField(max_length=200, unique=True, help_text="what it is, and of what")
    key = models.CharField(max_length=64, help_text="sha256 of everything it rests on")
    document = models.TextField(help_text="as site/written.py writes records")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "kept"
