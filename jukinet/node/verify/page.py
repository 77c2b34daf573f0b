"""What the page is made of, read once: its files, its words in both languages, and the headers that keep everything else out.

Scripts and styles come from this address alone, nothing is stored, nothing is sent but to this address, no other page may frame it, and of
all that a browser can do it may use the camera (Content Security Policy Level 3, Permissions Policy).
"""

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec
from babel.messages.pofile import read_po

from jukinet.seal import words as dictionary

LANGUAGES = ("ja", "en")
HTML, JSON = "text/html", "application/json"
_FILES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "camera.js": "text/javascript",
    "seal.js": "text/javascript",
    "table.js": "text/javascript",
    "qr/decode.js": "text/javascript",
    "qr/index.js": "text/javascript",
    "qr/LICENSE-MIT": "text/plain",
}
_WORDS = "verify."  # beginning of the keys that the page may ask for

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "data:",  # the empty icon, lest the browser ask for one
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
_FEATURES = ("display-capture", "geolocation", "microphone", "midi", "payment", "publickey-credentials-get", "usb")
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "Permissions-Policy": ", ".join(("camera=(self)", *(f"{name}=()" for name in _FEATURES))),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "jukinet",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Where this address answers with TLS itself: two years.
SECURE = {"Strict-Transport-Security": "max-age=63072000"}


@dataclass(frozen=True)
class Part:
    body: bytes
    kind: str  # media type


def parts() -> dict[str, Part]:
    """By path."""
    root = files("assets") / "verify"
    found = {f"/verify/{name}": Part(root.joinpath(*name.split("/")).read_bytes(), kind) for name, kind in _FILES.items()}
    return found | {
        "/verify": Part((root / "page.html").read_bytes(), HTML),
        "/verify/words": Part(msgspec.json.encode({language: _words(language) for language in LANGUAGES}), JSON),
        "/verify/dictionary": Part(dictionary(), "application/octet-stream"),
    }


def _words(language: str) -> dict[str, str]:
    source: Traversable = files("assets") / "words" / f"{language}.po"
    with source.open("rb") as stream:
        return {str(entry.id): str(entry.string) for entry in read_po(stream, locale=language) if str(entry.id).startswith(_WORDS)}
