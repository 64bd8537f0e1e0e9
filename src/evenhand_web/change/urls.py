"""The pages of CHANGE; every one begins with an organisation (see evenhand_web/urls.py)."""

app_name = "change"
urlpatterns: list = []
