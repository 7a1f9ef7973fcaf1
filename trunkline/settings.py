"""Settings of the local stack. Environment variables begin with ``TRUNKLINE_``; ``trunkline doctor`` prints them."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class StackSettings(BaseSettings):
    """What ``trunkline up`` runs, and where. An option on the command line goes before each of these."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", extra="ignore", populate_by_name=True)

    data: Path = Field(default=Path(".trunkline"), description="Folder of everything that is kept.")
    region: str = Field(default="local", pattern=r"^[a-z0-9-]{1,32}$", description="Region the stack plays.")
    agent: Path | None = Field(default=None, description="The agent's file; the demo business where empty.")
    edge_host: str = Field(
        default="127.0.0.1", description="Address the edge listens on; loopback unless told otherwise."
    )
    edge_port: int = Field(default=0, ge=0, le=65535, description="TCP port of the edge; 0 takes a free one.")
    processes: int = Field(
        default=1, ge=0, le=256, description="Processes of the edge; 0 is one a core, which leaves little for the rest."
    )
    log_level: str = Field(
        default="info",
        pattern=r"(?i)^(debug|info|warning|error)$",
        description="Least severe log lines that roles print.",
    )
