"""Settings of the durable side. Environment variables begin with ``TRUNKLINE_``; ``trunkline doctor`` prints them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.keys import checked_keys
from workers.adapters.crm import checked_url

Region = Field(default="local", pattern=r"^[a-z0-9-]{1,32}$", description="Region this process belongs to.")
NatsUrl = Field(default="nats://127.0.0.1:4222", description="NATS servers of the region, commas between.")
TemporalAddress = Field(default="127.0.0.1:7233", description="Temporal frontend: host:port.")
TemporalNamespace = Field(default="default", description="Temporal namespace.")
OtlpEndpoint = Field(default=None, description="OTLP collector for traces, http://host:4318; no tracing where empty.")
MetricsPort = Field(default=None, ge=0, le=65535, description="TCP port for Prometheus on loopback; none where empty.")


PayloadKeys = Annotated[
    SecretStr,
    AfterValidator(checked_keys),
    Field(description="Keys that encrypt what Temporal stores, ID:BASE64 with commas between, the current one first."),
]
NO_KEYS = SecretStr("")
SealingKeys = Annotated[
    SecretStr,
    AfterValidator(checked_keys),
    Field(
        description="Keys that open what is sensitive in a request, ID:BASE64 with commas between, the current first."
    ),
]
PseudonymKey = Field(
    default=SecretStr(""),
    description="Key of the pseudonyms by which callers are searched for; the same for all processes, and for good.",
)
PostgresDsn = Field(
    default=SecretStr("postgresql://postgres@127.0.0.1:5432/postgres"), description="PostgreSQL database."
)
ShutdownSeconds = Field(default=10.0, gt=0, description="Seconds that what is under way gets to finish at shutdown.")


class WorkerSettings(BaseSettings):
    """One Temporal worker: it runs the tools of one region."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    region: str = Region
    nats_url: str = NatsUrl
    temporal_address: str = TemporalAddress
    temporal_namespace: str = TemporalNamespace
    pseudonym_key: SecretStr = PseudonymKey
    payload_keys: PayloadKeys = NO_KEYS
    sealing_keys: SealingKeys = NO_KEYS
    postgres_dsn: SecretStr = PostgresDsn
    postgres_connections: int = Field(default=10, ge=1, description="Connections kept to PostgreSQL at most.")
    otlp_endpoint: str | None = OtlpEndpoint

    tool_packages: str = Field(
        default="workflows.tools", description="Packages whose modules are tools, commas between."
    )
    gateway_url: str | None = Field(
        default=None, description="Base URL of the payment gateway; no payments can be made where empty."
    )
    gateway_charge_key: SecretStr | None = Field(
        default=None, description="Its key for charging cards that were handed over."
    )

    crm_url: Annotated[str | None, AfterValidator(lambda url: url and checked_url(url))] = Field(
        default=None, description="Web service that gets a report on each call; none where empty."
    )
    crm_secrets: SecretStr = Field(
        default=SecretStr(""), description="Secrets that sign the reports, commas between; while one is changed, both."
    )
    crm_days: float = Field(default=5.0, gt=0, le=30, description="Days that one report is tried.")

    keep_days: int | None = Field(
        default=None,
        ge=1,
        description="Days that visits, jobs, payments and messages name a caller, and that events stay, seven at most; "
        "for good where empty.",
    )

    deployment: str = Field(default="trunkline", description="Temporal worker deployment this worker belongs to.")
    build_id: str = Field(default="", description="Build of the code; the installed version where empty.")
    versioning: Literal["pinned", "auto_upgrade", "off"] = Field(
        default="pinned",
        description="Whether calls in progress stay on their build, move on to the next, or builds are not told apart.",
    )
    make_current: bool = Field(
        default=True, description="Send new tool calls to this build at start; false where a deployment pipeline does."
    )
    workflow_slots: int = Field(default=100, ge=2, description="Workflow tasks at once.")
    activity_slots: int = Field(default=100, ge=1, description="Activities at once.")
    local_activity_slots: int = Field(default=100, ge=1, description="Local activities at once.")
    target_cpu: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Part of the machine's CPU up to which slots are given out; all of them where empty.",
    )
    workflow_pollers: int = Field(default=4, ge=2, description="Polls for workflow tasks at the start.")
    activity_pollers: int = Field(default=2, ge=1, description="Polls for activities at the start.")
    most_pollers: int = Field(default=40, ge=2, description="Polls of a kind at once where there is much to do.")
    worker_metrics_port: int | None = MetricsPort
    answers_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="TCP port, on loopback behind your proxy, of the page on which callers answer; none where empty.",
    )
    link_url: str = Field(
        default="", description="Public address of that page, https://answers.example; no links are sent where empty."
    )
    sms_carrier: Literal["local", "twilio"] = Field(
        default="local", description="Who carries text messages; 'local' keeps them in the outbox."
    )
    twilio_account_sid: str = Field(default="", description="Twilio's account, AC…, that sends text messages.")
    twilio_auth_token: SecretStr = Field(default=SecretStr(""), description="Auth token of that account.")
    twilio_sms_from: str = Field(default="", description="Number text messages come from, or messaging service MG….")
    twilio_url: str = Field(default="https://api.twilio.com", description="Base URL of Twilio's API.")
    mail_carrier: Literal["local", "smtp"] = Field(
        default="local", description="Who carries e-mail; 'local' keeps it in the outbox."
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="Mail server: smtp://USER:PASSWORD@HOST:587, or smtps:// for TLS at once."
    )
    mail_from: str = Field(default="", description="Address that e-mail comes from.")
    cached_workflows: int = Field(default=1000, ge=0, description="Workflows kept in memory between their tasks.")
    shutdown_seconds: float = ShutdownSeconds


class DeskSettings(BaseSettings):
    """Commands that look into what waits, was sent or is kept, and act on it."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    region: str = Region
    nats_url: str = NatsUrl
    temporal_address: str = TemporalAddress
    temporal_namespace: str = TemporalNamespace
    pseudonym_key: SecretStr = PseudonymKey
    payload_keys: PayloadKeys = NO_KEYS
    sealing_keys: SealingKeys = NO_KEYS
    postgres_dsn: SecretStr = PostgresDsn


class CodecSettings(BaseSettings):
    """One codec server: it opens what Temporal stores, for the web page and the command line of Temporal."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    payload_keys: PayloadKeys = NO_KEYS
    codec_port: int = Field(
        default=8089, ge=0, le=65535, description="TCP port of the codec server, on loopback behind your proxy."
    )
    codec_access: Literal["token", "loopback"] = Field(
        default="token", description="Who may use it: those with the token, or whoever reaches this machine's loopback."
    )
    codec_token: SecretStr = Field(
        default=SecretStr(""), description="The token, sent as 'Authorization: Bearer TOKEN'."
    )
    codec_origins: str = Field(
        default="",
        description="Origins of the web pages that may use it, https://temporal.example, commas between; none else.",
    )


class BridgeSettings(BaseSettings):
    """One bridge: it carries one region's events to Temporal. Several share the work."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    region: str = Region
    nats_url: str = NatsUrl
    temporal_address: str = TemporalAddress
    temporal_namespace: str = TemporalNamespace
    pseudonym_key: SecretStr = PseudonymKey
    payload_keys: PayloadKeys = NO_KEYS
    otlp_endpoint: str | None = OtlpEndpoint
    metrics_port: int | None = MetricsPort

    in_flight: int = Field(default=128, ge=1, description="Events carried at once; the rest wait on JetStream.")
    ack_seconds: float = Field(
        default=5.0, ge=1, description="Seconds until an event whose bridge has died is given to another."
    )
    rpc_seconds: float = Field(default=4.0, gt=0, description="Seconds that one request to Temporal may take.")
    orphan_seconds: float = Field(
        default=600.0, gt=0, description="Seconds that word for a workflow which never started is kept trying."
    )
    lost_seconds: float = Field(
        default=60.0, gt=0, description="Seconds without an edge that carries it after which a call is ended for dead."
    )
    shutdown_seconds: float = ShutdownSeconds
