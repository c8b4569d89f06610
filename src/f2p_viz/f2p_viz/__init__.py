# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""What the robot sees, expects and plans, as markers that RViz and Foxglove show."""
