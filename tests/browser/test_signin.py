"""A real Chromium signs in at an identity provider, and out again; the provider is a small one of our own."""

import base64
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import expect, sync_playwright

from pipeline.config import ROOT

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = [
    pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt install chromium"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
MINUTE = 60_000
CLIENT = "vividly-console"
SECRETS = """[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a-secret-that-signs-the-cookies-of-this-test"
client_id = "{client}"
client_secret = "known-to-both"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""


class Provider(BaseHTTPRequestHandler):
    """The least that OpenID Connect asks for: everybody who comes is Ana."""

    key = RSAKey.generate_key(2048, auto_kid=True)
    nonces: ClassVar[dict[str, str]] = {}

    def do_GET(self):
        address, asked = urlsplit(self.path), {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if address.path == "/authorize":
            code = hashlib.sha256(asked["state"].encode()).hexdigest()
            self.nonces[code] = asked.get("nonce", "")
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
            self.end_headers()
        elif address.path == "/keys":
            self._answer({"keys": [self.key.as_dict(private=False)]})
        else:
            self._answer({
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint": f"{self.issuer}/token", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            })

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        now = int(time.time())
        access = "access"
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer, "sub": "ana", "aud": CLIENT, "iat": now, "exp": now + 600, "email": "ana@school.org",
            "email_verified": True, "name": "Ana <b>López</b>", "nonce": self.nonces[form["code"][0]],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        self._answer({"access_token": access, "token_type": "Bearer", "expires_in": 600, "id_token": token})

    @property
    def issuer(self):
        return f"http://localhost:{self.server.server_port}"

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def console(tmp_path):
    """The console with sign-in at the provider; its address."""
    provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(SECRETS.format(port=port, client=CLIENT, issuer=f"http://localhost:{provider.server_port}"), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VIVIDLY_HOME": str(tmp_path)}
    log = (tmp_path / "log.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port), "--secrets.files", str(secrets)],
        cwd=ROOT, stdout=log, stderr=log, env=environment, start_new_session=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, tmp_path / "log.txt")
        yield f"http://localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        provider.shutdown()
        log.close()


def _wait_for(address, process, log):
    for _ in range(240):
        if process.poll() is not None:
            raise AssertionError(f"the console ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the console did not start: {log.read_text(errors='replace')[-2000:]}")


def test_somebody_signs_in_as_a_viewer_and_out_again(console):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(MINUTE)
        page.goto(f"{console}/organisation")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=MINUTE)
        expect(page.get_by_role("link", name="Organisation")).to_have_count(0)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Make the lesson")).to_be_disabled(timeout=MINUTE)
        page.get_by_role("button", name="Ana <b>López</b>").click()
        expect(page.get_by_text("Role: Viewer")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=MINUTE)
        browser.close()
