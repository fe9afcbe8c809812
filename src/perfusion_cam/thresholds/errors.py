"""What can be wrong with a profile."""

from __future__ import annotations


class ProfileError(ValueError):
    """A profile cannot be read, holds a mistake, or is not known.

    The message is one line: the file, the path of the key, what was found and what to do.
    """
