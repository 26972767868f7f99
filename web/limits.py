"""Limits of matching: previewed on the organization's own listings before they are saved, and taken back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit
from listings import limits as domain
from listings.access import Act as May
from listings.limits import BadLimits, Limits
from listings.matching.refit import Labelled, Proposal, Thresholds, propose_thresholds, validation
from listings.models.match_limits import MatchLimits
from listings.models.person import Person
from web import limits_preview as preview
from web.frame import say, shell
from web.limits_preview import GROUPS, PAGE, Counts
from web.places import place
from web.refusals import refuse
from web.screens.elements import Act, Banner, Choice, Field
from web.screens.limits import Bin, LimitsView, MovedRow
from web.values import listing_facts, listing_name
from web.wording import count, date

blueprint = Blueprint("limits", __name__)


@blueprint.get("/matches/limits")
def show() -> ResponseReturnValue:
    """The limits that hold, and what those of the address would change."""
    now = domain.limits_of(g.db, g.actor.organization_id)
    wanted, errors = _wanted(now)
    view = _view(now, wanted, errors)
    return render_template("matches/limits.html", shell=shell("duplicates"), view=view)


@blueprint.post("/matches/limits")
def save() -> ResponseReturnValue:
    """Let the limits of the form hold from now on; a worker sorts the listings anew."""
    try:
        wanted = domain.checked(_number(request.form.get("match")), _number(request.form.get("review")))
    except BadLimits as why:
        return refuse(str(why), "duplicates", "Back to the list")
    former = domain.limits_of(g.db, g.actor.organization_id)
    if wanted == former:
        return refuse("These limits hold already.", "duplicates", "Back to the list")
    row = domain.set_limits(g.db, g.actor.organization_id, wanted, person_id=g.actor.person_id, now=g.now)
    _note("limits.set", row)
    undo = Act("Undo", url_for("limits.undo"), style="text", key="u", values=(("id", str(row.id)),))
    say(
        f"Linked from {shown(wanted.match)}, asked from {shown(wanted.review)}. The listings are sorted now",
        undo,
    )
    return redirect(url_for("limits.show"), 303)


@blueprint.post("/matches/limits/undo")
def undo() -> ResponseReturnValue:
    """Let the former limits hold again, as long as nobody has changed them since."""
    row = domain.newest(g.db, g.actor.organization_id)
    if row is None or request.form.get("id") != str(row.id):
        return refuse("The limits were changed again since. Look at what holds now.", "duplicates", "Back")
    former = Limits(row.former_match, row.former_review)
    back = domain.set_limits(g.db, g.actor.organization_id, former, person_id=g.actor.person_id, now=g.now)
    _note("limits.taken_back", back)
    say(f"Taken back: linked from {shown(former.match)}, asked from {shown(former.review)}")
    return redirect(url_for("limits.show"), 303)


def _note(act: str, row: MatchLimits) -> None:
    detail = {"match": row.match, "review": row.review, "former": [row.former_match, row.former_review]}
    audit.record(g.db, g.actor, act, row, g.now, detail=detail)


def _wanted(now: Limits) -> tuple[Limits, dict[str, str]]:
    """The limits of the address; those that hold where it names none that can be."""
    given = {name: request.args.get(name, "").strip() for name in ("match", "review")}
    if not any(given.values()):
        return now, {}
    try:
        match, review = (_number(given[name] or str(getattr(now, name))) for name in ("match", "review"))
        return domain.checked(match, review), {}
    except BadLimits as why:
        return now, {"match": str(why)}


def in_words(limits: Limits) -> str:
    """What the two limits do, without a full stop."""
    return f"Linked from {shown(limits.match)} on, asked about from {shown(limits.review)} on"


def shown(limit: float) -> str:
    """A limit as people type it: two decimals, more where it has more."""
    return f"{limit:.2f}" if round(limit, 2) == limit else f"{limit:g}"


def _number(text: str | None) -> float:
    try:
        return float((text or "").replace(",", "."))
    except ValueError:
        raise BadLimits("Type a number such as 0.85.") from None


def _view(now: Limits, wanted: Limits, errors: dict[str, str]) -> LimitsView:
    counts = preview.count_moved(g.db, g.actor, now, wanted)
    group = request.args.get("group", "")
    if group not in GROUPS or not counts.of[group]:
        group = next((key for key in GROUPS if counts.of[key]), "appear")
    answers = preview.labels(g.db, g.actor)
    proposal = propose_thresholds(answers, Thresholds(now.match, now.review))
    rows, more = _rows(now, wanted, group)
    newest = domain.newest(g.db, g.actor.organization_id)
    mine = g.actor.may(May.ADMINISTER)
    return LimitsView(
        fact=in_words(now),
        back=url_for("matches.index"),
        action=url_for("limits.show"),
        fields=_fields(wanted, errors),
        bins=_bins(preview.histogram(g.db, g.actor), wanted),
        lines=_lines(now, wanted),
        caption="Listings by how sure the engine is",
        summary=_summary(now, wanted, counts),
        notes=_notes(now, wanted, counts, answers),
        groups=_groups(wanted, counts, group),
        rows=rows,
        more=more,
        none="" if rows or wanted == now else "No listing of yours changes under these limits.",
        proposal=proposal.says,
        use=_use(proposal) if proposal.changed else None,
        save=_save(wanted) if mine and wanted != now and not errors else None,
        reset=Act(
            f"Back to {shown(now.match)} and {shown(now.review)}", url_for("limits.show"), "get", "quiet"
        )
        if wanted != now
        else None,
        changed=_changed(newest),
        undo=_undo(newest) if mine and newest is not None else None,
    )


def _fields(wanted: Limits, errors: dict[str, str]) -> tuple[Field, ...]:
    typed = {
        name: request.args.get(name, "") if errors else shown(getattr(wanted, name))
        for name in ("match", "review")
    }
    return (
        Field("review", "Ask me from", typed["review"], hint="Below it a listing is left alone."),
        Field(
            "match",
            "Match by itself from",
            typed["match"],
            hint="From here on nobody is asked.",
            error=errors.get("match", ""),
        ),
    )


def _bins(counts: Sequence[int], wanted: Limits) -> tuple[Bin, ...]:
    most = max(counts, default=0) or 1
    width = 1 / len(counts)
    return tuple(
        Bin(
            f"{number * width:.2f} to {(number + 1) * width:.2f}",
            count,
            100 * number * width,
            # A single listing among thousands still shows.
            max(2.0, 100 * count / most) if count else 0.0,
            wanted.decision((number + 0.5) * width).value,
        )
        for number, count in enumerate(counts)
    )


def _lines(now: Limits, wanted: Limits) -> tuple[tuple[float, str, bool], ...]:
    lines = [(100 * now.match, "match, now", False), (100 * now.review, "ask, now", False)]
    if wanted.match != now.match:
        lines.append((100 * wanted.match, "match, new", True))
    if wanted.review != now.review:
        lines.append((100 * wanted.review, "ask, new", True))
    return tuple(lines)


def _summary(now: Limits, wanted: Limits, counts: Counts) -> Banner:
    if wanted == now:
        return Banner(
            "wait", "Move a limit to see which of your listings it would change.", "These limits hold."
        )
    told = [
        (counts.of["appear"], "would be linked without asking"),
        (counts.of["disappear"], "would no longer be linked, but asked about or left alone"),
        (counts.of["second"], "would be a second listing of a place that has one"),
        (counts.of["ask"], "would be asked about"),
        (counts.of["drop"], "would no longer be asked about"),
    ]
    words = "; ".join(f"{count(number, 'listing')} {what}" for number, what in told if number)
    if not words:
        return Banner(
            "wait",
            "Listings that are read from now on are decided by the new limits.",
            "Nothing of yours changes.",
        )
    return Banner("wait", "What people have decided stays as it is.", f"{words}.")


def _notes(now: Limits, wanted: Limits, counts: Counts, answers: Sequence[Labelled]) -> tuple[str, ...]:
    """What the change is worth: errors by the chances, by people's answers, by pairs checked beforehand."""
    notes = []
    if number := counts.of["appear"]:
        wrong = f"about {counts.wrong:.1f} of the {number:,} would be wrong links"
        notes.append(f"By their probabilities {wrong}.")
    if number := counts.of["second"]:
        notes.append(
            f"{count(number, 'listing')} more would become a second listing of a place that has one."
        )
    low, high = sorted((now.match, wanted.match))
    alike = [answer.same for answer in answers if low <= answer.probability < high]
    if alike:
        yes = sum(alike)
        notes.append(f"You have decided on {len(alike):,} like these: {yes:,} yes, {len(alike) - yes:,} no.")
    if wanted.match != now.match:
        before, after = (validation("link").precision(one.match) for one in (now, wanted))
        notes.append(
            f"Of pairs checked by hand, {after:.1%} of the links are right at {shown(wanted.match)}, "
            f"{before:.1%} at {shown(now.match)}."
        )
    return tuple(notes)


def _groups(wanted: Limits, counts: Counts, chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"{name} {counts.of[key]:,}", _href(wanted, group=key), key == chosen)
        for key, name in GROUPS.items()
        if counts.of[key]
    )


def _href(wanted: Limits, **more: Any) -> str:
    return url_for("limits.show", match=shown(wanted.match), review=shown(wanted.review), **more)


def _rows(now: Limits, wanted: Limits, group: str) -> tuple[tuple[MovedRow, ...], str]:
    if wanted == now:
        return (), ""
    after = request.args.get("after", default=0, type=int)
    found: Sequence[Any] = preview.moved_rows(g.db, g.actor, now, wanted, group=group, after=after)
    rows = tuple(
        MovedRow(
            source=listing.source,
            name=listing_name(listing, g.now),
            facts=listing_facts(listing, g.now),
            href=url_for("matches.show", listing_id=listing.id),
            place=f"{location.code} {place(location)}",
            chance=f"{match.probability:.2f}",
        )
        for match, listing, location in found[:PAGE]
    )
    more = _href(wanted, group=group, after=found[PAGE - 1][0].listing_id) if len(found) > PAGE else ""
    return rows, more


def _use(proposal: Proposal) -> Act:
    wanted = Limits(proposal.thresholds.match, proposal.thresholds.review)
    return Act("Preview these limits", _href(wanted), "get")


def _save(wanted: Limits) -> Act:
    values = (("match", shown(wanted.match)), ("review", shown(wanted.review)))
    return Act("Save these limits", url_for("limits.save"), style="filled", values=values)


def _changed(row: MatchLimits | None) -> str:
    if row is None:
        return "These are the limits that ship with the product. Nobody has changed them."
    person = g.db.get(Person, row.person_id) if row.person_id is not None else None
    sorted_now = "" if row.applied_at else " Your listings are being sorted by them."
    return (
        f"{person.name if person else 'Somebody'} set them on {date(row.set_at, g.now)}; before, listings were linked "
        f"from {shown(row.former_match)} and asked about from {shown(row.former_review)}.{sorted_now}"
    )


def _undo(row: MatchLimits) -> Act:
    label = f"Take back to {shown(row.former_match)} and {shown(row.former_review)}"
    return Act(label, url_for("limits.undo"), icon="undo-2", values=(("id", str(row.id)),))
