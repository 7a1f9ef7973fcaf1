"""What an edge answers to Twilio's webhook for an incoming call: connect it, or send it elsewhere in good manners."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

SENT_ON = "overflow"
"""Query parameter of a call that another edge was too full for: it is not sent on a second time."""


def connect(url: str, form: Mapping[str, str]) -> str:
    """Stream the call's sound to this websocket; ``form`` is the webhook's."""
    parameters = "".join(
        f"<Parameter name={quoteattr(name)} value={quoteattr(form.get(field, ''))}/>"
        for name, field in (("from", "From"), ("to", "To"))
    )
    return _response(f"<Connect><Stream url={quoteattr(url)}>{parameters}</Stream></Connect>")


def redirect(url: str) -> str:
    """Let another edge take it. Twilio signs the URL as it is given here."""
    return _response(f"<Redirect method={quoteattr('POST')}>{escape(sent_on(url))}</Redirect>")


def busy(words: str) -> str:
    """Nobody can take it now: the words, or where there are none the sound of a busy line."""
    if not words:
        return _response('<Reject reason="busy"/>')
    return _response(f"<Say>{escape(words)}</Say><Hangup/>")


def sent_on(url: str) -> str:
    """The URL of a webhook, marked so that the call stays there."""
    return f"{url}{'&' if '?' in url else '?'}{SENT_ON}=1"


def was_sent_on(url: str) -> bool:
    """Whether another edge sent this call here."""
    return SENT_ON in parse_qs(urlsplit(url).query)


def _response(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'
