"""How a build used its connections: `analysis` counts, `chart` draws, `page` is one HTML file."""
