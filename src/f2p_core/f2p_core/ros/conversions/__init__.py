# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Pure functions between the types of the core and messages: x_to_msg and msg_to_x.

A message that cannot be read raises ``InvalidInputError`` naming field and value.
"""
