// node compile.js NODE_MODULES: compiles the contracts here, each file by itself, and prints {contract: {bytecode, selectors}}
const fs = require('fs')
const path = require('path')
const solc = require(path.join(process.argv[2], 'solc'))

const settings = {
  evmVersion: 'prague',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['evm.bytecode.object', 'evm.methodIdentifiers'] } },
}
const compiled = {}
for (const name of ['contracts.sol', 'market.sol']) {
  const sources = { [name]: { content: fs.readFileSync(path.join(__dirname, name), 'utf8') } }
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })))
  const errors = (output.errors || []).filter((each) => each.severity === 'error')
  if (errors.length) {
    console.error(errors.map((each) => each.formattedMessage).join('\n'))
    process.exit(1)
  }
  for (const [made, contract] of Object.entries(output.contracts[name])) {
    compiled[made] = { bytecode: contract.evm.bytecode.object, selectors: contract.evm.methodIdentifiers }
  }
}
console.log(JSON.stringify(compiled))
