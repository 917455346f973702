"""Files on disk become pieces: manifests, licences, splits, readers."""
