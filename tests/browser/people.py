"""The small hall's people at their browsers."""

import re

from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import SLOW, LiveHall


def signed_in(hall: LiveHall, context: BrowserContext, role: str, where: str) -> tuple[Page, list[str]]:
    """A page of somebody, and what its console complains about."""
    page, problems = context.new_page(), []
    page.set_default_timeout(SLOW)
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{hall.url}/login/?next={where}")
    page.fill("input[name=username]", hall["people"][role]["username"])
    page.fill("input[name=password]", hall["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(hall.url + where) + "$"), timeout=SLOW)
    return page, problems
