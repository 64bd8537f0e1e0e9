"""The pages of PROVE; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views

app_name = "prove"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:key>/", views.scheme, name="scheme"),
    path("<slug:key>/register/", views.register, name="register"),
    path("<slug:key>/ask/", views.ask, name="ask"),
    path("<slug:key>/verdicts/<int:pk>/", views.verdict, name="verdict"),
]
