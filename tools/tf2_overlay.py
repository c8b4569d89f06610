# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Writes a tf2_msgs package with TFMessage, for machines where no ROS installation has it.

The definition comes from rosbags, so the type hash is that of the real package:
``python tf2_overlay.py DIRECTORY``.
"""

from pathlib import Path
import sys

from rosbags.typesys import get_typestore, Stores

_CMAKE = """\
cmake_minimum_required(VERSION 3.21)
project(tf2_msgs)
option(F2P_MSGS_CPP "Generate C++ bindings of the interfaces" ON)
find_package(ament_cmake REQUIRED)
find_package(rosidl_default_generators REQUIRED)
if(NOT F2P_MSGS_CPP)
  list(FILTER AMENT_EXTENSIONS_rosidl_generate_idl_interfaces EXCLUDE REGEX "_cpp:")
endif()
find_package(geometry_msgs REQUIRED)
rosidl_generate_interfaces(${PROJECT_NAME} msg/TFMessage.msg DEPENDENCIES geometry_msgs)
ament_export_dependencies(rosidl_default_runtime)
ament_package()
"""

_PACKAGE = """\
<?xml version="1.0"?>
<package format="3">
  <name>tf2_msgs</name>
  <version>0.36.0</version>
  <description>The transform message of tf2.</description>
  <maintainer email="maintainers@fail2progress.invalid">Fail2Progress developers</maintainer>
  <license>BSD</license>
  <buildtool_depend>ament_cmake</buildtool_depend>
  <build_depend>rosidl_default_generators</build_depend>
  <depend>geometry_msgs</depend>
  <exec_depend>rosidl_default_runtime</exec_depend>
  <member_of_group>rosidl_interface_packages</member_of_group>
  <export><build_type>ament_cmake</build_type></export>
</package>
"""


def write_overlay(directory: Path) -> None:
    """Writes the package ``tf2_msgs`` into a directory."""
    store = get_typestore(Stores.ROS2_JAZZY)
    definition, _ = store.generate_msgdef('tf2_msgs/msg/TFMessage', ros_version=2)
    own_part = definition.split('=' * 80)[0]
    package = directory / 'tf2_msgs'
    (package / 'msg').mkdir(parents=True, exist_ok=True)
    (package / 'msg' / 'TFMessage.msg').write_text(own_part)
    (package / 'CMakeLists.txt').write_text(_CMAKE)
    (package / 'package.xml').write_text(_PACKAGE)


if __name__ == '__main__':
    write_overlay(Path(sys.argv[1]))
