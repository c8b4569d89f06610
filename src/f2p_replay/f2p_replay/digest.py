# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""The fingerprint of a failure record: the same offline and through the live graph."""

from __future__ import annotations

import hashlib
import json

from f2p_core.failure import Failure


def failure_digest(failure: Failure) -> str:
    """Returns the SHA-256 of the record's canonical JSON: keys sorted, no spaces."""
    document = failure.model_dump(mode='json')
    text = json.dumps(document, sort_keys=True, separators=(',', ':'), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
