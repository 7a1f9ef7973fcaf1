"""The simulated caller: a real client of the carrier's wire protocol, which hears and speaks as a person on the phone.

``trunkline.caller.call.place_call`` is the way in. It shares nothing with the edge but the audio tables.
"""
