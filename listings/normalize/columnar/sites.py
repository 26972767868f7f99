"""Web addresses in columns: plain ones in parts by one pattern, the others one by one."""

import polars as pl

from listings.normalize.columnar.distinct import Row, spread, usually
from listings.normalize.web_address import (
    DIRECTORY_DOMAINS,
    DIRECTORY_NAMES,
    HOME_PAGE,
    MOBILE,
    registrable_domain,
    web_form,
)

_SCHEMA = {"domain": pl.String, "page": pl.String}
_PLAIN = (
    r"^(?:https?://)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[A-Za-z0-9_./-]*)?"
    r"(?:\?(?:utm_[a-z_]+=[A-Za-z0-9_.-]*(?:&|$))+)?$"
)
"""A host, a path without escapes, and no parameters but Google Analytics' campaign ones."""
_LONGEST = 500


def sites(website: pl.Series) -> pl.DataFrame:
    """The columns domain and page."""
    given = pl.DataFrame({"text": website})
    known = given.filter(pl.col("text").is_not_null()).unique()
    return spread(given, known, _forms(known))


def _forms(texts: pl.DataFrame) -> pl.DataFrame:
    plain = pl.col("text").str.contains(_PLAIN) & (pl.col("text").str.len_bytes() < _LONGEST)
    address = pl.col("text").str.strip_prefix("https://").str.strip_prefix("http://")
    parts = (
        texts.select(address=pl.when(plain).then(address.str.splitn("?", 2).struct.field("field_0")))
        .select(pl.col("address").str.splitn("/", 2).struct.rename_fields(["host", "path"]))
        .unnest("address")
        .with_columns(_host(), path=("/" + pl.col("path")).fill_null("").str.strip_chars_end("/"))
    )
    parts = parts.with_columns(domain=_domains(parts["host"]))
    label = pl.col("domain").str.splitn(".", 2).struct.field("field_0")
    own = ~pl.col("domain").is_in(DIRECTORY_DOMAINS) & ~label.is_in(DIRECTORY_NAMES)
    usual = ~pl.col("path").str.contains(HOME_PAGE) & ~pl.col("host").str.contains("xn--", literal=True)
    quick = parts.select(
        domain=pl.when(own).then("domain"),
        page=pl.when(pl.col("path") != "").then(pl.col("host") + pl.col("path")),
        usual=usual & pl.col("host").is_not_null(),
    )
    return usually(quick, texts, site_row, _SCHEMA)


def _host() -> pl.Expr:
    host = pl.col("host").str.to_lowercase()
    for prefix in MOBILE:
        rest = host.str.slice(len(prefix))
        longer = host.str.starts_with(prefix) & rest.str.contains(".", literal=True)
        host = pl.when(longer).then(rest).otherwise(host)
    return host


def _domains(host: pl.Series) -> pl.Series:
    """The registrable domain of each host; one of two labels is its own."""
    texts = pl.DataFrame({"host": host})
    long = pl.col("host").str.contains(r"\..*\.")
    quick = texts.select(domain="host", usual=~long.fill_null(value=False))
    return usually(quick, texts, lambda text: (registrable_domain(text or ""),), {"domain": pl.String})[
        "domain"
    ]


def site_row(address: str | None) -> Row:
    """The columns of `sites` of one address."""
    form = web_form(address or "")
    if form is None:
        return None, None
    page = form.host + form.path if form.path not in ("", "/") else None
    return None if form.aggregator else form.domain, page
