"""From the ledger to the public rows: read in order, folded, compared."""
