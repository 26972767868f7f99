"""Who gets which location: one listing per source and location, with none as a choice."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from listings.matching.scorecard import Points
from listings.matching.sides import Ints
from listings.normalize.columnar.distinct import firsts

MARGIN = 3.0
"""Log-odds by which a second choice may stand behind the best and still be given: further behind,
a listing that loses its location is a second listing of it rather than the listing of another."""

DUPLICATE_LOG_ODDS = float(np.log(0.05))
"""How rare it is that a source lists one place twice; what a loser's claim is discounted by."""

_DENSE_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Claims:
    """Candidate pairs: rows of listing and location, and the log-odds that they are one place.

    `source` has a code per listing, also for listings without any candidate.
    """

    listing: Ints
    location: Ints
    log_odds: Points
    source: Ints

    def places(self) -> Ints:
        """A number for each place of each source, without gaps: two sources never compete."""
        places = self.source[self.listing] * (self.location.max(initial=0) + 1) + self.location
        return firsts(places.view(np.uint64))[1]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Per listing: the row of its candidate pair (-1: none) and the listing that won it (-1: itself).

    `log_odds` is the claim on that location after the contest: against none and against the
    candidates that no other listing of the source took.
    """

    pair: Ints
    winner: Ints
    log_odds: Points


def assign(claims: Claims, review: float) -> Assignment:
    """Settle all candidate pairs; only those of at least `review` log-odds are contested."""
    listing, log_odds = claims.listing, claims.log_odds
    best = _best(claims)
    lead = np.full(len(best), -np.inf)
    lead[best >= 0] = log_odds[best[best >= 0]]
    serious = np.flatnonzero((log_odds >= review) & (log_odds >= lead[listing] - MARGIN))
    places = claims.places()
    given = serious[_contest(listing[serious], places[serious], log_odds[serious] - review)]
    pair = best.copy()
    pair[listing[given]] = given
    lost = lead >= review
    lost[listing[given]] = False
    losers = np.flatnonzero(lost)
    winner = _winners(claims, places, pair, given, losers)
    return Assignment(pair, winner, _after(claims, places, pair, given, winner))


def _best(claims: Claims) -> Ints:
    listing = claims.listing
    lead = np.full(len(claims.source), -np.inf)
    np.maximum.at(lead, listing, claims.log_odds)
    top = np.flatnonzero(claims.log_odds == lead[listing])
    place = listing[top] * (claims.location.max(initial=0) + 1) + claims.location[top]
    order = top[np.argsort(place)]
    first = order[np.r_[True, listing[order][1:] != listing[order][:-1]]] if len(order) else order
    best = np.full(len(claims.source), -1, np.int64)
    best[listing[first]] = first
    return best


def _contest(listing: Ints, places: Ints, gain: Points) -> Ints:
    """The claims that win: the greatest total gain with each listing and place used once."""
    alone = (np.bincount(listing)[listing] == 1) & (np.bincount(places)[places] == 1)
    contested = np.flatnonzero(~alone)
    won = [np.flatnonzero(alone)]
    if len(contested):
        _, row = np.unique(listing[contested], return_inverse=True)
        _, column = np.unique(places[contested], return_inverse=True)
        groups = _components(row, column)
        won += [
            contested[group[_settle(row[group], column[group], gain[contested[group]])]] for group in groups
        ]
    return np.sort(np.concatenate(won))


def _components(row: Ints, column: Ints) -> list[Ints]:
    """The claims that hang together through a listing or a place, group by group."""
    rows, columns = row.max() + 1, column.max() + 1
    graph = coo_matrix((np.ones(len(row)), (row, rows + column)), shape=(rows + columns,) * 2)
    component = connected_components(graph, directed=False)[1][row]
    order = np.argsort(component, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(component[order])) + 1)


def _settle(row: Ints, column: Ints, gain: Points) -> Ints:
    rows, row = np.unique(row, return_inverse=True)
    columns, column = np.unique(column, return_inverse=True)
    if len(rows) * len(columns) > _DENSE_CELLS:
        return _greedy(row, column, gain)
    total = np.zeros((len(rows), len(columns)))
    total[row, column] = gain + 1e-9
    chosen_row, chosen_column = linear_sum_assignment(total, maximize=True)
    taken = np.full(len(rows), -1, np.int64)
    taken[chosen_row] = chosen_column
    return np.flatnonzero(taken[row] == column)


def _greedy(row: Ints, column: Ints, gain: Points) -> Ints:
    """The strongest claims first: within a component too large to settle exactly."""
    rows, columns, won = set(), set(), []
    for at in np.lexsort((column, row, -gain)):
        if row[at] not in rows and column[at] not in columns:
            rows.add(row[at])
            columns.add(column[at])
            won.append(at)
    return np.array(won, np.int64)


def _winners(claims: Claims, places: Ints, pair: Ints, given: Ints, losers: Ints) -> Ints:
    """Per loser, the listing of its source that got its location."""
    winner = np.full(len(pair), -1, np.int64)
    holder = np.full(int(places.max(initial=0)) + 1, -1, np.int64)
    holder[places[given]] = claims.listing[given]
    winner[losers] = holder[places[pair[losers]]]
    return winner


def _after(claims: Claims, places: Ints, pair: Ints, given: Ints, winner: Ints) -> Points:
    """Each listing's claim against none and against its other candidates that are still free."""
    taken = np.zeros(int(places.max(initial=0)) + 1, bool)
    taken[places[given]] = True
    rival = ~taken[places]
    rival[pair[pair >= 0]] = False
    odds = np.exp(np.minimum(claims.log_odds, 40.0))
    against = 1.0 + np.bincount(claims.listing[rival], odds[rival], len(pair))
    claim = np.full(len(pair), -np.inf)
    held = pair >= 0
    claim[held] = claims.log_odds[pair[held]] - np.log(against[held])
    return np.where(winner >= 0, claim + DUPLICATE_LOG_ODDS, claim)
