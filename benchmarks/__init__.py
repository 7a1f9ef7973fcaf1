"""What is measured, against what. ``make bench`` runs them all; run them alone on the machine."""
