"""Turn-taking, measured on recorded speech in audio time: pauses and ends, interruptions and noises, words heard."""
