"""Phone numbers: E.164 with extension, as Google's libphonenumber reads them."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

_MAX_LENGTH = 100

NANP = ("US", "CA")
"""The regions whose numbers are so many that they are judged by libphonenumber's own patterns at
once, without its slower way of finding the region of a number."""

NANP_SHAPE = r"^(?:\+?1[-. ]?)?\(?([2-9][0-9]{2})\)?[-./ ]{0,2}([0-9]{3})[-./ ]?([0-9]{4})$"
_PLAIN_NANP = re.compile(NANP_SHAPE)
_SEVERAL = re.compile(r" [/;,|&] |[;|]| or ")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PhoneForm:
    """A phone number: `e164` when it is valid in its country, `extension` in digits, and all `digits`."""

    e164: str | None
    extension: str | None
    digits: str


_NOTHING = PhoneForm(None, None, "")


def _valid_nanp() -> str:
    """The national numbers that libphonenumber's metadata holds valid in the regions of NANP."""
    patterns = set()
    for region in NANP:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        for kind in (metadata.fixed_line, metadata.mobile, metadata.toll_free) if metadata else ():
            patterns.add(kind.national_number_pattern if kind else None)
    return "|".join(f"(?:{pattern})" for pattern in sorted(filter(None, patterns)))


VALID_NANP = _valid_nanp()
_VALID_NANP = re.compile(VALID_NANP)


@lru_cache(maxsize=65536)
def phone_form(phone: str, country: str | None) -> PhoneForm:
    """The number as dialled from `country` (ISO 3166-1 alpha-2; None or "" reads as US).

    Vanity letters become digits; a number that no plan knows has no `e164`.
    """
    if not phone:
        return _NOTHING
    text = phone[:_MAX_LENGTH].strip()
    region = (country or "US").strip().upper()
    if region in NANP and (plain := _PLAIN_NANP.fullmatch(text)):
        national = "".join(plain.groups())
        if _VALID_NANP.fullmatch(national):
            return PhoneForm("+1" + national, None, national)
    return _parse(text, region)


def _parse(text: str, region: str) -> PhoneForm:
    """The number by libphonenumber; of several numbers in one text the first."""
    digits = "".join(_DIGITS.findall(text))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return PhoneForm(None, None, digits)
    if not phonenumbers.is_valid_number(number):
        first = _SEVERAL.split(text, maxsplit=1)[0]
        found = _parse(first, region) if first != text else _NOTHING
        return found if found.e164 else PhoneForm(None, number.extension, digits)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneForm(e164, number.extension, digits)


def region_of(e164: str) -> str | None:
    """The country (ISO 3166-1 alpha-2) an E.164 number belongs to, None where it can't be told."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return None
