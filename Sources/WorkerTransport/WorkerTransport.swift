// The gRPC binding of the worker protocol.
