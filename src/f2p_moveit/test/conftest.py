# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Makes the helpers beside the tests importable."""

from pathlib import Path
import sys

sys.path.insert(0, str(Path(__file__).parent))
