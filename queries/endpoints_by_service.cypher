// title: Endpoints by service
// question: At which services does the stolen value end, and how much of it under each rule?
// parameter rule: rule = primary; the rule whose stolen value counts
// column service: text; the service
// column addresses: integer; its addresses that received some
// column fifo: amount; under fifo, absent if it was not run
// column lifo: amount; under lifo, absent if it was not run
// column haircut: amount; under haircut, absent if it was not run
// column clean_first: amount; under clean_first, absent if it was not run
// column dirty_first: amount; under dirty_first, absent if it was not run
// column least: amount; lower bound, absent until tracer bounds has been run
// column most: amount; upper bound, absent likewise
// reading: One line a service, most stolen value under $rule first. Every rule lies between the bounds. The trail stops at a service: what it did inside is not on the chain.
MATCH (a:Address {case: $case})-[:ENDS]->(e:Endpoint {case: $case})
WHERE e.reason = 'service'
WITH e.service AS service, count(DISTINCT a.address) AS addresses, sum(e[$rule]) AS stolen,
  CASE WHEN count(e.fifo) = 0 THEN null ELSE sum(e.fifo) END AS fifo,
  CASE WHEN count(e.lifo) = 0 THEN null ELSE sum(e.lifo) END AS lifo,
  CASE WHEN count(e.haircut) = 0 THEN null ELSE sum(e.haircut) END AS haircut,
  CASE WHEN count(e.clean_first) = 0 THEN null ELSE sum(e.clean_first) END AS clean_first,
  CASE WHEN count(e.dirty_first) = 0 THEN null ELSE sum(e.dirty_first) END AS dirty_first
MATCH (s:Service {case: $case, name: service})
RETURN service, addresses, fifo, lifo, haircut, clean_first, dirty_first, s.least AS least, s.most AS most
ORDER BY stolen DESC, service
