"""Signing in and joining, one's own page, the people of an organisation, and the way up and down from it."""

from django.conf import settings
from django.urls import path

from . import token_views, views

app_name = "people"
_HERE = "organisations/<str:code>/people/"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/link/", views.ask_link, name="ask_link"),
    path("sign-in/not/", views.not_signed_in, name="not_signed_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("register/", views.register, name="register"),
    path("register/sent/", views.sent, name="sent"),
    path("link/<str:token>/", views.link, name="link"),
    path("me/", views.me, name="me"),
    path("me/details/", views.details, name="details"),
    path("me/email/", views.email, name="email"),
    path("me/email/<str:token>/", views.confirm_email, name="confirm_email"),
    path("me/sessions/end/", views.end_sessions, name="end_sessions"),
    path("me/agree/", views.agree, name="agree"),
    path("me/data.json", views.my_data, name="my_data"),
    path("me/erase/", views.erase, name="erase"),
    path("erased/", views.erased, name="erased"),
    path("account/tokens/", token_views.own, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", token_views.revoke, name="revoke_token"),
    path("organisations/<str:code>/switch/", views.switch, name="switch"),
    path(_HERE, views.people, name="people"),
    path(f"{_HERE}verify/<str:key>/", views.verify, name="verify"),
    path(f"{_HERE}roles/give/", views.give_post, name="give_post"),
    path(f"{_HERE}roles/<int:number>/end/", views.end_post, name="end_post"),
    path(f"{_HERE}units/add/", views.add_unit, name="add_unit"),
    path(f"{_HERE}registers/", views.extracts, name="extracts"),
    path(f"{_HERE}trail/", views.audit, name="audit"),
]
for _key in settings.EVENHAND_OIDC:  # a service that nobody named has no address, and its library is not imported
    from . import oidc

    urlpatterns += [
        path(f"sign-in/{_key}/", oidc.Ask.as_view(provider_key=_key), name=f"{_key}_ask"),
        path(f"sign-in/{_key}/back/", oidc.Answer.as_view(provider_key=_key), name=f"{_key}_callback"),
    ]
