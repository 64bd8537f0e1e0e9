"""The pages of LISTEN; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views

app_name = "listen"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:key>/", views.wave, name="wave"),
    path("<slug:key>/answer/", views.answer, name="answer"),
    path("<slug:key>/check/", views.check, name="check"),
    path("<slug:key>/thanks/", views.thanks, name="thanks"),
]
