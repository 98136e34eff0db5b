"""Durations as people write and read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcai.durations import seconds
from dcai.errors import InvalidInput
from dcai.times import duration_text

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (0, 0),
        (90, 90),
        (timedelta(hours=1.5), 5_400),
        ("1 day", 86_400),
        ("36 hours", 129_600),
        ("1.5 hours", 5_400),
        ("0.7 days", 60_480),
        (" 2weeks ", 1_209_600),
        ("0 seconds", 0),
    ],
)
def test_seconds_timedeltas_and_text_are_durations(duration, expected):
    assert seconds(duration) == expected


@given(st.integers(0, 10**6), st.sampled_from(sorted(UNITS)), st.booleans())
def test_a_number_of_units_is_so_many_times_the_unit(number, unit, plural):
    assert seconds(f"{number} {unit}{'s' * plural}") == number * UNITS[unit]


@given(st.integers(0, 10**5), st.sampled_from(["hour", "day", "week"]))
def test_a_tenth_of_an_hour_or_more_is_a_whole_number_of_seconds(tenths, unit):
    assert seconds(f"{tenths // 10}.{tenths % 10} {unit}s") == tenths * UNITS[unit] // 10


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "day", "1", "1 fortnight", "-1 day", "1 day 2 hours", "1e3 seconds", "0.5 seconds"),
        *(-1, 0.5, float("nan"), float("inf"), timedelta(-1), timedelta(microseconds=1), None, [1]),
    ],
    ids=repr,
)
def test_what_is_not_a_duration_is_reported(wrong):
    with pytest.raises(InvalidInput) as caught:
        seconds(wrong)

    assert repr(wrong) in str(caught.value)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (61, "1 minute 1 second"),
        (86_399, "23 hours 59 minutes"),
        (90_061, "1 day 1 hour"),
        (86_401, "1 day 1 second"),
        (14 * 86_400, "2 weeks"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(total, expected):
    assert duration_text(total) == expected
