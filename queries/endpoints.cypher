// title: Endpoints
// question: Where does the stolen value lie, why does the trail stop there, and what are the bounds?
// parameter rule: rule = primary; the rule whose stolen value counts
// parameter least: amount = 0; leave out endpoints below
// column address: text; the address
// column reason: text; service, returned, unspent, frozen, destroyed, converted, dust or not_fetched
// column service: text; the service, if it is one
// column basis: text; the weakest basis it rests on
// column stolen: amount; under $rule
// column least: amount; lower bound, absent until tracer bounds has been run
// column most: amount; upper bound, absent likewise
// reading: One line an address and reason, most stolen value first. Every rule lies between the bounds.
MATCH (a:Address {case: $case})-[:ENDS]->(e:Endpoint {case: $case})
WHERE e[$rule] >= $least
RETURN a.address AS address, e.reason AS reason, e.service AS service, e.basis AS basis, e[$rule] AS stolen, e.least AS least, e.most AS most
ORDER BY stolen DESC, address, reason
