"""Entry of the dashboard: settles language, company and filters, then draws the page that the address names."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType

import streamlit as st

from ingestion.errors import DeskhouseError
from orchestration.dashboard import filters as chosen
from orchestration.dashboard.context import Context
from orchestration.dashboard.drawing import draw, settle
from orchestration.dashboard.figures import empty, show
from orchestration.dashboard.registry import DEFAULT, HIDDEN, ICONS, PAGES, nav_titles
from orchestration.dashboard.words import DOMAINS
from orchestration.presenting.languages import LANGUAGES, Language, language
from orchestration.presenting.publication import publication
from orchestration.settings import load_dotenv_file, read_settings

STYLE = Path(__file__).parent / "style.css"
ICON = (Path(__file__).parent / "icon.svg").read_text(encoding="utf-8")


def main() -> None:
    """One run of Streamlit: what Streamlit calls the script."""
    values = chosen.kept()
    own = language(_code(values), *DOMAINS)
    st.set_page_config(page_title="deskhouse", page_icon=ICON, layout="wide")
    st.html(STYLE)
    titles = nav_titles(own)
    pages = {
        name: st.Page(
            partial(_page, name, module, own, values),
            title=titles[name],
            icon=ICONS[name],
            url_path=name,
            default=name == DEFAULT,
            visibility="hidden" if name in HIDDEN else "visible",
        )
        for name, module in PAGES.items()
    }
    st.navigation(list(pages.values()), expanded=True).run()


def _code(values: dict[str, str]) -> str:
    """Language of the address, else of the browser, else English."""
    wanted = values.get("lang") or (st.context.locale or "en").partition("-")[0].lower()
    return wanted if wanted in LANGUAGES else "en"


def _page(name: str, module: ModuleType, own: Language, values: dict[str, str]) -> None:
    try:
        load_dotenv_file()
        settings = read_settings()
        current = publication(settings)
    except DeskhouseError as error:
        show(empty(own.text("Nothing to show yet"), str(error)))
        with st.sidebar:
            chosen.choose_language(own)
        return
    context: Context = settle(settings, current, own, name, module, values)
    draw(context, module)


main()
