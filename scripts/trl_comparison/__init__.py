"""rlvr and TRL's GRPOTrainer on the same model, problems, rewards and settings."""
