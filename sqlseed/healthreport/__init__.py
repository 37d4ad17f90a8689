"""A health page for people and machines: `text` for the terminal, `data` as JSON, `page` as one HTML file."""
