"""Load: Trunkline, a floor program and its peers on one core, under the same calls; ``python -m benchmarks.load``.

``caller`` is a library as well: it places calls over Twilio Media Streams, a hundred and more from one process.
"""
