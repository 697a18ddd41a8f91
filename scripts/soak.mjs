/*
 * What takes longer than a test may:
 *
 *   npm run soak               both parts
 *   npm run soak -- ccxt …     the same bots on the ccxt versions of two years (scripts/soak-ccxt.mjs)
 *   npm run soak -- fire …     a desk whose collector is down, slow, half-open or answers garbage (scripts/soak-fire.mjs)
 *
 * What follows goes to the part; `--short` is for both.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const parts = ['ccxt', 'fire']
const [first, ...rest] = process.argv.slice(2)
const isPart = parts.includes(first)
const options = isPart ? rest : process.argv.slice(2)
if (first !== undefined && !isPart && !first.startsWith('--')) {
  console.log(`there is no part ${first}; write ${parts.join(' or ')}`)
  process.exit(1)
}
if (!isPart && options.some(option => option.startsWith('--only'))) {
  console.log(`--only is of one part; write npm run soak -- ${parts.join('|')} ${options.join(' ')}`)
  process.exit(1)
}
let code = 0
for (const part of isPart ? [first] : parts) {
  const script = fileURLToPath(new URL(`soak-${part}.mjs`, import.meta.url))
  const { status } = spawnSync(process.execPath, [script, ...options], { stdio: 'inherit' })
  code ||= status ?? 1
}
process.exitCode = code
