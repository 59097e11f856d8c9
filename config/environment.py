"""The one place that reads the process environment; whatever is wrong there stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class BadEnvironment(SystemExit):
    """Raised for a setting nobody could guess; the process ends with the reason on standard error."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"hallkeeper: {reason}")


def read(name: str, default: str = "") -> str:
    """`NAME`, or the content of the file that `NAME_FILE` points at (how container secrets arrive)."""
    path = os.environ.get(f"{name}_FILE")
    if path and os.environ.get(name):
        raise BadEnvironment(f"set {name} or {name}_FILE, not both")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE cannot be read: {error}") from error
    return os.environ.get(name, default).strip()


def read_int(name: str, default: int, *, low: int, high: int) -> int:
    text = read(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise BadEnvironment(f"{name} must be a whole number from {low} to {high}, got {text!r}")
    return int(text)


def read_flag(name: str, default: bool = False) -> bool:
    text = read(name, "1" if default else "0").lower()
    if text not in {"0", "1", "true", "false", "yes", "no"}:
        raise BadEnvironment(f"{name} must be 1 or 0, got {text!r}")
    return text in {"1", "true", "yes"}


def read_list(name: str) -> list[str]:
    return [part.strip() for part in read(name).split(",") if part.strip()]


@dataclass(frozen=True)
class Environment:
    var: Path
    database_url: str
    redis_url: str
    host: str
    port: int
    public_url: str
    allowed_hosts: list[str]
    secret_key: str
    channel_prefix: str
    web_threads: int
    json_logs: bool
    https: bool
    metrics_token: str
    sms_gateway: str
    sms_url: str
    sms_token: str

    @property
    def embedded(self) -> bool:
        """True on a bare machine, where `up` runs the engines itself and shows the demo city."""
        return not self.database_url


def _secret_key(var: Path, production: bool) -> str:
    given = read("SECRET_KEY")
    if given:
        return given
    if production:
        raise BadEnvironment("SECRET_KEY (or SECRET_KEY_FILE) is required when DATABASE_URL is set")
    path = var / "secret_key"
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        var.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(50), encoding="ascii")
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)  # the first of several starting processes decides
        except FileExistsError:
            pass
        fresh.unlink()
        return path.read_text(encoding="ascii")


def load() -> Environment:
    """Read and check every variable. Raises BadEnvironment."""
    var = Path(read("HALLKEEPER_VAR") or ROOT / "var").resolve()
    database_url = read("DATABASE_URL")
    host, port = read("HOST", "127.0.0.1"), read_int("PORT", 8000, low=1, high=65535)
    public_url = (read("PUBLIC_URL") or f"http://{host}:{port}").rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise BadEnvironment(f"PUBLIC_URL must start with http:// or https://, got {public_url!r}")
    gateway = read("SMS_GATEWAY", "console")
    if gateway not in {"console", "file", "http"}:
        raise BadEnvironment(f"SMS_GATEWAY must be console, file or http, got {gateway!r}")
    if gateway == "http" and not read("SMS_URL"):
        raise BadEnvironment("SMS_URL is required when SMS_GATEWAY is http")
    return Environment(
        var=var,
        database_url=database_url,
        redis_url=read("REDIS_URL"),
        host=host,
        port=port,
        public_url=public_url,
        allowed_hosts=read_list("ALLOWED_HOSTS"),
        secret_key=_secret_key(var, production=bool(database_url)),
        channel_prefix=read("HALLKEEPER_CHANNEL_PREFIX", "hallkeeper"),
        web_threads=read_int("WEB_THREADS", 8, low=1, high=64),
        json_logs=read_flag("JSON_LOGS", default=bool(database_url)),
        https=public_url.startswith("https://"),
        metrics_token=read("METRICS_TOKEN"),
        sms_gateway=gateway,
        sms_url=read("SMS_URL"),
        sms_token=read("SMS_TOKEN"),
    )
