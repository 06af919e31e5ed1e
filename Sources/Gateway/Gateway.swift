// The gateway daemon.
