import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { go } from './go.mjs'
import { requireSum } from './module-sums.mjs'

/** Builds a collector of the components that the repository's configurations use, by OpenTelemetry's own builder. */
export async function buildCollector({ name, builder, release, binaries, components }, folder, target) {
  const [binary] = Object.keys(binaries)
  const source = join(folder, name)
  const manifest = join(folder, 'manifest.yaml')
  const dist = { name: binary, description: 'Collector of the orderscope stack', version: release, output_path: source }
  const list = Object.entries(components).map(([kind, modules]) => [kind, modules.map(gomod => ({ gomod }))])
  // JSON is YAML
  writeFileSync(manifest, JSON.stringify({ dist, ...Object.fromEntries(list) }))
  const { Sum: sum } = JSON.parse(await go(name, ['mod', 'download', '-json', builder], folder))
  requireSum(builder.replace('@', ' '), sum)
  await go(name, ['run', builder, '--config', manifest, '--skip-compilation'], folder)
  const modules = Object.values(components).flat()
  const sums = await go(name, ['mod', 'download', '-json', ...modules.map(module => module.split(' ')[0])], source)
  for (const { Path, Version, Sum } of objects(sums)) requireSum(`${Path} ${Version}`, Sum)
  await go(name, ['build', '-v', '-trimpath', '-mod=readonly', '-ldflags=-s -w', '-o', target(binary), '.'], source)
}

/** JSON objects one behind the other, as `go` writes them. */
function objects(text) {
  return JSON.parse(`[${text.trim().replace(/^\}\n\{$/gm, '},\n{')}]`)
}
