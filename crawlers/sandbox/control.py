"""The sandbox's own door, below /_control/: let time pass, switch faults on, ask for the truth."""

from typing import Any

from crawlers.sandbox import oauth, yelp_webhook
from crawlers.sandbox.faults import KINDS, Fault
from crawlers.sandbox.ledger import ledger
from crawlers.sandbox.planting import Role, listings_of
from crawlers.sandbox.state import FIELD_PARTS, Sandbox
from crawlers.sandbox.twins import MISHAPS, TWINS
from crawlers.sandbox.users_file import locations_csv
from crawlers.sandbox.wire import Answered, Asked, GoogleError, json_answer, json_body


class Unknown(ValueError):
    """A control request that names nothing the sandbox knows."""


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one control request; 400 with a sentence when it can't be done."""
    try:
        match asked.method, asked.path:
            case "GET", "/ledger":
                return json_answer(ledger(sandbox, _range(sandbox, asked)))
            case "GET", "/locations.csv":
                return Answered(
                    200, locations_csv(sandbox.world).encode(), {"content-type": "text/csv; charset=utf-8"}
                )
            case "POST", "/announce":
                return json_answer({"status": yelp_webhook.announce(sandbox, **json_body(asked))})
            case "GET", "/":
                return json_answer(_state(sandbox))
            case _:
                return _changed(sandbox, asked)
    except (ValueError, TypeError, GoogleError) as refused:
        return json_answer({"error": str(refused)}, 400)


def _changed(sandbox: Sandbox, asked: Asked) -> Answered:
    match asked.method, asked.path:
        case "POST", "/advance":
            sandbox.advance(float(asked.query.get("days", "1")))
        case "POST", "/faults":
            set_fault(sandbox, **json_body(asked))
        case "DELETE", "/faults":
            sandbox.faults.clear()
        case "POST", "/fix":
            set_right(sandbox, **json_body(asked))
        case "POST", "/revoke":
            sandbox.revoked.add(oauth.REFRESH_TOKEN)
            sandbox.tokens.clear()
        case _:
            return json_answer({"error": f"no control {asked.method} {asked.path}"}, 404)
    return json_answer(_state(sandbox))


def set_fault(sandbox: Sandbox, source: str, kind: str, count: int | None = None, path: str = "") -> None:
    """Switch a fault on for a source's next `count` answers whose path holds `path`.

    None is until switched off; kind "none" switches it off. Raises Unknown for a wrong source or kind.
    """
    if source not in TWINS:
        raise Unknown(f"source is one of {', '.join(TWINS)}, not {source}")
    if kind == "none":
        sandbox.faults.pop(source, None)
    elif kind in (kinds := dict.fromkeys((*KINDS, *MISHAPS.get(source, ())))):
        sandbox.faults[source] = Fault(kind, count, path)
    else:
        raise Unknown(f"kind is none or one of {', '.join(kinds)}, not {kind}")


def set_right(sandbox: Sandbox, source: str, code: str, field: str) -> None:
    """The source shows the truth from now on: somebody used its own form, or mended the page.

    Raises Unknown when that source lists no such location.
    """
    try:
        index = sandbox.world.index_of(code)
    except KeyError as missing:
        raise Unknown(f"no location {code}") from missing
    truth = sandbox.world.facts(index)
    parts = FIELD_PARTS.get(field, (field,))
    own = [entry for entry in listings_of(sandbox.world, source, index) if entry.role is Role.OWN]
    if not own or not all(hasattr(truth, part) for part in parts):
        raise Unknown(f"{source} has no {field} of {code}")
    sandbox.fix(own[0], {part: getattr(truth, part) for part in parts}, at_once=True)


def _range(sandbox: Sandbox, asked: Asked) -> range:
    total = sandbox.world.locations + sandbox.world.siblings
    first, last = int(asked.query.get("from", "0")), int(asked.query.get("to", str(total)))
    return range(max(0, first), min(last, total))


def _state(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "now": sandbox.now.isoformat(),
        "day": sandbox.day,
        "locations": sandbox.world.locations,
        "seed": sandbox.world.seed,
        "faults": {
            source: {"kind": fault.kind, "left": fault.left, "path": fault.path}
            for source, fault in sandbox.faults.items()
        },
    }
