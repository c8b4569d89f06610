# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The base of nodes that own a model or a simulator: configure loads, activate enables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from f2p_core.errors import F2PError
from f2p_core.parameters import Config, parameter
from f2p_core.ros.diagnostics import Diagnostics
from f2p_core.ros.errors import message_of, NodeError
from f2p_core.ros.logs import forward_logs, log_traceback
from f2p_core.ros.own_parameters import OwnParameters


class ManagedConfig(Config):
    """Parameters every lifecycle node has."""

    autostart: bool = parameter(
        True, 'Configure and activate as soon as the node runs; false: a manager does it'
    )


C = TypeVar('C', bound=ManagedConfig)


class ManagedNode(LifecycleNode, Generic[C]):
    """A lifecycle node whose transitions say in the log why they failed.

    A subclass overrides ``configure``, ``activate``, ``deactivate`` and ``cleanup``, which may
    raise. Its servers exist from the start and answer "not active" until it is.

    Args:
        name: Node name.
        config_type: The node's configuration dataclass.
        inactive_code: Error code of a request that comes while the node is not active.
        at_start: Parameters, or groups of them, that the subclass's constructor reads.

    Attributes:
        diagnostics: How the node is.
        exit_status: Status of the process if it ends by itself: 1 if it could not start itself.
    """

    def __init__(
        self,
        name: str,
        config_type: type[C],
        inactive_code: int,
        *,
        at_start: Sequence[str] = (),
    ) -> None:
        super().__init__(name)
        forward_logs(self)
        self._is_active = self._is_configured = False
        self._own_parameters = OwnParameters(
            self,
            config_type,
            is_unconfigured=lambda: not self._is_configured,
            at_start=('autostart', *at_start),
        )
        self._inactive_code = inactive_code
        self.diagnostics = Diagnostics(self, self._why_inactive)
        self.exit_status = 0
        if self.config.autostart:
            # A steady clock: under simulated time the first tick may come late.
            self._autostart = self.create_timer(
                0.01, self._start, clock=Clock(clock_type=ClockType.STEADY_TIME)
            )

    @property
    def config(self) -> C:
        """The parameters as they are now."""
        return self._own_parameters.config

    def configure(self) -> None:
        """Loads what the node owns."""

    def activate(self) -> None:
        """Begins to work."""

    def deactivate(self) -> None:
        """Stops working, keeps what is loaded."""

    def cleanup(self) -> None:
        """Frees what was loaded."""

    @property
    def is_active(self) -> bool:
        """Whether the node works."""
        return self._is_active

    def require_active(self) -> None:
        """Raises unless the node is active.

        Raises:
            NodeError: With the node's code for it.
        """
        if not self._is_active:
            name = self.get_fully_qualified_name()
            raise NodeError(
                self._inactive_code, f'{name} is not active; wait for it, or {self._way_up()}'
            )

    def _why_inactive(self) -> str:
        return '' if self._is_active else f'not active; {self._way_up()}'

    def _way_up(self) -> str:
        """Returns the commands that make the node active, with its name in its namespace."""
        verbs = ('activate',) if self._is_configured else ('configure', 'activate')
        name = self.get_fully_qualified_name()
        return 'activate it: ' + ' && '.join(f'ros2 lifecycle set {name} {verb}' for verb in verbs)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Loads; on an error the node stays unconfigured and says why."""
        done = self._transition('configure', self.configure, super().on_configure, state)
        self._is_configured = done == TransitionCallbackReturn.SUCCESS
        return done

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Enables; on an error the node stays inactive and says why."""
        done = self._transition('activate', self.activate, super().on_activate, state)
        self._is_active = done == TransitionCallbackReturn.SUCCESS
        return done

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Disables."""
        self._is_active = False
        return self._transition('deactivate', self.deactivate, super().on_deactivate, state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Frees."""
        done = self._transition('clean up', self.cleanup, super().on_cleanup, state)
        self._is_configured = done != TransitionCallbackReturn.SUCCESS
        return done

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Disables for good."""
        self._is_active = False
        return super().on_shutdown(state)

    def _start(self) -> None:
        """Configures and activates; if that fails nobody would try again, so the node ends."""
        self._autostart.cancel()
        success = TransitionCallbackReturn.SUCCESS
        if self.trigger_configure() != success or self.trigger_activate() != success:
            self.exit_status = 1
            self.context.try_shutdown()

    def _transition(
        self,
        verb: str,
        work: Callable[[], None],
        base: Callable[[LifecycleState], TransitionCallbackReturn],
        state: LifecycleState,
    ) -> TransitionCallbackReturn:
        try:
            work()
        except F2PError as error:
            self.get_logger().error(f'cannot {verb}: {message_of(error)}')
            return TransitionCallbackReturn.FAILURE
        except Exception as error:  # rclpy would swallow it
            log_traceback(self, f'cannot {verb}', error)
            return TransitionCallbackReturn.FAILURE
        return base(state)
