// title: The balance sheet of the case
// question: Does all that was stolen lie somewhere, under every rule?
// column rule: text; the rule
// column primary: flag; declared in the case file
// column stolen: amount; what the thefts made stolen
// column service: amount; ended at services
// column returned: amount; came back to the victim
// column unspent: amount; held at the horizon
// column frozen: amount; held at the horizon, frozen by the issuer
// column destroyed: amount; destroyed where it was
// column converted: amount; given for another asset
// column dust: amount; in transfers too small to follow
// column not_fetched: amount; at accounts that were not read
// column fees: amount; left as fees
// column difference: amount = stolen - service - returned - unspent - frozen - destroyed - converted - dust - not_fetched - fees; what is not accounted for: 0
// reading: One line a rule. The difference is 0 to the unit, or tracer would not have reported.
MATCH (r:Rule {case: $case})
MATCH (e:Endpoint {case: $case})
WITH r, sum(CASE WHEN e.reason = 'service' THEN e[r.rule] ELSE 0 END) AS service,
  sum(CASE WHEN e.reason = 'returned' THEN e[r.rule] ELSE 0 END) AS returned,
  sum(CASE WHEN e.reason = 'unspent' THEN e[r.rule] ELSE 0 END) AS unspent,
  sum(CASE WHEN e.reason = 'frozen' THEN e[r.rule] ELSE 0 END) AS frozen,
  sum(CASE WHEN e.reason = 'destroyed' THEN e[r.rule] ELSE 0 END) AS destroyed,
  sum(CASE WHEN e.reason = 'converted' THEN e[r.rule] ELSE 0 END) AS converted,
  sum(CASE WHEN e.reason = 'dust' THEN e[r.rule] ELSE 0 END) AS dust,
  sum(CASE WHEN e.reason = 'not_fetched' THEN e[r.rule] ELSE 0 END) AS not_fetched
RETURN r.rule AS rule, r.primary AS primary, r.stolen AS stolen, service, returned, unspent, frozen, destroyed, converted, dust, not_fetched,
  r.fees AS fees,
  r.stolen - service - returned - unspent - frozen - destroyed - converted - dust - not_fetched - r.fees AS difference
ORDER BY rule
