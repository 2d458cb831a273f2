"""The fan-out of one process: what Redis says once is framed once and written to every socket that asked for it."""
