"""Why each practice earns what it earns of confirmed savings, in a sentence."""

from __future__ import annotations

from .gainshare import Claimant, GainShareScheme, Payment


def payment_words(scheme: GainShareScheme, one: Claimant, payment: Payment) -> str:
    """The sentence that stands beside a payment."""
    if payment.if_open_pence == 0:
        return _nothing(scheme, one, payment)
    of = f"{float(scheme.share):.4%}".rstrip("%0").rstrip(".") + "%"
    said = f"{of} of £{payment.above_threshold:,.2f} confirmed"
    if payment.above_threshold < float(one.confirmed):
        said += " above the threshold"
    if payment.limited_by:
        said += ", held at the cap for its list" if payment.limited_by == "cap" else ", shrunk to fit the pot"
    if scheme.quality:
        said += f", times {payment.quality:.0%} of the quality points"
    if payment.gate == "open":
        return said
    shut = [gate.question for gate, word in zip(scheme.gates, one.gates, strict=True) if word == payment.gate]
    became = "waits until it is known" if payment.gate == "waits" else "is not paid"
    return f"{said}: £{payment.if_open_pence / 100:,.2f} {became} ({'; '.join(shut)})"


def _nothing(scheme: GainShareScheme, one: Claimant, payment: Payment) -> str:
    if one.confirmed <= 0:
        return "nothing is confirmed yet; an underspend for another reason is not earned"
    if payment.above_threshold == 0:
        return f"£{float(one.confirmed):,.2f} confirmed does not pass the threshold"
    if scheme.quality and payment.quality == 0:
        return "no quality points were achieved"
    return "comes to less than a penny"
