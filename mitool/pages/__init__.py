"""Reports as pages: one file to read and to send, with nothing fetched from anywhere."""

from __future__ import annotations

from mitool.pages.page import Page

__all__ = ["Page"]
