"""What an edge answers to Twilio's webhook for an incoming call: connect it, or send it elsewhere in good manners."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

SENT_ON = "overflow"
"""Query parameter of a call that another edge was too full for: it is not sent on a second time."""
AGAIN = "again"
"""Query parameter of the webhook that is asked when a stream has ended; parameter of a stream whose call may go on."""


def connect(url: str, form: Mapping[str, str], back: str) -> str:
    """Stream the call's sound to this websocket; ``form`` is the webhook's, ``back`` its URL.

    Twilio goes on behind ``<Connect>`` when the stream ends, whoever ended it. There the webhook is asked again: thus
    a call outlives the edge that carries it.
    """
    given = {"from": form.get("From", ""), "to": form.get("To", ""), AGAIN: "1"}
    parameters = "".join(
        f"<Parameter name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in given.items()
    )
    return _response(
        f"<Connect><Stream url={quoteattr(url)}>{parameters}</Stream></Connect>"
        f"<Redirect method={quoteattr('POST')}>{escape(f'{back}?{AGAIN}=1')}</Redirect>"
    )


def hang_up() -> str:
    """The call is over."""
    return _response("<Hangup/>")


def is_asked_again(url: str) -> bool:
    """Whether a stream of this call has ended before."""
    return AGAIN in parse_qs(urlsplit(url).query)


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
