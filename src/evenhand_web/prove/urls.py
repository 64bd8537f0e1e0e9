"""The pages of PROVE; every one begins with an organisation (see evenhand_web/urls.py)."""

app_name = "prove"
urlpatterns: list = []
