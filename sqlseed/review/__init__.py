"""The DBA's review: what a build would do to a target, gathered as plain values and written as files."""
