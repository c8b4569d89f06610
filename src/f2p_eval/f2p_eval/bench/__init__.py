# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: named figures with units and aims, measured one after the other."""
