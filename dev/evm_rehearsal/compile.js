// node compile.js NODE_MODULES: compiles contracts.sol and prints {contract: {bytecode, selectors}}
const fs = require('fs')
const path = require('path')
const solc = require(path.join(process.argv[2], 'solc'))

const source = fs.readFileSync(path.join(__dirname, 'contracts.sol'), 'utf8')
const settings = {
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['evm.bytecode.object', 'evm.methodIdentifiers'] } },
}
const input = { language: 'Solidity', sources: { 'contracts.sol': { content: source } }, settings }
const output = JSON.parse(solc.compile(JSON.stringify(input)))
const errors = (output.errors || []).filter((each) => each.severity === 'error')
if (errors.length) {
  console.error(errors.map((each) => each.formattedMessage).join('\n'))
  process.exit(1)
}
const compiled = {}
for (const [name, contract] of Object.entries(output.contracts['contracts.sol'])) {
  compiled[name] = { bytecode: contract.evm.bytecode.object, selectors: contract.evm.methodIdentifiers }
}
console.log(JSON.stringify(compiled))
