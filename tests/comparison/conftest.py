"""Puts this folder on the import path: its tests share `sided`."""
