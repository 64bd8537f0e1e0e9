"""Sign-in and sign-out, and the way up and down from an organisation."""

from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("organisations/<str:code>/switch/", views.switch, name="switch"),
]
