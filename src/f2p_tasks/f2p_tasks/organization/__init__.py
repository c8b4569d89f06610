# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Hierarchical Tabletop Organization: small capsules lie in a bowl on table_a.

The bowl is to go to the other table and the capsules are to stay. The pre-trained model has never
seen a filled vessel carried, and expects the capsules to stay behind.
"""

from f2p_tasks.organization.task import ORGANIZATION, organization_scene

__all__ = ['ORGANIZATION', 'organization_scene']
