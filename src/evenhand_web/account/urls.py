"""The pages of ACCOUNT; every one begins with an organisation (see evenhand_web/urls.py)."""

app_name = "account"
urlpatterns: list = []
