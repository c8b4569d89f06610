#!/bin/sh
# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
#
# Makes the keys and permissions of every participant with sros2, on a machine with ROS 2:
#   make_keystore.sh KEYSTORE [NAMESPACE ...]     for example ~/f2p_keystore /robot_1 /robot_2
# Permissions hold for the domain in ROS_DOMAIN_ID (0 unless set). What is there already is kept, so
# the script can be run again after an update; keys stay private to this user.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 KEYSTORE [NAMESPACE ...]" >&2; exit 2; }
command -v ros2 > /dev/null || { echo "ros2 is missing: source /opt/ros/jazzy/setup.bash" >&2; exit 1; }
keystore=$1
shift
umask 077

policy=$(mktemp)
trap 'rm -f "$policy"' EXIT
"${PYTHON:-python3}" -m f2p_bringup.security_policy "$@" > "$policy"

[ -d "$keystore/enclaves" ] || ros2 security create_keystore "$keystore"
sed -n 's/.*<enclave path="\([^"]*\)">.*/\1/p' "$policy" | while read -r enclave; do
    [ -f "$keystore/enclaves$enclave/key.pem" ] || ros2 security create_enclave "$keystore" "$enclave"
    ros2 security create_permission "$keystore" "$enclave" "$policy"
done

cat <<EXPORTS
In every terminal of the robot:
  export ROS_SECURITY_KEYSTORE=$(cd "$keystore" && pwd)
  export ROS_SECURITY_ENABLE=true
  export ROS_SECURITY_STRATEGY=Enforce
EXPORTS
