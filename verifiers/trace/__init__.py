"""A chain of thought, checked step by step: its claims, what of them is true, where it turns."""
