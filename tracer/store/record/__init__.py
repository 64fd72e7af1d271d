"""`case.db`: the record of a case."""
