"""Settings of an edge process. Environment variables begin with ``TRUNKLINE_``; ``trunkline doctor`` prints them."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.keys import checked_keys


class EdgeSettings(BaseSettings):
    """One edge process: it carries calls of one region."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    region: str = Field(default="local", pattern=r"^[a-z0-9-]{1,32}$", description="Region this process belongs to.")
    edge_host: str = Field(default="127.0.0.1", description="Address to listen on; loopback unless told otherwise.")
    edge_port: int = Field(default=8080, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    public_url: str | None = Field(
        default=None, description="Base URL carriers reach this edge by, for TwiML and signatures: https://host."
    )
    nats_url: str = Field(default="nats://127.0.0.1:4222", description="NATS server of the region.")
    redis_url: str = Field(
        default="", description="Valkey, where answers of quick tools are kept; nowhere where empty."
    )
    agent: Path | None = Field(default=None, description="The agent's file; the demo business where empty.")
    data: Path = Field(default=Path(".trunkline"), description="Folder for what spills while NATS is away.")
    keep_days: int | None = Field(
        default=None, ge=1, le=36_500, description="Days after which tapes of calls are thrown away; never where empty."
    )
    processes: int = Field(
        default=0, ge=0, le=256, description="Processes behind the one port, which share the calls; 0 is one a core."
    )
    max_calls: int = Field(
        default=0, ge=0, description="Calls that one process carries at once; 0 measures that at the start."
    )
    overflow_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s]+$",
        description="Webhook of another edge, https://host/twilio/voice, for calls that this one is too full for.",
    )
    late: float = Field(
        default=0.040, gt=0, description="Seconds that the loop may be late, p95, before further calls are refused."
    )
    busy_words: str = Field(
        default="",
        max_length=500,
        description="Said to callers whom nobody can take now; where empty, their line sounds busy.",
    )
    sealing_keys: Annotated[SecretStr, AfterValidator(checked_keys)] = Field(
        default=SecretStr(""),
        description="Keys that seal what is sensitive in a request, ID:BASE64 with commas between, the current one "
        "first; the workers' own. Without them no tool is offered that has such.",
    )
    max_call_seconds: float = Field(default=3600, gt=0, description="Seconds after which a call is ended.")

    ears: str = Field(default="moonshine", description="Speech to text: a file name in edge/providers.")
    mind: str = Field(default="", description="Language model; empty means openai where a key is set, else dialogue.")
    voice: str = Field(default="hibari", description="Text to speech: a file name in edge/providers.")
    vad: str = Field(default="silero", description="Voice activity detection: a file name in edge/providers.")
    spare_ears: str = Field(default="moonshine", description="Takes over where the ears fail; empty means nobody.")
    spare_mind: str = Field(default="dialogue", description="Takes over where the mind fails; empty means nobody.")
    spare_voice: str = Field(default="hibari", description="Takes over where the voice fails; empty means nobody.")
    speech_threads: int = Field(default=1, ge=1, description="Threads of each local speech model.")
    speech_processes: int = Field(
        default=1, ge=1, le=64, description="Processes of each local speech model, shared by all edge processes."
    )
    speech_hub: Path | None = Field(
        default=None, description="Socket of the shared speech models; an edge sets it for its own processes."
    )

    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("TRUNKLINE_OPENAI_API_KEY", "OPENAI_API_KEY"),
        description="Key of the OpenAI-compatible endpoint.",
    )
    openai_base_url: str | None = Field(default=None, description="Its base URL; OpenAI's own where empty.")
    openai_model: str = Field(default="gpt-4.1-mini", description="Model name.")

    deepgram_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("TRUNKLINE_DEEPGRAM_API_KEY", "DEEPGRAM_API_KEY"),
        description="Key of Deepgram, for the ears deepgram and flux.",
    )
    deepgram_url: str = Field(default="wss://api.deepgram.com", description="Deepgram's base URL.")
    deepgram_model: str = Field(
        default="", description="Deepgram's model; nova-3 for deepgram and flux-general-en for flux where empty."
    )
    assemblyai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("TRUNKLINE_ASSEMBLYAI_API_KEY", "ASSEMBLYAI_API_KEY"),
        description="Key of AssemblyAI, for the ears assemblyai.",
    )
    assemblyai_url: str = Field(default="wss://streaming.assemblyai.com", description="AssemblyAI's base URL.")
    assemblyai_model: str = Field(default="universal-streaming-english", description="AssemblyAI's speech model.")
    cartesia_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("TRUNKLINE_CARTESIA_API_KEY", "CARTESIA_API_KEY"),
        description="Key of Cartesia, for the voice cartesia.",
    )
    cartesia_url: str = Field(default="wss://api.cartesia.ai", description="Cartesia's base URL.")
    cartesia_model: str = Field(default="sonic-3", description="Cartesia's model.")
    cartesia_voice: str = Field(
        default="6ccbfb76-1fc6-48f7-b71d-91ac6298247b",
        description="Id of Cartesia's voice; the one its SDK falls back on.",
    )

    gateway: str = Field(default="sandbox", description="Payment gateway: a file name in edge/gateways.")
    gateway_url: str | None = Field(
        default=None, description="Its base URL, https unless on loopback; no cards are taken where empty."
    )
    gateway_card_key: SecretStr | None = Field(
        default=None, description="Its key for handing over cards, which cannot charge any."
    )

    twilio_auth_token: SecretStr | None = Field(
        default=None, description="Where set, Twilio's handshake must carry its signature."
    )

    page: bool = Field(default=True, description="Serve the page /call and hand out call tokens to whoever asks.")
    page_embedders: str = Field(
        default="",
        description="Origins of sites that may embed the page, separated by spaces: https://www.example.com.",
    )
    call_secret: SecretStr | None = Field(
        default=None,
        description="Signs call tokens; the same on all edges of the region. Kept in the data folder where empty.",
    )
    webrtc_hosts: str = Field(
        default="", description="IP addresses for media; those that the edge listens on where empty."
    )
    webrtc_public: str = Field(
        default="", description="What callers are told in their place, one for each: for an edge behind NAT."
    )
    webrtc_ports: str = Field(default="", description="UDP ports for media, as 30000-30999; any where empty.")
    webrtc_ice_servers: str = Field(
        default="", description="STUN and TURN servers for callers: stun:host:3478 turn:host:3478?transport=udp."
    )
    webrtc_turn_secret: SecretStr | None = Field(
        default=None, description="Shared with the TURN server, for credentials made for each call."
    )
    webrtc_turn_user: str = Field(default="", description="A fixed user of the TURN server, where there is no secret.")
    webrtc_turn_password: SecretStr | None = Field(default=None, description="Its password.")

    def mind_name(self) -> str:
        """Which provider sits in the language model's seat."""
        if self.mind:
            return self.mind
        return "openai" if self.openai_api_key or self.openai_base_url else "dialogue"
