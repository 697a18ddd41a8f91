import type { Finding } from './finding.js'

/** `process.permission`, where Node restricts this process. */
export interface Permission {
  has(scope: string, reference?: string): boolean
}

/**
 * What `--permission` forbids. It is asked of this very process: `NODE_OPTIONS` holds for it as for the bot, and
 * flags of a command line can be given to it as well. `knowsNet`: whether this Node restricts the network.
 */
export function checkPermissions(
  directory: string,
  permission = process.permission as Permission | undefined,
  knowsNet = process.allowedNodeEnvironmentFlags.has('--allow-net'),
): Finding[] {
  const check = 'permissions'
  if (permission === undefined) {
    const how = 'flags on a command line are seen by: node --permission … node_modules/.bin/orderscope doctor'
    return [{ check, status: 'ok', text: `nothing is forbidden to this process (${how})` }]
  }
  const findings: Finding[] = []
  if (!permission.has('worker')) {
    findings.push({
      check,
      status: 'wrong',
      text: 'no telemetry thread may be started: telemetry would run in the loop that trades, and end with it',
      cure: 'add --allow-worker to the flags of node',
    })
  }
  if (!permission.has('fs.read', directory)) {
    findings.push({
      check,
      status: 'wrong',
      text: `${directory} may not be read: neither modules nor certificates can be loaded from there`,
      cure: `add --allow-fs-read=${directory} to the flags of node`,
    })
  }
  if (knowsNet && !permission.has('net')) {
    findings.push({
      check,
      status: 'wrong',
      text: 'no connection may be opened: nothing can be sent or scraped, and no venue reached',
      cure: 'add --allow-net to the flags of node',
    })
  }
  return findings.length > 0
    ? findings
    : [{ check, status: 'ok', text: 'the permission model is on, and allows what is needed' }]
}
