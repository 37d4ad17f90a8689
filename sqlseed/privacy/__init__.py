"""What in a database could belong to a living person: addresses that receive, valid identifiers, numbers that ring."""
