"""The sandbox payment gateway: what stands outside of Trunkline, as a vault and an acquirer do.

``trunkline gateway`` runs it, and ``trunkline up`` beside the rest. It takes test cards alone; its database holds
tokens and the last four digits, never a card's number. Nothing else imports it.
"""
