"""The parts that wire formats are made of, one format a module. Pure: bytes and values in, values out."""
