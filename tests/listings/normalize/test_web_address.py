import pytest

from listings.normalize.web_address import WebForm, web_form


@pytest.mark.parametrize(
    ("url", "host", "domain", "path"),
    [
        ("https://www.Kestrel.com:443/", "kestrel.com", "kestrel.com", "/"),
        ("kestrel.co.uk/a/?b=2&a=1&utm_source=x#f", "kestrel.co.uk", "kestrel.co.uk", "/a?a=1&b=2"),
        ("http://stores.kestrel.com/index.html", "stores.kestrel.com", "kestrel.com", "/"),
        ("https://kestrel.com/Tacoma/?gclid=1&source=gmb", "kestrel.com", "kestrel.com", "/Tacoma"),
        ("https://kestrel.com/?source=newsletter", "kestrel.com", "kestrel.com", "/?source=newsletter"),
        ("https://xn--mller-kva.de", "müller.de", "müller.de", "/"),
        ("https://kestrel.wixsite.com/home", "kestrel.wixsite.com", "kestrel.wixsite.com", "/home"),
        ("http://kestrel.com:8080/", "kestrel.com:8080", "kestrel.com", "/"),
    ],
)
def test_what_chooses_the_page(url: str, host: str, domain: str, path: str) -> None:
    assert web_form(url) == WebForm(host, domain, path, aggregator=False)


@pytest.mark.parametrize(
    "url",
    ["facebook.com/kestrel", "https://maps.google.co.uk/?cid=1", "https://www.yelp.fr/biz/k", "bit.ly/3x"],
)
def test_a_directory_or_network_is_not_the_own_site(url: str) -> None:
    form = web_form(url)
    assert form is not None
    assert form.aggregator


@pytest.mark.parametrize(
    "url", ["", "  ", "n/a", "mailto:a@b.example", "http://[::1", "ftp://kestrel.com", "http://a b.com"]
)
def test_what_leads_to_no_site_has_no_form(url: str) -> None:
    assert web_form(url) is None
