"""A cost model: where the time of a step goes, from 1.5B to 70B and 8 to 1,024 GPUs."""
