"""What local speech models need: a process of their own, the caller's audio at hand, and text fit for the ear."""
