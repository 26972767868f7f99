"""Phone numbers that stand for no place: toll-free, shared-cost, premium-rate and company-wide ones.

Which they are is in each country's numbering plan, as libphonenumber's metadata has it: 0800 and
0345 in Britain, 0800 and 0180 in Germany, 1300 and 1800 in Australia, 800 and 199 in Italy.
"""

from functools import cache, lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

_KINDS = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.PREMIUM_RATE,
    }
)
_COUNTRIES = (
    "US", "GB", "IE", "DE", "AT", "CH", "FR", "BE", "NL", "LU", "IT", "ES", "PT", "DK",
    "SE", "NO", "FI", "PL", "CZ", "SK", "HU", "RO", "GR", "TR", "AU", "NZ", "ZA", "IN",
    "SG", "HK", "JP", "KR", "TH", "ID", "MY", "PH", "MX", "BR", "AR", "CL", "CO", "PE",
    "IL", "AE", "SA", "NA",
)  # fmt: skip
"""The countries whose plans `central_pattern` knows; US stands for all of North America."""


@lru_cache(maxsize=65536)
def is_central(e164: str) -> bool:
    """Whether a number in E.164 stands for no place."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(e164, None)) in _KINDS
    except phonenumbers.NumberParseException:
        return False


@cache
def central_pattern() -> str:
    """The same for digits of international numbers without their sign, as a pattern for polars and Python."""
    found = []
    for country in _COUNTRIES:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
        kinds = (plan.toll_free, plan.shared_cost, plan.uan, plan.premium_rate) if plan else ()
        patterns = {kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern}
        code = phonenumbers.country_code_for_region(country)
        found += [f"{code}(?:{pattern})" for pattern in sorted(patterns) if pattern != "NA"]
    # Without the international prefix a North American number is as good as with it.
    text = "|".join(found).replace(r"\d", "[0-9]")
    return f"^(?:{text}|8(?:00|33|44|55|66|77|88)[0-9]{{7}})$"
