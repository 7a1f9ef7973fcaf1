"""What the trial's callers want: found by workers that are told of this package, and by no others."""
