"""One job on many ranks: rank 0 leads, the others follow."""
