"""Another name for rebuild_ledger."""

from ledger.management.commands.rebuild_ledger import Command

__all__ = ["Command"]
