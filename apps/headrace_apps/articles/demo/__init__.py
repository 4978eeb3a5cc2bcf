"""The app's part of the week that `headrace demo` makes: articles written, reviewed and enriched, and what went wrong."""

from __future__ import annotations

from headrace.demo import Week
from headrace_apps.articles.demo.cast import Cast
from headrace_apps.articles.demo.ongoing import tell_ongoing
from headrace_apps.articles.demo.routine import tell_routine
from headrace_apps.articles.demo.shelf import Shelf


def tell(week: Week) -> None:
    """Tell what happens just now, the rounds of each morning and night, and then as much of a usual week as is wanted."""
    cast = Cast(week, Shelf(week))
    tell_ongoing(cast)
    tell_routine(cast)
    cast.shelf.fill()
