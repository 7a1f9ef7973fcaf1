"""What WebRTC needs beside its transport: the codec, addresses and ports, tokens, the endpoints and the page."""
