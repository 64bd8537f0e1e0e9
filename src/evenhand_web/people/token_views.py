"""The page of one's own access tokens."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from evenhand.errors import InputError

from . import tokens
from .models_tokens import AccessToken


class TokenForm(forms.Form):
    name = forms.CharField(
        label="What is it for?", max_length=80, error_messages={"required": "Say what the token is for"},
        help_text="For example: notebook on the analysts' server.",
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label="How long should it last?", coerce=int, choices=list(tokens.DAYS.items()), initial=30,
        error_messages={"required": "Choose how long it lasts"},
    )  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Each reader, about themselves alone: their tokens. Next: make one, which is shown this once; take one away."""
    form, shown = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _, shown = tokens.make(request.user, form.cleaned_data["name"], form.cleaned_data["days"])
            form = TokenForm()
        except InputError as error:
            form.add_error(None, str(error))
    return render(request, "people/tokens.html", {
        "form": form, "shown": shown, "tokens": request.user.tokens.all(),
    }, status=422 if form.errors else 200)  # fmt: skip


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Its owner alone: take a token away; from now on it opens nothing."""
    tokens.revoke(get_object_or_404(AccessToken, pk=pk, identity=request.user))
    messages.success(request, "The token is taken away. It opens nothing any more.")
    return redirect("people:tokens")
