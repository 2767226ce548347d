"""The HTTP face: ask for a lesson, watch it, stop it, make it anew, fetch its files. Needs a `Wiring`; makes nothing itself.

Every call but health, readiness, the OpenAPI document and signed links needs a bearer token, also on this machine. Every
refusal is an RFC 9457 problem document that names the field.
"""

from pipeline.api.app import build_app

__all__ = ["build_app"]
