// Generated messages and the session logic of both ends; no socket, no clock.
