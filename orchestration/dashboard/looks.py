"""Look-ups of persons by the dashboard: logged by the same code as those of the commands, before anything is shown.

A view is one page under the same filters of the same published version: what Streamlit runs again because a button was
pressed is still the same look; another page or person, and coming back, is a new one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

from orchestration.lookups import log_lookup, persons
from orchestration.presenting.publication import Publication
from orchestration.settings import Settings

_SEEN = "looked_at"
_VIEW = "view"


def look_once(
    settings: Settings,
    publication: Publication,
    page: str,
    narrowed: str,
    keys: Collection[Any],
    rows: int,
    tenant: str,
) -> None:
    """Log a look-up unless this view has logged one for these persons.

    Raises:
        LookupLogError: the line cannot be written; nothing may be shown.
    """
    found = tuple(persons(keys))
    view = (str(publication.path), page, narrowed)
    if st.session_state.get(_VIEW) != view:
        st.session_state[_VIEW] = view
        st.session_state[_SEEN] = set()
    if not found or found in st.session_state[_SEEN]:
        return
    said = f"dashboard {page}" + (f" ({narrowed})" if narrowed else "")
    log_lookup(settings.home, said, found, rows, [tenant])
    st.session_state[_SEEN].add(found)


def leave(page: str) -> None:
    """Forget the view of another page, so that coming back to it is a new look."""
    view = st.session_state.get(_VIEW)
    if view is not None and view[1] != page:
        del st.session_state[_VIEW]
