"""The pages of SEE; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views

app_name = "see"
urlpatterns = [
    path("", views.index, name="index"),
    path("changed/", views.changed, name="changed"),
    path("outliers/", views.outliers, name="outliers"),
    path("outliers/medicines/", views.medicines, name="medicines"),
    path("explore/", views.explore, name="explore"),
    path("explore/keep/", views.keep, name="keep"),
    path("explore/<str:key>/forget/", views.forget, name="forget"),
    path("groups/", views.groups, name="groups"),
    path("groups/new/", views.new_group, name="new_group"),
    path("groups/<str:key>/", views.group, name="group"),
    path("groups/<str:key>/remove/", views.remove_group, name="remove_group"),
    path("<slug:measure>/follow/", views.follow, name="follow"),
    path("<slug:measure>/rows/", views.rows, name="rows"),
    path("<slug:measure>/presentations/", views.presentations, name="presentations"),
]
