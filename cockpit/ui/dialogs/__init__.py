"""Dialogs: boxes over the main screen. They return what was chosen; the main screen sends it."""
