"""Reinforcement learning with verifiable rewards on equation solving."""
