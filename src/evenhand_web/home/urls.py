"""The front page, what Evenhand is, My organisation, Measure, Pathway, the desk and the pages for a visit."""

from django.urls import path

from . import desk_views, following_views, views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("about/", views.about, name="about"),
    path("me/following/", following_views.following, name="following"),
    path("find/", desk_views.find, name="find"),
    path("organisations/<str:code>/", views.organisation, name="organisation"),
    path("organisations/<str:code>/measures/<slug:measure>/", views.measure, name="measure"),
    path("organisations/<str:code>/pathways/<slug:pathway>/", views.pathway_page, name="pathway"),
    path("organisations/<str:code>/desk/", desk_views.desk_page, name="desk"),
    path("organisations/<str:code>/desk/data/", desk_views.data_page, name="desk_data"),
    path("organisations/<str:code>/visit.pdf", views.visit, name="visit"),
]
