"""Pure decisions about complaints: values in, value out."""
