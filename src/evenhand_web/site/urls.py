"""The accessibility statement."""

from django.urls import path

from . import views

app_name = "site"
urlpatterns = [path("accessibility/", views.accessibility, name="accessibility")]
