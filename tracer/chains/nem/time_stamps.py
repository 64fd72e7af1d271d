"""NEM counts seconds from its own epoch."""

EPOCH = 1427587585  # 2015-03-29T00:06:25Z, time zero of NEM time stamps (nis: SystemTimeProvider)


def unix_seconds(stamp: int) -> int:
    """UNIX seconds of a time stamp."""
    return stamp + EPOCH
