import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')

/** Lints small files with the configuration of the project; gives the files that break the rule for imports. */
function refused(folder: string, files: Readonly<Record<string, string>>): string[] {
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const args = [biome, 'lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', '--reporter=github', '.']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const found = [...`${stdout}${stderr}`.matchAll(/^::error title=lint\/style\/noRestrictedImports,file=([^,]+),/gm)]
  return Object.keys(files).filter(path => found.some(([, file]) => file!.endsWith(path)))
}

describe('imports between the rooms of src', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'orderscope-imports-'))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('may run one way only', () => {
    const wrong = {
      'src/catalog/a.ts': "import { x } from '../channel/x.js'\nexport const y = x\n",
      'src/channel/a.ts': "export type { X } from '../metrics/x.js'\n",
      'src/metrics/a.ts': "export const y = () => import('../spans/x.js')\n",
      'src/spans/deeper/a.ts': "import type { X } from '../../order/x.js'\nexport type Y = X\n",
      'src/order/a.ts': "import '../telemetry/x.js'\n",
      'src/order/b.ts': "import '../desk/x.js'\n",
      'src/log/a.ts': "import '../order/x.js'\n",
      'src/export/prometheus/a.ts': "import '../../metrics/x.js'\n",
      'src/instrumentation/ccxt/a.ts': "import '../../telemetry/x.js'\n",
      'src/telemetry/a.ts': "import '../cli/x.js'\n",
      'src/testing/a.ts': "import '../cli/x.js'\n",
      'examples/desk/a.ts': "import '../../src/index.js'\n",
    }
    const right = {
      'src/catalog/b.ts': "import './x.js'\n",
      'src/channel/b.ts': "import '../catalog/x.js'\n",
      'src/log/b.ts': "import '../spans/x.js'\n",
      'src/export/b.ts': "import '../channel/x.js'\nimport './prometheus/x.js'\n",
      'src/telemetry/b.ts': "import '../export/x.js'\nimport '../order/x.js'\n",
      'src/cli/b.ts': "import '../telemetry/x.js'\n",
      'src/testing/b.ts': "import '../channel/x.js'\n",
      'examples/desk/b.ts': "import 'orderscope/testing'\n",
    }
    expect(refused(folder, { ...wrong, ...right })).toEqual(Object.keys(wrong))
  })

  it('holds for every room that there is', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as {
      overrides: { includes: string[] }[]
    }
    const ruled = overrides.flatMap(({ includes }) => includes)
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory())
    // what stands to the right of everything may import everything
    expect(
      rooms.map(({ name }) => `src/${name}/**`).filter(name => !ruled.includes(name) && name !== 'src/cli/**'),
    ).toEqual([])
  })
})
