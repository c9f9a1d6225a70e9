"""Records of the views, made up by hand: what drawings and data are tested with."""
