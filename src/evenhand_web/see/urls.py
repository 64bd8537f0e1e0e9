"""The pages of SEE; every one begins with an organisation (see evenhand_web/urls.py)."""

app_name = "see"
urlpatterns: list = []
