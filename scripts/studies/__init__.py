"""The studies behind the figures of docs/: each package measures, and fills the template of its page.

`python -m scripts.studies.NAME` measures; `python -m scripts.studies` makes all pages again from committed figures.
"""
