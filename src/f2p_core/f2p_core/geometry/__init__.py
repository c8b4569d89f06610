# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Shapes, their parts, distances and surfaces; the geometry of all pairs of a batch of scenes."""
