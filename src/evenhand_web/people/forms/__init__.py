"""Forms about people: signing in, joining, looking after others."""

from .desk import ConfirmForm, EndForm, ExtractForm, PostForm, RefuseForm, UnitForm
from .register import AddressForm, DetailsForm, EraseForm, LinkForm, RegisterForm, consent_form
from .sign_in import SignInForm

__all__ = [
    "AddressForm", "ConfirmForm", "DetailsForm", "EndForm", "EraseForm", "ExtractForm", "LinkForm", "PostForm",
    "RefuseForm", "RegisterForm", "SignInForm", "UnitForm", "consent_form",
]  # fmt: skip
