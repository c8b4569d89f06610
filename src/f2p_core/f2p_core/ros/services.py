# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Serving and calling services: answers with a code and a message, waits with a deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.client import Client
from rclpy.node import Node
from rclpy.service import Service

from f2p_core.control import Control, UNCONTROLLED
from f2p_core.errors import CancelledError
from f2p_core.limits import Limits, SHIPPED_LIMITS
from f2p_core.ros.endpoints import Asked, servers_of
from f2p_core.ros.errors import ErrorMap, message_of
from f2p_core.ros.limits import check_limits
from f2p_core.ros.logs import log_error
from f2p_core.ros.waiting import DeadlineError, wait_for_future, wait_until

SERVER_TIMEOUT_S = 30.0
"""How long a service may take to appear unless said otherwise [s]."""


def serve_service(
    node: Node,
    service: Any,
    name: str,
    answer: Callable[[Any], Any],
    errors: ErrorMap,
    limits: Limits = SHIPPED_LIMITS,
) -> Service:
    """Serves a service whose response has ``error_code`` and ``error_msg``.

    Args:
        node: The serving node.
        service: The service type.
        name: Relative name of the service.
        answer: Request → response; whatever it raises becomes code and message.
        errors: Error code per exception of the core.
        limits: What a request may hold; checked before ``answer`` is asked.
    """

    def callback(request: Any, _: Any) -> Any:
        try:
            check_limits(request, limits)
            return answer(request)
        except Exception as error:  # every way out needs a response
            code = errors.code_of(error)
            log_error(node, name, code, error, is_expected=errors.is_expected(error))
            return service.Response(error_code=code, error_msg=message_of(error))

    return node.create_service(service, name, callback, callback_group=ReentrantCallbackGroup())


class ServiceCaller:
    """Calls one service from a thread that does not hold up the executor.

    Args:
        node: The calling node.
        service: The service type.
        name: Relative name of the service.
        server_timeout_s: How long the service may take to appear [s].
    """

    def __init__(
        self, node: Node, service: Any, name: str, *, server_timeout_s: float = SERVER_TIMEOUT_S
    ) -> None:
        self._name = name
        self._server_timeout_s = server_timeout_s
        self._client: Client = node.create_client(
            service, name, callback_group=ReentrantCallbackGroup()
        )
        self._servers = servers_of(node, name)

    def call(self, request: Any, *, timeout_s: float, control: Control = UNCONTROLLED) -> Any:
        """Returns the response, whatever its error code.

        Raises:
            DeadlineError: If the service is not there or did not answer in time.
            ServerLostError: If the server vanished or was started anew: it may have done what was
                asked, or not.
            CancelledError: If ``control`` said stop.
        """
        wait_until(
            self._client.service_is_ready,
            self._server_timeout_s,
            f'a server of the service {self._name}',
            control,
        )
        asked = Asked(self._servers)
        future = self._client.call_async(request)
        try:
            wait_for_future(
                future,
                timeout_s,
                f'the answer of {self._name}',
                control,
                is_hopeless=asked.are_lost,
            )
        except (DeadlineError, CancelledError):
            self._client.remove_pending_request(future)
            raise
        return future.result()
