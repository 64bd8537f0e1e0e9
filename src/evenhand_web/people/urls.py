"""Sign-in and sign-out, and the way up and down from an organisation."""

from django.urls import path

from . import token_views, views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("account/tokens/", token_views.own, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", token_views.revoke, name="revoke_token"),
    path("organisations/<str:code>/switch/", views.switch, name="switch"),
]
