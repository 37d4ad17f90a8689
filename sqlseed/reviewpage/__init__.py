"""The review as one HTML file, to be read offline, on paper, on a phone, in light and dark, with or without script."""
