"""The pages of CHANGE; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views
from .views import bulletins

app_name = "change"
urlpatterns = [
    path("", views.index, name="index"),
    path("campaigns/new/practice/", views.new, {"kind": "practice"}, name="new_campaign"),
    path("campaigns/new/awareness/", views.new, {"kind": "awareness"}, name="new_awareness"),
    path("campaigns/<slug:key>/", views.campaign, name="campaign"),
    path("campaigns/<slug:key>/design/", views.design, name="design"),
    path("campaigns/<slug:key>/outcome/", views.outcome, name="outcome"),
    path("campaigns/<slug:key>/seal/", views.seal, name="seal"),
    path("campaigns/<slug:key>/launch/", views.launch, name="launch"),
    path("modules/", views.modules, name="modules"),
    path("modules/<slug:content>/aside/", views.aside, name="aside"),
    path("modules/<slug:content>/", views.module, name="module"),
    path("modules/<slug:content>/promise/", views.promise, name="promise"),
    path("campaigns/<slug:key>/spread/", views.spread, name="spread"),
    path("measures/<slug:measure>/promise/", views.promise_measure, name="promise_measure"),
    path("measures/<slug:measure>/cycle/", views.plan_cycle, name="plan_cycle"),
    path("schemes/<slug:key>/promise/", views.promise_scheme, name="promise_scheme"),
    path("schemes/<slug:key>/cycle/", views.plan_cycle_of_scheme, name="plan_cycle_of_scheme"),
    path("cycles/", views.cycles, name="cycles"),
    path("cycles/<int:pk>/", views.cycle, name="cycle"),
    path("promises/", views.promises, name="promises"),
    path("promises/<int:pk>/report/", views.report, name="report"),
    path("bulletin/", bulletins.bulletin, name="bulletin"),
    path("bulletins/", bulletins.desk, name="bulletins"),
    path("bulletins/<int:pk>/", bulletins.own_letter, name="own_letter"),
    path("reflections/", views.reflections, name="reflections"),
    path("reflections/new/", views.reflect, name="reflect"),
    path("reflections/all.<slug:kind>", views.export_reflections, name="export_reflections"),
    path("reflections/<int:pk>/", views.reflection, name="reflection"),
    path("reflections/<int:pk>/edit/", views.edit_reflection, name="edit_reflection"),
    path("reflections/<int:pk>/attach/", views.attach_result, name="attach_result"),
    path("reflections/<int:pk>/delete/", views.delete_reflection, name="delete_reflection"),
    path("reflections/<int:pk>/export.<slug:kind>", views.export_reflections, name="export_reflection"),
]
