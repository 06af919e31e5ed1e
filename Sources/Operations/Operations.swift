// What both daemons share: configuration files, local HTTP, sd_notify, logging.
