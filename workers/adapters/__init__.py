"""What meets ``workflows/ports.py``: one file a vendor."""
