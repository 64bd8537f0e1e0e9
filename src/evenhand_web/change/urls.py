"""The pages of CHANGE; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views

app_name = "change"
urlpatterns = [
    path("", views.index, name="index"),
    path("campaigns/<slug:key>/", views.campaign, name="campaign"),
    path("campaigns/<slug:key>/seal/", views.seal, name="seal"),
    path("campaigns/<slug:key>/launch/", views.launch, name="launch"),
    path("modules/", views.modules, name="modules"),
    path("modules/<slug:content>/aside/", views.aside, name="aside"),
    path("modules/<slug:content>/", views.module, name="module"),
    path("modules/<slug:content>/promise/", views.promise, name="promise"),
    path("promises/", views.promises, name="promises"),
    path("promises/<int:pk>/report/", views.report, name="report"),
]
