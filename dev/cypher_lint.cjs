// node cypher_lint.cjs SCHEMA.json FILE... : reads Cypher files with Neo4j's own parser and analyser, no server.
// SCHEMA.json: {"labels", "relationshipTypes", "propertyKeys"}. Prints what it finds; exit code 1 for an error, or for a name that the schema
// has not. It is @neo4j-cypher/language-support, found by NODE_PATH.
const { lintCypherQuery } = require('@neo4j-cypher/language-support');
const fs = require('fs');

const [schemaFile, ...files] = process.argv.slice(2);
const schema = { ...JSON.parse(fs.readFileSync(schemaFile, 'utf8')), parameters: {} };
const KINDS = ['', 'error', 'warning', 'info', 'hint'];
let bad = 0;
for (const file of files) {
  const found = lintCypherQuery('CYPHER 5\n' + fs.readFileSync(file, 'utf8'), schema);
  for (const each of found.diagnostics ?? found) {
    if (/^Parameter .* is not defined/.test(each.message)) continue; // parameters are given when the query is run
    const refused = each.severity === 1 || /not present in the database/.test(each.message);
    if (refused) bad++;
    console.log(`${file}:${each.range.start.line}: ${refused ? 'REFUSED ' : ''}${KINDS[each.severity]}: ${each.message}`);
  }
}
process.exit(bad ? 1 : 0);
