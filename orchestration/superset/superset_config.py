"""What Superset itself reads: its own store, keys, and how it connects.

Runs in Superset's environment, so it imports nothing of ours.

``SUPERSET_HOME`` is ``DESKHOUSE_HOME/superset``; the publication lies beside it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

HOME = Path(os.environ["SUPERSET_HOME"])
_PUBLISHED_LINK = HOME.parent / "published" / "marts.duckdb"
_PUBLISHED_IN_ASSETS = "published/marts.duckdb"

SECRET_KEY = (HOME / "secret.key").read_text(encoding="utf-8").strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"
SUPERSET_LOAD_EXAMPLES = False

# Nothing is kept between two questions: a new publication is seen by the next one.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

# One machine, one person: no other host name, no word to anybody outside, no map tiles, no pictures from elsewhere.
TRUSTED_HOSTS = ["127.0.0.1", "localhost"]
SCARF_ANALYTICS = False
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
FAB_ADD_SECURITY_API = False
AUTH_USER_REGISTRATION = False
CONTENT_SECURITY_POLICY_WARNING = False
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": ["'none'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}


def DB_CONNECTION_MUTATOR(uri: Any, params: dict[str, Any], *_: Any) -> tuple[Any, dict[str, Any]]:
    """Lead our connection to the version published now, and let it read nothing else.

    Superset opens a connection for every question (NullPool). The link is followed here rather than by DuckDB, which
    would give a second connection under one name the file that the first one still holds.
    """
    if uri.drivername == "duckdb" and uri.database == _PUBLISHED_IN_ASSETS:
        uri = uri.set(database=str(_PUBLISHED_LINK.resolve()), query={"access_mode": "READ_ONLY"})
        config = {"enable_external_access": False, "lock_configuration": True}
        params["connect_args"] = {**params.get("connect_args", {}), "config": config}
    return uri, params
