"""Lines of logs: those whose calls are known to violate nothing are counted, the others are passed on."""
