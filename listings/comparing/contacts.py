"""Phone numbers and web addresses of record and listing."""

from listings.comparing.verdicts import Comparison, compatible, different, equivalent, same
from listings.normalize.phone import PhoneForm, phone_form, region_of
from listings.normalize.phone_kinds import is_central
from listings.normalize.web_address import WebForm, web_form


def compare_phone(left: str, right: str, country: str | None = None) -> Comparison:
    """The record's phone number against the listing's, both as dialled in `country` (None is US)."""
    if left.strip() == right.strip():
        return same("phone")
    ours, theirs = phone_form(left, country), phone_form(right, country)
    if ours.e164 and not theirs.e164:
        theirs = phone_form(right, region_of(ours.e164))
    elif theirs.e164 and not ours.e164:
        ours = phone_form(left, region_of(theirs.e164))
    if ours.e164 and theirs.e164:
        return _compare_valid(ours, theirs)
    if ours.digits == theirs.digits != "":
        return equivalent("phone.format")
    if _ends_with(ours.digits, theirs.digits) or _ends_with(theirs.digits, ours.digits):
        return compatible("phone.area_code_missing")
    return different("phone.other_number" if theirs.e164 else "phone.not_valid")


def _compare_valid(ours: PhoneForm, theirs: PhoneForm) -> Comparison:
    if ours.e164 != theirs.e164:
        toll = is_central(theirs.e164 or "") and not is_central(ours.e164 or "")
        return different("phone.toll_free" if toll else "phone.other_number")
    if ours.extension == theirs.extension:
        return equivalent("phone.format")
    if ours.extension and theirs.extension:
        return different("phone.other_extension")
    return compatible("phone.extension_missing")


def _ends_with(whole: str, end: str) -> bool:
    return len(end) >= 6 and len(whole) - len(end) >= 2 and whole.endswith(end.lstrip("0"))


def compare_website(left: str, right: str, country: str | None = None) -> Comparison:  # noqa: ARG001
    """The record's web address against the listing's."""
    if left.strip() == right.strip():
        return same("website")
    ours, theirs = web_form(left), web_form(right)
    if ours is None or theirs is None:
        return different("website.not_valid")
    if ours.domain != theirs.domain:
        directory = theirs.aggregator and not ours.aggregator
        return different("website.directory" if directory else "website.other_site")
    return _compare_pages(ours, theirs)


def _compare_pages(ours: WebForm, theirs: WebForm) -> Comparison:
    first, second = ours.path.lower(), theirs.path.lower()
    if first == second and ours.host == theirs.host:
        return equivalent("website.format")
    if ours.aggregator:
        return different("website.other_page")
    if first == second == "/" and ours.domain not in (ours.host, theirs.host):
        return different("website.other_page")  # two branches, each with a subdomain of its own
    if first.partition("?")[0] == second.partition("?")[0]:
        return _compare_parameters(first, second)
    if "/" in (first, second) or _inside(first, second) or _inside(second, first):
        return compatible("website.page_of_site")
    return different("website.other_page")


def _compare_parameters(first: str, second: str) -> Comparison:
    """One page on two subdomains, or with other parameters: the same names with other values choose
    another page."""
    if first == second:
        return compatible("website.subdomain")
    names = [
        [pair.partition("=")[0] for pair in page.partition("?")[2].split("&")] for page in (first, second)
    ]
    return different("website.other_page") if names[0] == names[1] else compatible("website.parameters")


def _inside(page: str, folder: str) -> bool:
    return page.startswith(folder.partition("?")[0].rstrip("/") + "/")
