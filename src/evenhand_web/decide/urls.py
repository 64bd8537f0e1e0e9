"""The pages of DECIDE; every one begins with an organisation (see evenhand_web/urls.py)."""

app_name = "decide"
urlpatterns: list = []
