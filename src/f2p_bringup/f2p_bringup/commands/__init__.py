# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""One module per command of ``f2p``, each with a ``main(arguments) -> int``."""
