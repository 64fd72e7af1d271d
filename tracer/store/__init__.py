"""Where a case is kept: the record, `case.db`, and the graph it is projected into."""
