"""Settings of the sandbox gateway. Environment variables begin with ``TRUNKLINE_``."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class GatewaySettings(BaseSettings):
    """One sandbox gateway, on loopback alone."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    gateway_port: int = Field(default=8087, ge=0, le=65535, description="TCP port on loopback; 0 takes a free one.")
    gateway_card_key: SecretStr = Field(
        default=SecretStr("sandbox-card-key"), description="Key by which an edge hands over cards."
    )
    gateway_charge_key: SecretStr = Field(
        default=SecretStr("sandbox-charge-key"), description="Key by which a worker charges them."
    )
    postgres_dsn: SecretStr = Field(
        default=SecretStr("postgresql://postgres@127.0.0.1:5432/postgres"),
        description="PostgreSQL database; all is in its schema gateway.",
    )
