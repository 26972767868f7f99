"""Each reason code in a sentence that a marketer understands."""

from listings.comparing.verdicts import Comparison

_ANY_FIELD = {
    "same": "Same {field}.",
    "format": "Same {field}, only written differently.",
    "not_on_listing": "The listing shows no {field}.",
    "not_on_record": "Your record has no {field} to compare with.",
    "too_long": "One {field} is longer than any real one.",
    "nowhere": "Neither your record nor the listing has any {field}.",
}

_SENTENCES = {
    "name.store_number": "Only one of the names carries a store number.",
    "name.other_store_number": "The names carry different store numbers.",
    "name.place": "The name is the same, one side adds a city or neighbourhood.",
    "name.category": "The name is the same, one side adds what kind of business it is.",
    "name.brand_in_front": "The name is the same, one side puts another brand in front.",
    "name.ending": "The names differ only in an ending such as “s”.",
    "name.small_words": "The names differ only in small words such as “the” or “of”.",
    "name.extra_words": "One name has words that the other lacks.",
    "name.spelling": "The names are spelled differently.",
    "name.department": "One name is a department of the place, which has a listing of its own.",
    "name.other_name": "The listing has another name.",
    "street.name_only": "Both give the same street, one without its type or direction.",
    "street.number_only": "Both give the same number, one says what it numbers.",
    "street.highway_form": "Both give the same numbered road in different words.",
    "street.other_po_box": "The listing gives another PO box.",
    "street.po_box": "One side gives a PO box, the other a street.",
    "street.po_box_missing": "Only one side gives the PO box.",
    "street.other_number": "The house number differs.",
    "street.number_missing": "Only one side gives the house number.",
    "street.number_range": "One house number lies in the range that the other gives.",
    "street.other_name": "The listing gives another street.",
    "street.name_missing": "Only one side gives the name of the street.",
    "street.title_missing": "The street is the same, one side leaves out a title.",
    "street.shortened": "The street is the same, one side leaves out a first name.",
    "street.initials": "The street is the same, one side shortens a name to its initial.",
    "street.other_type": "The street has the same name but another type, such as Street and Avenue.",
    "street.type_missing": "The street is the same, one side leaves out its type.",
    "street.other_direction": "The street's direction differs, such as North and South.",
    "street.direction_missing": "The street is the same, one side leaves out its direction.",
    "street.other_unit": "The suite, floor or unit differs.",
    "street.unit_missing": "Only one side gives the suite, floor or unit.",
    "street.extra_words": "The address is the same, one side adds words about the place.",
    "city.part": "One city name is a part of the other.",
    "city.spelling": "The city is spelled differently.",
    "city.same_postal_code": "The city names differ, but the postal code covers both.",
    "city.other": "The listing gives another city.",
    "region.not_known": "One of the states is written in a way that can't be compared.",
    "region.other": "The listing gives another state.",
    "postal_code.part": "One postal code is the first part of the other.",
    "postal_code.other": "The listing gives another postal code.",
    "phone.area_code_missing": "The number is the same, one side leaves out the area code.",
    "phone.extension_missing": "The number is the same, one side leaves out the extension.",
    "phone.other_extension": "The number is the same, the extension differs.",
    "website.declared": "The listing shows an address that you declared to lead to your website.",
    "street.unit_not_shown": "The source has no place for the suite.",
    "phone.declared": "The listing shows a number that you declared as your own.",
    "phone.toll_free": "The listing shows a toll-free or company-wide number instead of yours.",
    "phone.not_valid": "The listing's phone number can't be dialled.",
    "phone.other_number": "The listing shows another phone number.",
    "website.page_of_site": "Both lead to the same site, one to its home page, one to a page in it.",
    "website.subdomain": "Both lead to the same site under different subdomains.",
    "website.parameters": "Both lead to the same page with different parameters.",
    "website.other_page": "The listing leads to another page of the site.",
    "website.directory": "The listing leads to a directory or social page instead of your own site.",
    "website.other_site": "The listing leads to another website.",
    "website.not_valid": "One of the web addresses can't be opened.",
    "hours.other_days": "The listing is open or closed on other days.",
    "hours.other_times": "The listing shows other opening times.",
    "hours.other_special_day": "A special day has other hours.",
    "hours.special_day_missing": "The week is the same, one side lacks special days.",
    "hours.day_missing": "The known days are the same, one side leaves out some.",
    "hours.week_missing": "Only one side gives weekly hours.",
    "hours.not_readable": "The hours are written in a way that can't be compared.",
    "special_hours.other_special_day": "A special day has other hours.",
    "special_hours.special_day_missing": "One side lacks special days.",
    "special_hours.not_readable": "The special hours are written in a way that can't be compared.",
    "category.broader": "The listing's category is more general than yours.",
    "category.narrower": "The listing's category is more specific than yours.",
    "category.not_first": "Your category is on the listing, but not as its first.",
    "category.not_mapped": "The categories can't be compared.",
    "category.other": "The listing has another category.",
    "status.not_known": "It isn't known whether the place is open.",
    "status.open_on_listing": "The listing says the place is open.",
    "status.closed_on_listing": "The listing says the place is closed for good.",
    "status.temporarily_closed_on_listing": "The listing says the place is closed for now.",
    "coordinates.no_point": "One side has no usable map pin.",
    "coordinates.near": "The map pin is at the door.",
    "coordinates.on_the_street": "The map pin is near, on the street or the lot.",
    "coordinates.far": "The map pin is somewhere else.",
}
_DAY_NAMES = {
    "mo": "Monday", "tu": "Tuesday", "we": "Wednesday", "th": "Thursday", "fr": "Friday", "sa": "Saturday",
    "su": "Sunday",
}  # fmt: skip
_FIELD_NAMES = {
    "postal_code": "postal code", "special_hours": "special hours", "coordinates": "map pin", "region": "state",
    "status": "open status",
}  # fmt: skip

REASONS = frozenset(_SENTENCES)
"""All reason codes but those every field has (`.same`, `.format`, `.not_on_listing` …)."""


def sentence(comparison: Comparison) -> str:
    """The reason in words, with the days or the distance that it is about."""
    field, _, code = comparison.reason.partition(".")
    text = _SENTENCES.get(comparison.reason) or _ANY_FIELD[code]
    return text.format(field=_FIELD_NAMES.get(field, field)) + _detail(comparison)


def _detail(comparison: Comparison) -> str:
    if comparison.days:
        days = ", ".join(_DAY_NAMES[day] for day in comparison.days)
        return f" {days}: {_duration(comparison.minutes or 0)} in all."
    if comparison.dates:
        return " " + ", ".join(date.isoformat() for date in comparison.dates) + "."
    if comparison.metres is not None:
        return f" {_distance(comparison.metres)} apart."
    return ""


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" * bool(hours), f"{rest} min" * bool(rest)) if part)


def _distance(metres: float) -> str:
    return f"{metres / 1000:.1f} km" if metres >= 1000 else f"{metres:.0f} m"
