# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The node executor: MoveIt's arm, a base, and the action execute_skill."""
