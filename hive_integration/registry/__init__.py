"""What may be switched to: model cards, their manifests, and the units that their digests stand for."""
