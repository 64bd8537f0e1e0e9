"""The pages of LISTEN; every one begins with an organisation (see evenhand_web/urls.py)."""

app_name = "listen"
urlpatterns: list = []
