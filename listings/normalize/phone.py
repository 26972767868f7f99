"""Phone numbers: E.164 with extension, as Google's libphonenumber reads them."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

_MAX_LENGTH = 100

_NANP = frozenset({"US", "CA", "PR", "GU", "VI", "AS", "MP"})
"""Where the North American plan's form can be judged by its shape; the Caribbean members share it
too, but few numbers come from there, so libphonenumber decides those."""

_PLAIN_NANP = re.compile(r"(?:\+?1[-. ]?)?\(?([2-9]\d\d)\)?[-./ ]{0,2}([2-9]\d\d)[-./ ]?(\d{4})")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PhoneForm:
    """A phone number: `e164` when it is valid in its country, `extension` in digits, and all `digits`."""

    e164: str | None
    extension: str | None
    digits: str


_NOTHING = PhoneForm(None, None, "")


@lru_cache(maxsize=65536)
def phone_form(phone: str, country: str | None) -> PhoneForm:
    """The number as dialled from `country` (ISO 3166-1 alpha-2; None reads as US).

    Vanity letters become digits; a number that no plan knows keeps only its digits.
    """
    if not phone:
        return _NOTHING
    text = phone[:_MAX_LENGTH].strip()
    region = (country or "US").strip().upper()
    digits = "".join(_DIGITS.findall(text))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return PhoneForm(None, None, digits)
    if not phonenumbers.is_valid_number(number):
        return PhoneForm(None, number.extension, digits)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneForm(e164, number.extension, digits)
