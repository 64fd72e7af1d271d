"""The version of tracer, as manifests, exports and questions to nodes state it."""

__version__ = "0.2.0"
