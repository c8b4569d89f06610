#!/bin/bash
# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command with ROS and the stack set up. The set-up files read unset variables: no `set -u`.
set -e
source /opt/ros/jazzy/setup.bash
source /f2p/install/setup.bash
exec "$@"
