// Bundles the bot. Packages stay outside: orderscope has a file for its telemetry thread, and patches what is loaded.
import { build } from 'esbuild'

const at = name => new URL(name, import.meta.url).pathname
const common = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' }

await build({ ...common, entryPoints: [at('bot.ts')], outfile: at('dist/bot.mjs'), packages: 'external' })

// everything in one file, which gives less: `node build.mjs --whole`
if (process.argv.includes('--whole')) {
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
  await build({ ...common, entryPoints: [at('whole.ts')], outfile: at('dist/whole.mjs'), banner })
}
