"""Evaluation of any model on any problems that the verifier can judge (docs/evaluation.md)."""
