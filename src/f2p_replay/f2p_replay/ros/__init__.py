# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The ROS edge of f2p_replay: the nodes recorder and player."""
