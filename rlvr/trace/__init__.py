"""What a run says about itself: JSON lines are the truth, all else is made from them."""
