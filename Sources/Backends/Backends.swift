// The InferenceBackend role, the OpenAI adapter and the supervised llama-server.
