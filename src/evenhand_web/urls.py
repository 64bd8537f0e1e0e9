"""Where each page lives: a step's pages lie under the organisation that they are about."""

from django.urls import include, path

from . import api

_HERE = "organisations/<str:code>/"

urlpatterns = [
    path("api/", api.home, name="api_home"),
    path("api/", api.api.urls),
    path("api/<path:rest>", api.not_there, name="api_not_there"),
    path("", include("evenhand_web.site.urls")),
    path("", include("evenhand_web.people.urls")),
    path("", include("evenhand_web.home.urls")),
    path("bulletins/", include("evenhand_web.change.letter_urls")),
    path(f"{_HERE}listen/", include("evenhand_web.listen.urls")),
    path(f"{_HERE}see/", include("evenhand_web.see.urls")),
    path(f"{_HERE}decide/", include("evenhand_web.decide.urls")),
    path(f"{_HERE}change/", include("evenhand_web.change.urls")),
    path(f"{_HERE}prove/", include("evenhand_web.prove.urls")),
    path(f"{_HERE}account/", include("evenhand_web.account.urls")),
]
handler403 = "evenhand_web.site.views.not_allowed"
handler404 = "evenhand_web.site.views.not_found"
handler500 = "evenhand_web.site.views.broken"
