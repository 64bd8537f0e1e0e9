"""Where the links of a letter lead: each knows its letter's token and nobody's name, and needs no organisation."""

from django.urls import path

from .views import letters

app_name = "letters"
urlpatterns = [
    path("<str:token>/", letters.open_, name="open"),
    path("<str:token>/stop/", letters.stop, name="stop"),
    path("<str:token>/back/", letters.back, name="back"),
]
