"""Quick tools: web services that the agent asks in the middle of a sentence. Declared in the agent's file."""
