// OpenAI-compatible requests, responses, chunks, errors and the event-stream codec; no I/O.
