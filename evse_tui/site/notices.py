"""What the operator has switched on and every window has to say for as long as it is on."""

from __future__ import annotations

from evse_tui.config import SiteConfig


def notices(config: SiteConfig) -> tuple[str, ...]:
    """One sentence each."""
    trusted = config.listen.trusted_clients
    return (f"no token is asked of {', '.join(trusted)} (trusted_clients)",) if trusted else ()
