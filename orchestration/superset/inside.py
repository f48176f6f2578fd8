"""Runs in Superset's environment: brings its store up to date, makes the one user and imports the assets.

Reads one JSON object from standard input: ``user``, ``password`` and ``assets`` (text of each YAML file by its path in
the import). Run again, it updates what it finds: everything has a fixed uuid.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Prepare the store that ``SUPERSET_CONFIG_PATH`` names."""
    given = json.load(sys.stdin)
    logging.disable(logging.WARNING)
    from superset.app import create_app

    with create_app().app_context():
        _upgrade()
        user = _user(given["user"], given["password"])
        _import(user, given["assets"])


def _upgrade() -> None:
    from flask_migrate import upgrade

    import superset
    from superset import appbuilder, db, security_manager

    upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    db.session.commit()


def _user(name: str, password: str) -> Any:
    from superset import db, security_manager

    user = security_manager.find_user(username=name)
    if user is None:
        role = security_manager.find_role("Admin")
        user = security_manager.add_user(name, name, "", f"{name}@localhost", role, password)
    else:
        security_manager.reset_password(user.id, password)
    db.session.commit()
    return user


def _import(user: Any, assets: dict[str, str]) -> None:
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.utils.core import override_user

    with override_user(user):
        try:
            ImportAssetsCommand(assets).run()
        except Exception as error:
            faults = getattr(error, "normalized_messages", lambda: "")()
            raise SystemExit(
                f"the assets were refused: {faults or error.__cause__ or error}"
            ) from error


if __name__ == "__main__":
    main()
