"""What a recorded call tells: the same decisions again, what other rules would have done, and a picture of it."""
