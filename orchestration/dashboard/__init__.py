"""The dashboard: what the published file says, a question on each page, how sure it is beside every figure.

``app`` is the entry that Streamlit runs, ``views`` draw (a folder called pages would be run by Streamlit
    itself), ``queries`` ask the published file and know nothing of
Streamlit. Only the published file is read; what is decided in a meeting goes through ``orchestration.closing``.
"""
