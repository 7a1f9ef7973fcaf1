"""Money: whole minor units and an ISO 4217 currency; never a fraction. And how it is said."""

from pydantic import Field

from schemas.base import Schema
from schemas.cards import Currency
from workflows.spoken import spoken_number

_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}
"""Digits after the point where they are not two (ISO 4217)."""
_NAMES = {
    "USD": ("dollar", "dollars", "cent", "cents"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "CHF": ("franc", "francs", "centime", "centimes"),
    "DKK": ("krone", "kroner", "øre", "øre"),
    "SEK": ("krona", "kronor", "öre", "öre"),
    "NOK": ("krone", "kroner", "øre", "øre"),
    "JPY": ("yen", "yen", "", ""),
}


class Money(Schema):
    """``amount`` in the currency's minor units: 12050 USD are a hundred and twenty dollars and fifty cents."""

    amount: int = Field(ge=0, le=10**12, strict=True)
    currency: Currency

    @property
    def written(self) -> str:
        """As it stands on a receipt: "120.50 USD"."""
        digits = _DIGITS.get(self.currency, 2)
        whole, part = divmod(self.amount, 10**digits)
        return f"{whole}.{part:0{digits}} {self.currency}" if digits else f"{whole} {self.currency}"

    @property
    def spoken(self) -> str:
        """As it is said: "one hundred and twenty dollars and fifty cents"."""
        digits = _DIGITS.get(self.currency, 2)
        whole, part = divmod(self.amount, 10**digits)
        one, many, unit, units = _NAMES.get(self.currency, (self.currency, self.currency, "", ""))
        said = [f"{spoken_number(whole)} {one if whole == 1 else many}"] if whole or not part else []
        if part:
            name = unit if part == 1 else units
            said.append(f"{spoken_number(part)} {name}" if name else f"point {spoken_number(part)}")
        return " and ".join(said)
