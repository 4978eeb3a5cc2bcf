"""What axe finds on a page: breaches of WCAG 2.2 A and AA, and of axe's best practices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "dashboard/node_modules/axe-core/axe.min.js"


def breaches(page: Page, *, contrast_of: str | None = None) -> list[str]:
    """Return a line for each rule that the page breaks: the rule, and the first elements that break it.

    With a selector, only whether words can be read there is looked at: that is what another scheme may change.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    rules = {"runOnly": ["color-contrast"]} if contrast_of else {}
    run = "async ([place, rules]) => (await axe.run(place || document, rules)).violations"
    found: list[dict[str, Any]] = page.evaluate(run, [contrast_of, rules])
    return [f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]
