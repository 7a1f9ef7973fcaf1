from typing import Any

import pytest

from edge.errors import EdgeError
from edge.settings import EdgeSettings
from edge.webrtc.ice import Network, as_links, ice_servers


def test_an_edge_on_loopback_stays_there() -> None:
    assert Network.of(EdgeSettings()).hosts == ("127.0.0.1",)


def test_behind_nat_callers_are_told_the_public_address() -> None:
    network = Network.of(EdgeSettings(webrtc_hosts="10.0.0.5", webrtc_public="192.0.2.7", webrtc_ports="30000-30010"))
    assert network.ports == (30000, 30010)
    sdp = "c=IN IP4 10.0.0.5\r\na=candidate:1 1 udp 2 10.0.0.5 30001 typ host\r\n"
    assert network.published(sdp) == sdp.replace("10.0.0.5", "192.0.2.7")


@pytest.mark.parametrize(
    "wrong",
    [
        {"webrtc_hosts": "example.org"},
        {"webrtc_ports": "80-90"},
        {"webrtc_ports": "40000"},
        {"webrtc_hosts": "10.0.0.5", "webrtc_public": "192.0.2.7 192.0.2.8"},
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(EdgeError, match="settings of WebRTC"):
        Network.of(EdgeSettings(**wrong))


def test_turn_credentials_are_made_for_each_call_and_told_in_links() -> None:
    settings = EdgeSettings(
        webrtc_ice_servers="stun:stun.example.com:3478 turn:turn.example.com:3478?transport=udp",
        webrtc_turn_secret="north",
    )
    stun, turn = ice_servers(settings)
    assert stun == {"urls": ["stun:stun.example.com:3478"]}
    assert turn["username"].endswith(":trunkline")
    first, second = as_links([stun, turn])
    assert first == '<stun:stun.example.com:3478>; rel="ice-server"'
    assert f'credential="{turn["credential"]}"; credential-type="password"' in second
