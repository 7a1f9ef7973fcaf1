"""Whether a request really comes from Twilio: the X-Twilio-Signature header, checked with Twilio's own library."""

from collections.abc import Mapping

from pydantic import SecretStr
from twilio.request_validator import RequestValidator


class Signatures:
    """Checks signatures with the account's token; without a token everything passes."""

    def __init__(self, token: SecretStr | None, public_url: str | None) -> None:
        self._validator = RequestValidator(token.get_secret_value()) if token else None
        self._public = public_url.rstrip("/") if public_url else None

    def public(self, url: str) -> str:
        """The URL as the carrier knows it: behind a proxy, that of the public address."""
        if self._public is None:
            return url
        scheme, _, rest = url.partition("://")
        public_scheme, _, host = self._public.partition("://")
        if scheme in ("ws", "wss"):
            public_scheme = "wss" if public_scheme in ("https", "wss") else "ws"
        return f"{public_scheme}://{host}/{rest.partition('/')[2]}"

    def valid(self, url: str, form: Mapping[str, str], signature: str) -> bool:
        """Whether ``signature`` was made for this URL, as this process sees it, and this form."""
        if self._validator is None:
            return True
        return bool(self._validator.validate(self.public(url), dict(form), signature))
