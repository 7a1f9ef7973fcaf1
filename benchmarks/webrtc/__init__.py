"""What WebRTC costs: delay to voice detection on good and bad networks, calls on one core, barge-in at a browser."""
