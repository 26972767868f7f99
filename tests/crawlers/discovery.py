"""Google's discovery documents, and where a request or an answer departs from them.

The documents come with google-api-python-client. The API v4, in which reviews live, isn't among
them: its few methods are written down here from its reference,
https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews, with what
https://developers.google.com/my-business/content/latest-updates added in 2026.
"""

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawlers.source import Request

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?Z")
TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
TIME = {"type": "string", "format": "google-datetime"}
STARS = ["STAR_RATING_UNSPECIFIED", "ONE", "TWO", "THREE", "FOUR", "FIVE"]


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(schema: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": schema}}


def _method(verb: str, path: str, *parameters: str, request: str = "") -> dict[str, Any]:
    known = {name: NUMBER if name == "pageSize" else TEXT for name in parameters}
    return {
        "httpMethod": verb,
        "flatPath": path,
        "parameters": known,
        "request": {"$ref": request} if request else None,
    }


_V4 = "v4/accounts/{accountsId}/locations"
REVIEWS_V4: dict[str, Any] = {
    "rootUrl": "https://mybusiness.googleapis.com/",
    "schemas": {
        "Review": _object(
            name=TEXT, reviewId=TEXT, reviewer={"$ref": "Reviewer"}, starRating={"type": "string", "enum": STARS},
            comment=TEXT, createTime=TIME, updateTime=TIME, reviewReply={"$ref": "ReviewReply"},
            reviewReplyUrl=TEXT, reviewMediaItems=_list("ReviewMediaItem"),
        ),
        "Reviewer": _object(profilePhotoUrl=TEXT, displayName=TEXT, isAnonymous=FLAG),
        "ReviewReply": _object(
            comment=TEXT, updateTime=TIME, policyViolation={"type": "any"},
            reviewReplyState={"type": "string", "enum": ["PENDING", "REJECTED", "APPROVED"]},
        ),
        "ReviewMediaItem": _object(thumbnailUrl=TEXT, thumbnailLabel=TEXT, videoUrl=TEXT),
        "ListReviewsResponse": _object(
            reviews=_list("Review"), averageRating={"type": "number"}, totalReviewCount=NUMBER, nextPageToken=TEXT
        ),
        "BatchGetReviewsRequest": _object(
            locationNames={"type": "array", "items": TEXT}, pageSize=NUMBER, pageToken=TEXT, orderBy=TEXT,
            ignoreRatingOnlyReviews=FLAG,
        ),
        "BatchGetReviewsResponse": _object(locationReviews=_list("LocationReview"), nextPageToken=TEXT),
        "LocationReview": _object(name=TEXT, review={"$ref": "Review"}),
    },
    "methods": {
        "list": _method("GET", f"{_V4}/{{l}}/reviews", "pageSize", "pageToken", "orderBy"),
        "get": _method("GET", f"{_V4}/{{l}}/reviews/{{r}}"),
        "reply": _method("PUT", f"{_V4}/{{l}}/reviews/{{r}}/reply", request="ReviewReply"),
        "take_back": _method("DELETE", f"{_V4}/{{l}}/reviews/{{r}}/reply"),
        "batch": _method("POST", f"{_V4}:batchGetReviews", request="BatchGetReviewsRequest"),
    },
}  # fmt: skip
NAMES = (
    "mybusinessaccountmanagement.v1", "mybusinessbusinessinformation.v1", "mybusinessnotifications.v1", "places.v1",
)  # fmt: skip


@cache
def document(name: str) -> dict[str, Any]:
    """One API's description."""
    if name == "mybusiness.v4":
        return REVIEWS_V4
    package = importlib.util.find_spec("googleapiclient")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).parent / "discovery_cache" / "documents" / f"{name}.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def departures(name: str, schema: str, *bodies: Any) -> list[str]:
    """Where bodies depart from a schema of an API; a body that says nothing departs too."""
    schemas = document(name)["schemas"]
    return [
        row
        for body in bodies
        for row in (faults(schemas, {"$ref": schema}, body, schema) if body else ["empty"])
    ]


def faults(schemas: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> list[str]:
    """Where `value` departs from the discovery schema: unknown keys, wrong types, unknown enum words."""
    if "$ref" in schema:
        return faults(schemas, schemas[schema["$ref"]], value, at)
    if schema["type"] == "array":
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [row for item in value for row in faults(schemas, schema["items"], item, f"{at}[]")]
    if schema["type"] == "any":
        return []
    wrong = not isinstance(value, TYPES[schema["type"]]) or (
        schema["type"] != "boolean" and isinstance(value, bool)
    )
    if wrong or ("enum" in schema and value not in schema["enum"]):
        return [f"{at}: {value!r} isn't {schema.get('enum') or schema['type']}"]
    if schema.get("format") == "google-datetime" and not MOMENT.fullmatch(value):
        return [f"{at}: {value!r} is no time as Google writes it"]
    return _keys(schemas, schema, value, at) if isinstance(value, dict) else []


def _keys(schemas: dict[str, Any], schema: dict[str, Any], value: dict[str, Any], at: str) -> list[str]:
    known = schema.get("properties", {})
    rows = []
    for key, item in value.items():
        if key in known:
            rows += faults(schemas, known[key], item, f"{at}.{key}")
        elif "additionalProperties" not in schema:
            rows.append(f"{at}.{key} isn't in the schema")
    return rows


def objections(request: Request) -> list[str]:
    """Why Google's own description of its APIs doesn't know a request."""
    parts = urlsplit(request.url)
    for name in (*NAMES, "mybusiness.v4"):
        if document(name)["rootUrl"] == f"{parts.scheme}://{parts.netloc}/":
            return _objections(document(name), request, parts.path.lstrip("/"), dict(parse_qsl(parts.query)))
    return [f"no API at {parts.netloc}"]


def _objections(api: dict[str, Any], request: Request, path: str, query: dict[str, str]) -> list[str]:
    for method in _methods(api):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/:]+", re.escape(method["flatPath"]))
        if method["httpMethod"] == request.method and re.fullmatch(pattern, path):
            known = {**api.get("parameters", {}), **method.get("parameters", {})}
            rows = [
                f"{key}={value} is no parameter"
                for key, value in query.items()
                if not _fits(known.get(key), value)
            ]
            return rows + _masks(api, method, query) + _body(api, method, request)
    return [f"no method {request.method} {path}"]


def _methods(api: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from api.get("methods", {}).values()
    for resource in api.get("resources", {}).values():
        yield from _methods(resource)


def _fits(parameter: dict[str, Any] | None, value: str) -> bool:
    if parameter is None:
        return False
    if parameter["type"] == "integer":
        return value.isdecimal()
    return parameter["type"] != "boolean" or value in {"true", "false"}


def _body(api: dict[str, Any], method: dict[str, Any], request: Request) -> list[str]:
    if request.body is None:
        return []
    if not method.get("request"):
        return ["a body where none is due"]
    return faults(api["schemas"], method["request"], json.loads(request.body), method["request"]["$ref"])


def _masks(api: dict[str, Any], method: dict[str, Any], query: dict[str, str]) -> list[str]:
    # An attributeMask names attributes, of which Google keeps the list elsewhere.
    schemas = {"readMask": "Location", "updateMask": (method.get("request") or {}).get("$ref", "")}
    return [
        f"{path} is no field of a {schema}"
        for name, schema in schemas.items()
        for path in query.get(name, "").split(",")
        if path and not has_field(api, schema, path)
    ]


def has_field(api: dict[str, Any], schema: str, path: str) -> bool:
    """Whether a field mask's path leads to a field."""
    head, _, rest = path.partition(".")
    found = api["schemas"][schema].get("properties", {}).get(head)
    if found is None or not rest:
        return found is not None
    reference = found.get("$ref") or found.get("items", {}).get("$ref")
    return reference is not None and has_field(api, reference, rest)
