"""The google family: Gemini and embeddings on Vertex AI, Cloud Text-to-Speech, files in Cloud Storage. Every call that costs
something is tried once; whoever calls knows how long it may wait, and is told what the call used even where it failed."""
