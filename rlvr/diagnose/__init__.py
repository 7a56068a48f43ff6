"""Why a run is not learning, in plain words."""
