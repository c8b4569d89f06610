# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What a package of one's own adds to Fail2Progress: one file per definition."""
