"""What survives a power cut: SQLite, one writer, WAL with full sync. A state change and its outgoing message are one commit."""
