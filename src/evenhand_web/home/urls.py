"""The front page, what Evenhand is, My organisation, Measure, Pathway and the pages for a visit."""

from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("about/", views.about, name="about"),
    path("organisations/<str:code>/", views.organisation, name="organisation"),
    path("organisations/<str:code>/measures/<slug:measure>/", views.measure, name="measure"),
    path("organisations/<str:code>/pathways/<slug:pathway>/", views.pathway_page, name="pathway"),
    path("organisations/<str:code>/visit.pdf", views.visit, name="visit"),
]
