# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The posterior of pre-skill scenes given one failure, and proposals from it."""
