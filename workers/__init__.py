"""Processes of the durable side: the bridge between NATS and Temporal, the Temporal worker, adapters to the world."""
