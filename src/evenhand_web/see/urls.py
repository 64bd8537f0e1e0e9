"""The pages of SEE; every one begins with an organisation (see evenhand_web/urls.py)."""

from django.urls import path

from . import views

app_name = "see"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:measure>/rows/", views.rows, name="rows"),
]
