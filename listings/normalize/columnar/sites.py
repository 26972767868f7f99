"""Web addresses in columns: plain ones in parts by one pattern, the others one by one."""

import polars as pl

from listings.normalize.columnar.distinct import Row, once, usually
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
    return once(pl.DataFrame({"text": website}), _forms)


def _forms(texts: pl.DataFrame) -> pl.DataFrame:
    plain = pl.col("text").str.contains(_PLAIN) & (pl.col("text").str.len_bytes() < _LONGEST)
    address = pl.col("text").str.strip_prefix("https://").str.strip_prefix("http://")
    parts = (
        texts.select(address=pl.when(plain).then(address.str.splitn("?", 2).struct.field("field_0")))
        .select(pl.col("address").str.splitn("/", 2).struct.rename_fields(["host", "path"]))
        .unnest("address")
        .with_columns(path=("/" + pl.col("path")).fill_null("").str.strip_chars_end("/"))
    )
    hosts = once(parts.select("host"), _hosts)
    quick = (
        parts.select("path")
        .hstack(hosts)
        .select(
            "domain",
            page=pl.when(pl.col("path") != "").then(pl.col("host") + pl.col("path")),
            usual=pl.col("usual") & ~pl.col("path").str.contains(HOME_PAGE),
        )
    )
    return usually(quick, texts, site_row, _SCHEMA)


def _hosts(hosts: pl.DataFrame) -> pl.DataFrame:
    """Hosts in their plain form, the domain of those that are a business's own, and whether each is usual."""
    host = _plain_hosts(hosts["host"])
    label = pl.col("domain").str.splitn(".", 2).struct.field("field_0")
    own = ~pl.col("domain").is_in(DIRECTORY_DOMAINS) & ~label.is_in(DIRECTORY_NAMES)
    return pl.DataFrame({"host": host, "domain": _domains(host)}).select(
        "host",
        domain=pl.when(own).then("domain"),
        usual=pl.col("host").is_not_null() & ~pl.col("host").str.contains("xn--", literal=True),
    )


def _plain_hosts(host: pl.Series) -> pl.Series:
    host = host.str.to_lowercase()
    for prefix in MOBILE:
        # One step after the other: as a single expression each would be computed anew in all that follow.
        rest = pl.col("host").str.slice(len(prefix))
        longer = pl.col("host").str.starts_with(prefix) & rest.str.contains(".", literal=True)
        host = host.to_frame().select(pl.when(longer).then(rest).otherwise("host").alias("host"))["host"]
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
