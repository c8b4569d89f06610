# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures as data URLs: a page that embeds them refers to no other file."""

from __future__ import annotations

import base64


def png_url(png: bytes) -> str:
    """Returns a PNG file as a data URL."""
    return f'data:image/png;base64,{base64.b64encode(png).decode("ascii")}'


def svg_url(svg: str) -> str:
    """Returns an SVG document as a data URL; unlike inlined SVG it shares no ids with others."""
    return f'data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode("ascii")}'
