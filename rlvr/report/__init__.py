"""A run as a folder of static pages that open from the disk, without a network."""
