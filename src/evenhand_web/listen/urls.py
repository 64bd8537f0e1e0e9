"""The pages of LISTEN; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views, views_opening, views_tending

app_name = "listen"
urlpatterns = [
    path("", views.index, name="index"),
    path("waves/new/", views_opening.new_wave, name="new_wave"),
    path("<slug:key>/", views.wave, name="wave"),
    path("<slug:key>/close/", views_tending.close, name="close"),
    path("<slug:key>/became/", views_tending.became, name="became"),
    path("<slug:key>/answer/", views.answer, name="answer"),
    path("<slug:key>/check/", views.check, name="check"),
    path("<slug:key>/thanks/", views.thanks, name="thanks"),
]
