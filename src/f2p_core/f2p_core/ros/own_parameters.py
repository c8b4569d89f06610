# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""A node's own parameters, also when somebody sets one while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node

from f2p_core.errors import InvalidInputError
from f2p_core.parameters import Config, parameter_info
from f2p_core.ros.parameters import declare_parameters, parameter_names

C = TypeVar('C', bound=Config)


def never() -> bool:
    """A node that is no lifecycle node is never unconfigured."""
    return False


class OwnParameters(Generic[C]):
    """Declares the parameters of a node and takes those that are set later, or says why not.

    Those that are ``live`` can be set at any time. The others are read when the node is
    configured, so they can be set before that; what its constructor reads, and everything of a
    node without a lifecycle, is set when the node is started.

    Args:
        node: The node.
        config_type: What its parameters are.
        is_unconfigured: Whether the node is a lifecycle node that is not configured.
        at_start: Parameters, or groups of them, that the constructor reads.

    Attributes:
        config: The parameters as they are now.

    Raises:
        InvalidInputError: If a value has the wrong type or is out of its bounds.
    """

    def __init__(
        self,
        node: Node,
        config_type: type[C],
        *,
        is_unconfigured: Callable[[], bool] = never,
        at_start: Sequence[str] = (),
    ) -> None:
        self._node = node
        self._is_unconfigured = is_unconfigured
        self._at_start = tuple(at_start)
        self.config: C = declare_parameters(node, config_type)
        self._names = frozenset(parameter_names(config_type))
        node.add_on_set_parameters_callback(self._judge)
        node.add_post_set_parameters_callback(self._take)

    def _judge(self, parameters: Sequence[Any]) -> SetParametersResult:
        try:
            self._changed(parameters)
        except InvalidInputError as error:
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _take(self, parameters: Sequence[Any]) -> None:
        self.config = self._changed(parameters)
        for parameter in parameters:
            if parameter.name in self._names:
                told = f'parameter {parameter.name} is {parameter.value!r} now'
                self._node.get_logger().info(told)

    def _changed(self, parameters: Sequence[Any]) -> C:
        """Returns the configuration with parameters of the node changed; others are not ours."""
        config = self.config
        for parameter in parameters:
            if parameter.name in self._names:
                self._require_settable(parameter.name)
                config = replaced_at(config, parameter.name.split('.'), parameter.value)
        return config

    def _require_settable(self, name: str) -> None:
        if is_live(type(self.config), name.split('.')):
            return
        is_read_at_start = any(name == p or name.startswith(f'{p}.') for p in self._at_start)
        if self._is_unconfigured() and not is_read_at_start:
            return
        node = self._node.get_fully_qualified_name()
        if is_read_at_start or self._is_unconfigured is never:
            raise InvalidInputError(
                f'parameter {name} of {node} is read when the node starts; start it again with '
                f'-p {name}:=VALUE or a parameter file'
            )
        raise InvalidInputError(
            f'parameter {name} of {node} is read when the node is configured; first '
            f'ros2 lifecycle set {node} deactivate && ros2 lifecycle set {node} cleanup'
        )


def is_live(config_type: type[Config], path: Sequence[str]) -> bool:
    """Returns whether a parameter may be set while the node works.

    Args:
        config_type: The configuration it is of.
        path: Its name, and before it those of the configurations it is in.
    """
    name, *rest = path
    field = config_type.model_fields[name]
    if rest:
        return is_live(type(field.default), rest)
    return parameter_info(name, field).live


def replaced_at(config: C, path: Sequence[str], value: Any) -> C:
    """Returns a configuration with one parameter changed, checked as any other.

    Args:
        config: The configuration.
        path: As for ``is_live``.
        value: The new value; a list where the parameter is a tuple.

    Raises:
        InvalidInputError: If the value has the wrong type or is out of its bounds.
    """
    name, *rest = path
    if rest:
        return config.replaced(**{name: replaced_at(getattr(config, name), rest, value)})
    is_tuple = isinstance(getattr(config, name), tuple)
    return config.replaced(**{name: tuple(value) if is_tuple else value})
