"""The graph of a case, in Neo4j or embedded, and the query book."""
