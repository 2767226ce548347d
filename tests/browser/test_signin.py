"""A real Chromium signs in at an identity provider, and out again; the provider is a small one of our own."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from playwright.sync_api import expect

from tests.browser.conftest import STREAMLIT, free_port

pytestmark = pytest.mark.browser
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
def console(tmp_path, serve):
    """The console with sign-in at the provider; its address."""
    provider, port, secrets = ThreadingHTTPServer(("127.0.0.1", 0), Provider), free_port(), tmp_path / "secrets.toml"
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    issuer = f"http://localhost:{provider.server_port}"
    secrets.write_text(SECRETS.format(port=port, client=CLIENT, issuer=issuer), encoding="utf-8")
    serve((*STREAMLIT, "--secrets.files", str(secrets)), port=port)
    yield f"http://localhost:{port}"
    provider.shutdown()


def test_somebody_signs_in_as_a_viewer_and_out_again(console, browser):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(MINUTE)
        page.goto(f"{console}/organisation")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=MINUTE)
        expect(page.get_by_role("link", name="Organisation")).to_have_count(0)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Generate").click()
        expect(page.get_by_role("button", name="Make the lesson")).to_be_disabled(timeout=MINUTE)
        page.get_by_role("button", name="Ana <b>López</b>").click()
        expect(page.get_by_text("Role: Viewer")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=MINUTE)
