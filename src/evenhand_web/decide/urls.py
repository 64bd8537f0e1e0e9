"""The pages of DECIDE; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views

app_name = "decide"
_ROUND, _SCHEME, _MEASURE = "rounds/<slug:key>/", "schemes/<slug:key>/", "measures/<slug:measure>/"
urlpatterns = [
    path("", views.index, name="index"),
    path("rounds/new/", views.new_round, name="new_round"),
    path(_ROUND, views.agreed, name="round"),
    path(f"{_ROUND}vote/", views.vote, name="vote"),
    path(f"{_ROUND}my-votes/", views.my_votes, name="my_votes"),
    path(f"{_ROUND}stand/", views.stand, name="stand"),
    path("mine/", views.mine, name="mine"),
    path(f"{_ROUND}add/", views.add, name="add"),
    path(f"{_ROUND}moderation/", views.moderation, name="moderation"),
    path(f"{_ROUND}statements/<str:statement>/draft/", views.draft, name="draft"),
    path(f"{_ROUND}statements/<str:statement>/draft/plain/", views.draft_plain, name="draft_plain"),
    path("register/", views.register, name="register"),
    path("register/record/", views.record, name="record"),
    path("register/ask/", views.ask, name="ask"),
    path("register/leads/", views.leads, name="leads"),
    path("register/decisions/<int:pk>/", views.decision, name="decision"),
    path("register/asked/<int:pk>/", views.blocker, name="blocker"),
    path(_SCHEME, views.scheme, name="scheme"),
    path("priorities/", views.priorities, name="priorities"),
    path(f"{_SCHEME}comments/", views.comment, name="comment"),
    path(f"{_SCHEME}sign/", views.sign, name="sign"),
    path(f"{_SCHEME}withdraw/", views.withdraw, name="withdraw"),
    path(f"{_SCHEME}amend/", views.amend, name="amend"),
    path(f"{_SCHEME}amend/plain/", views.amend_plain, name="amend_plain"),
    path(f"{_SCHEME}versions/<int:number>/", views.version, name="version"),
    path(_MEASURE, views.reasons, name="reasons"),
    path(f"{_MEASURE}<int:pk>/weigh/", views.weigh, name="weigh"),
]
