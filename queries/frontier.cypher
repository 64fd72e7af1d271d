// title: The frontier not fetched
// question: Which accounts did stolen value reach whose history was not read?
// parameter rule: rule = primary; the rule whose stolen value counts
// column address: text; the account
// column name: text; its label
// column stolen: amount; that ended there under $rule
// column last: time; of its last row in the ledger
// reading: One line an account, most stolen value first: what is read next. Its value may have gone on.
MATCH (a:Address {case: $case})-[:ENDS]->(e:Endpoint {case: $case})
WHERE e.reason = 'not_fetched'
RETURN a.address AS address, a.label AS name, e[$rule] AS stolen, a.last AS last
ORDER BY stolen DESC, address
