"""Forms about people: signing in, joining, looking after others."""

from .desk import ConfirmForm, EndForm, ExtractForm, PostForm, RefuseForm, UnitForm
from .register import DetailsForm, EraseForm, LinkForm, RegisterForm, consent_form
from .sign_in import SignInForm

__all__ = [
    "ConfirmForm", "DetailsForm", "EndForm", "EraseForm", "ExtractForm", "LinkForm", "PostForm", "RefuseForm",
    "RegisterForm", "SignInForm", "UnitForm", "consent_form",
]  # fmt: skip
