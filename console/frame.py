"""Who is here, and which pages they see."""

from pathlib import Path

import streamlit as st

from console import asking, signin
from pipeline.organisation import Permission, may

PAGES = Path(__file__).parent / "pages"


def show() -> None:
    """The navigation of whoever is here and the page they chose; or the page that asks them to sign in."""
    actor = signin.come_in()
    pages = _pages()
    open_to = [page for page, permission in pages.items() if actor is None or may(actor, permission)]
    chosen = st.navigation(open_to, position="top" if actor else "hidden")
    if actor:
        signin.frame(actor)
        chosen.run()


def _pages() -> dict[st.Page, Permission]:
    """Each page, and what it takes to see it."""
    overview = st.Page(PAGES / "overview.py", title="Overview", url_path="overview", icon=":material/space_dashboard:")
    generate = st.Page(PAGES / "generate.py", title="Generate", url_path="generate", icon=":material/edit_note:")

    def to_first() -> None:
        """The bare address leads to the first page, or to the request that it names, as links to lessons did before."""
        said = st.query_params.to_dict()
        st.switch_page(generate if asking.shown_id() else overview, query_params=said)

    return {
        st.Page(to_first, title="Start", url_path="start", default=True, visibility="hidden"): Permission.VIEW,
        overview: Permission.VIEW,
        generate: Permission.VIEW,
        st.Page(PAGES / "requests.py", title="Requests", url_path="requests", icon=":material/list_alt:"): Permission.VIEW,
        st.Page(PAGES / "compare.py", title="Compare", url_path="compare",
                icon=":material/compare_arrows:"): Permission.VIEW,
        st.Page(PAGES / "prompts.py", title="Prompts", url_path="prompts", icon=":material/forum:"): Permission.VIEW,
        st.Page(PAGES / "evaluations.py", title="Evaluations", url_path="evaluations",
                icon=":material/science:"): Permission.VIEW,
        st.Page(PAGES / "retrieval.py", title="Retrieval", url_path="retrieval",
                icon=":material/manage_search:"): Permission.VIEW,
        st.Page(PAGES / "costs.py", title="Costs", url_path="costs", icon=":material/payments:"): Permission.VIEW,
        st.Page(PAGES / "errors.py", title="Errors", url_path="errors", icon=":material/bug_report:"): Permission.VIEW,
        st.Page(PAGES / "deployments.py", title="Deployments", url_path="deployments",
                icon=":material/rocket_launch:"): Permission.VIEW,
        st.Page(PAGES / "workers.py", title="Workers", url_path="workers", icon=":material/memory:"): Permission.VIEW,
        st.Page(PAGES / "organisation.py", title="Organisation", url_path="organisation",
                icon=":material/account_tree:"): Permission.VIEW,
        st.Page(PAGES / "foundation.py", title="Foundation", url_path="foundation",
                icon=":material/foundation:"): Permission.VIEW,
    }
