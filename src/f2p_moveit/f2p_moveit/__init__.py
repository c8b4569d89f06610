# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skills on a real arm through MoveIt, and the descriptions of robots that takes."""
