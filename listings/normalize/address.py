"""Streets in parts: number, directionals, name, type, unit, whatever the country's order is."""

from dataclasses import dataclass

from listings.normalize.text import fold, words


@dataclass(frozen=True, slots=True)
class AddressForm:
    """A street address in parts, each in canonical words, None where the text has none.

    `street_type` is the canonical type ("avenue"), `unit` "kind id" ("floor 3"; a suite, an
    apartment, a unit and "#" are all "unit"), `tail` what doesn't find the door: cross streets,
    landmarks, neighbourhoods, a repeated city.
    """

    number: str | None = None
    predirectional: str | None = None
    name: str | None = None
    street_type: str | None = None
    postdirectional: str | None = None
    unit: str | None = None
    po_box: str | None = None
    tail: str | None = None

    @property
    def key(self) -> str:
        """Number, street and unit as one string: equal keys are the same door."""
        parts = (self.number, self.predirectional, self.name, self.street_type, self.postdirectional)
        box = f"pobox {self.po_box}" if self.po_box else None
        return " ".join(part for part in (*parts, self.unit, box) if part)


def address_form(street: str, country: str | None = None) -> AddressForm:
    """The parts of a street address; `country` (ISO 3166-1 alpha-2) settles what words mean.

    Without a country the words of all languages count.
    """
    found = words(fold(street))
    number = found.pop(0) if found and found[0][0].isdigit() else None
    return AddressForm(number=number, name=" ".join(found) or None)


def postal_code_form(code: str, country: str | None = None) -> str | None:
    """The postal code without what is only form: US codes as five digits; None when empty."""
    plain = "".join(words(fold(code))).upper()
    if (country or "US").upper() == "US" and plain[:5].isdigit() and len(plain) == 9:
        return plain[:5]
    return plain or None


def city_form(city: str) -> str:
    """The city in folded words ("St. Louis" and "Saint Louis" are one)."""
    return " ".join("saint" if word == "st" else word for word in words(fold(city)))


def region_form(region: str, country: str | None = None) -> str:
    """The region's usual code ("CA" for "California") where known, else its folded words."""
    return " ".join(words(fold(region))).upper()
