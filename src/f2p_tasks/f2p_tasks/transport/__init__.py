# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Multi-object Transport: objects lie in an open container on table_a.

The pre-trained model has never seen a filled container carried, and is wrong about it twice:
optimistically in T1 (it expects the content to stay behind) and pessimistically in T2 (it sees no
way to move everything in one trip).
"""

from f2p_tasks.transport.task import TRANSPORT, transport_scene

__all__ = ['TRANSPORT', 'transport_scene']
