// title: Tags by status
// question: Which patterns were found, how sure are they, and at how many addresses?
// column status: text; fact, pattern or lead
// column tag: text; the heuristic
// column tags: integer; how often
// column addresses: integer; different addresses
// reading: One line a status and heuristic. A tag says what an address does, never who it is.
MATCH (a:Address {case: $case})-[:TAGGED]->(t:Tag {case: $case})
RETURN t.status AS status, t.tag AS tag, count(t) AS tags, count(DISTINCT a.address) AS addresses
ORDER BY status, tags DESC, tag
