# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Failures of a robot as bags: recorded by themselves, checked, replayed."""
