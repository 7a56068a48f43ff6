"""The grader as the reward function of other trainers, and as a map over a data set.

Each file can be named by its path where a trainer asks for one. None of them imports its trainer.
"""
