// Reads cases from standard input, one JSON object a line, and writes the decision on each, one JSON string a line.
// A case: {identity: [policy], boundaries: [policy], levels: [[policy]], request: {action, resource, context}}.

import readline from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '123456789012'
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/someone`

const named = (policies) => policies.map((policy, index) => ({ name: `policy-${index}`, policy }))

function simulation({ identity, boundaries, levels, request }) {
  return {
    request: {
      principal: PRINCIPAL,
      action: request.action,
      resource: { resource: request.resource, accountId: ACCOUNT },
      contextVariables: request.context,
    },
    identityPolicies: named(identity),
    serviceControlPolicies: levels.map((level, index) => ({
      orgIdentifier: `ou-${index}`,
      policies: named(level),
    })),
    resourceControlPolicies: [],
    permissionBoundaryPolicies: boundaries.length > 0 ? named(boundaries) : undefined,
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const result = await runSimulation(simulation(JSON.parse(line)), {})
  const ignored = result.result?.ignoredContextKeys ?? []
  const said = result.resultType === 'error' ? `error: ${JSON.stringify(result.errors)}` : result.overallResult
  console.log(JSON.stringify(ignored.length > 0 ? `error: ignored ${ignored}` : said))
}
