import datetime as dt

from crawlers.heartbeat import Watch

NOW = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)


def test_a_worker_that_beats_is_never_quiet() -> None:
    watch = Watch(patience=30)
    beats = [{"a": NOW + dt.timedelta(seconds=steady)} for steady in range(0, 300, 5)]
    assert not any(watch.quiet(beat, 5.0 * index) for index, beat in enumerate(beats))


def test_a_worker_that_stands_still_is_quiet_after_the_patience() -> None:
    watch = Watch(patience=30)
    told = [watch.quiet({"a": NOW}, steady) for steady in (100, 120, 130, 130.5)]
    assert told == [set(), set(), set(), {"a"}]


def test_clocks_that_differ_by_years_declare_nobody_dead() -> None:
    watch = Watch(patience=30)
    assert not watch.quiet({"behind": NOW - dt.timedelta(days=3650)}, 0)
    assert not watch.quiet({"behind": NOW - dt.timedelta(days=3649)}, 31)


def test_a_worker_that_beats_again_is_alive_again() -> None:
    watch = Watch(patience=30)
    watch.quiet({"a": NOW}, 0)
    assert watch.quiet({"a": NOW}, 40) == {"a"}
    assert watch.quiet({"a": NOW + dt.timedelta(seconds=45)}, 45) == set()
