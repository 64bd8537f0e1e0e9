"""The pages of ACCOUNT; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path, re_path

from . import budget_views, reach_views, views

app_name = "account"
urlpatterns = [
    path("", views.index, name="index"),
    path("budgets/", budget_views.budgets, name="budgets"),
    path("entries/<int:number>/", views.entry, name="entry"),
    path("savings/<slug:key>/move/", views.move, name="move"),
    path("savings/<slug:key>/confirm/", views.confirm, name="confirm"),
    path("reach/", reach_views.reach, name="reach"),
    path("ledger.jsonl", views.ledger_file, name="ledger_file"),
    re_path(r"^report\.(?P<kind>pdf|html)$", views.report, name="report"),
]
