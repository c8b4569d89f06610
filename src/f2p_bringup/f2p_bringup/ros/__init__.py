# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Bringing the nodes up, as processes or by a launch file, and talking to them."""
