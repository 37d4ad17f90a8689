"""What a careful reader would object to in a model's SQL: rules with names, reasons and opt-outs."""
