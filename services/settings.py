"""Settings: the environment (``NGIS_*``) and the city's own file, ``city.toml``."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the checkout: ``city.toml``, ``data/`` and ``var/`` are found from here."""

Port = Annotated[int, Field(ge=1, le=65535)]


class Neighbour(BaseModel):
    """A municipality next to the city, and where it tells of its own dangers and sites."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_ja: str
    name_en: str
    url: Annotated[str, Field(pattern=r"^https?://")]


class City(BaseModel):
    """What makes this installation the one of a certain city.

    ``code`` is the 5-digit JIS X 0402 code; ``bbox`` is west, south, east, north in degrees; ``plane_crs`` the EPSG
    code of the plane-rectangular zone in which lengths and areas are measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=r"^\d{5}$")]
    name_ja: str
    name_en: str
    prefecture_ja: str
    prefecture_en: str
    bbox: tuple[float, float, float, float]
    plane_crs: int
    contact_name: str
    contact_url: str
    time_zone: str = "Asia/Tokyo"
    road_calibration: Path | None = None
    """File of the city's own figures of routing, beside this one where not absolute; unset: those shipped."""
    road_data_max_age_days: Annotated[int, Field(ge=1)] = 365
    """Answers on roads say so where the road data are older: the default is a year, in which roads are opened."""
    neighbours: tuple[Neighbour, ...] = ()
    """Offered to who asks for a place beyond the border."""


class Settings(BaseSettings):
    """Everything an operator may set.  Each name is read from the environment with the prefix ``NGIS_``."""

    model_config = SettingsConfigDict(env_prefix="NGIS_", env_file=".env", frozen=True, extra="ignore")

    var: Path = ROOT / "var"
    """Folder of everything made at run time: the embedded database, downloads, rasters."""
    city_file: Path = ROOT / "city.toml"
    road_calibration: Path | None = None
    road_data_max_age_days: Annotated[int | None, Field(ge=1)] = None
    """Both in place of what the city's file says."""

    database_url: SecretStr | None = None
    """Owner's URL of a server of the user's.  Unset: the embedded cluster under ``var``."""
    database_ingest_url: SecretStr | None = None
    database_internal_url: SecretStr | None = None
    database_public_url: SecretStr | None = None
    database_port: Port = 54328
    """Port of the embedded cluster on the loopback address."""

    host: str = "127.0.0.1"
    public_port: Port = 8000
    internal_port: Port = 8001
    public_url: str | None = None
    """Address under which the public face is reached from outside, where that is not ``host:public_port``."""
    internal_url: Annotated[str | None, Field(pattern=r"^https://[A-Za-z0-9.-]{1,253}(:\d{1,5})?/?$")] = None
    """Address under which the staff reach the internal face from elsewhere, such as from vehicles: that of a proxy with
    TLS on this machine, which hands on ``Host`` and ``X-Forwarded-Proto``.  There even reading needs an account."""
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Worker processes of each face."""
    pool_size: Annotated[int, Field(ge=1, le=100)] = 4
    """Database connections of each worker process for what threads ask, and as many for what its event loop asks."""
    statement_timeout_s: Annotated[float, Field(gt=0)] = 10.0
    cache_bytes: Annotated[int, Field(ge=0)] = 64 * 1024**2
    """Answers that each worker process keeps while their data stand; 0 for none."""

    job_workers: Annotated[int, Field(ge=0, le=64)] = 1
    """Worker processes of each face that run jobs (OGC API Processes); 0 where `ngis work` runs them elsewhere."""
    job_queue: Annotated[int, Field(ge=1)] = 200
    """Jobs of each face that may wait at once; more are refused with 503."""
    job_time_limit_s: Annotated[float, Field(gt=0)] = 600.0
    """How long a job may run."""
    job_result_bytes: Annotated[int, Field(gt=0)] = 32 * 1024**2
    job_retention_h: Annotated[float, Field(gt=0)] = 72.0
    """How long results are kept, and how long a job may wait."""

    tracking_retention_h: Annotated[float, Field(gt=0)] = 24.0
    """How long the positions that vehicles report, and the events of the stream, are kept."""

    mqtt_url: SecretStr | None = None
    """Broker of positions, status keys and sensors, as ``mqtt://user:password@host:1883`` or ``mqtts://host:8883``.
    Unset: none is listened to."""
    mqtt_password_file: Path | None = None
    """File with the password, where that is not in the URL."""
    mqtt_ca_file: Path | None = None
    """Certificates of authorities (PEM) that the broker is checked by, where the system's are not meant."""
    mqtt_client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,23}$")] = "ngis"
    """By which the broker keeps what comes while nobody listens: one for each installation at a broker."""

    dask_scheduler: Annotated[str | None, Field(pattern=r"^(local(:[1-9]\d{0,2})?|(tcp|tls|ws|wss|ucx)://\S+)$")] = None
    """Scheduler of the Dask cluster that shares analyses, as ``tcp://host:8786``; ``local:N`` for N processes here.  It
    runs whatever it is sent, so that only a closed network, or ``tls``, is a place for one.  Unset: this machine alone.
    """
    dask_timeout_s: Annotated[float, Field(gt=0)] = 10.0
    """How long the scheduler may be silent, or without a worker."""

    gsi_tiles: bool = False
    """Whether readers of the map may choose GSI's maps (地理院タイル) as its ground.  Their browsers then ask GSI's
    server, which learns where they look; unset, no page asks any other server."""

    offline_max_age_days: Annotated[int, Field(ge=1)] = 30
    """After how many days a copy that was taken along says that it is too old."""
    offline_quiet_s: Annotated[float, Field(ge=0)] = 60.0
    """How long what is published has to stand before a server makes the offline bundle of it; 0: it never does."""

    sizes_quiet_s: Annotated[float, Field(ge=0)] = 60.0
    """How long a layer has to stand before a server counts how large its files are; 0: only as they are sent."""

    tls_certificate: Path | None = None
    """File of the certificate (PEM, with those above it) of the public face; unset: HTTP without encryption."""
    tls_key: Path | None = None
    """File of its private key (PEM, without a password)."""

    max_shrink: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Share of a dataset's rows that a load may drop without ``--accept-shrink``."""
    max_file_bytes: Annotated[int, Field(gt=0)] = 8 * 1024**3
    max_unpacked_bytes: Annotated[int, Field(gt=0)] = 8 * 1024**3

    @property
    def public_address(self) -> str:
        """Where citizens find the public face, as far as it is known here; without a final slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        scheme = "http" if self.tls_certificate is None else "https"
        any_address = self.host in ("0.0.0.0", "::")  # noqa: S104
        host = "127.0.0.1" if any_address else f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.public_port}"

    @property
    def city(self) -> City:
        city = read_city(self.city_file)
        given = {name: getattr(self, name) for name in _OF_CITY if getattr(self, name) is not None}
        return city.model_copy(update=given) if given else city


_OF_CITY = ("road_calibration", "road_data_max_age_days")


@cache
def read_city(path: Path) -> City:
    """The city's settings from its TOML file; raises ``pydantic.ValidationError`` where a value is wrong."""
    with path.open("rb") as file:
        city = City.model_validate(tomllib.load(file))
    calibration = city.road_calibration
    return city if calibration is None else city.model_copy(update={"road_calibration": path.parent / calibration})
