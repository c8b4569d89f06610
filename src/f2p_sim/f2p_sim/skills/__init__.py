# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Skills as closed-loop controllers: generators that hand out motion and take in what happened."""
