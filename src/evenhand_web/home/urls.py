"""The front page, what Evenhand is, and My organisation."""

from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("about/", views.about, name="about"),
    path("organisations/<str:code>/", views.organisation, name="organisation"),
]
