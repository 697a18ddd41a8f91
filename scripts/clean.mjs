import { rmSync } from 'node:fs'

for (const folder of ['dist', 'examples/trading-desk/dist']) {
  rmSync(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true })
}
