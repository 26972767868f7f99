"""Files of locations on their way in: read, understood, checked as a whole, then applied."""
