/*
 * Writes dist/**.js: few files, since each costs Node about a millisecond of a program's start, and a preload is paid
 * for by every program. What two entries share lies in dist/chunks, so that a module exists once in a process whatever
 * is loaded first. Declarations are tsc's.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What package.json names, what Node starts by its path, and what only programs of this repository want. */
const named = ['register', 'index', 'order/fix/index', 'testing/index', 'cli/main', 'export/worker', 'internals']

/**
 * What is loaded when it is first wanted, and the two that others share most with: one file for each, with all that it
 * needs and that none before it has. None may do anything by being loaded, since a file is loaded for the sake of any
 * module in it: the worker's entry is not among the exporters.
 */
const together = [
  'telemetry/preload',
  'telemetry/start',
  'export/start-export',
  'telemetry/tracer-provider',
  'telemetry/logger-provider',
  'telemetry/propagators',
  'telemetry/instrumentations',
  'telemetry/instrumentation-handover',
  'order/tracker',
  'telemetry/ccxt-orders',
]

/** What both threads, or nearly all of the above, want something of. */
const shared = {
  catalog: 'src/catalog/',
  channel: 'src/channel/',
  opentelemetry: 'node_modules/',
  version: 'src/version',
}

/**
 * Of this some functions are used, for which a start shouldn't load 40 files: they are taken in. It keeps no state;
 * what does (the APIs) has to be the application's own copy.
 */
const takenIn = '@opentelemetry/core'

const { dependencies, peerDependencies } = readJson('package.json')
const outside = Object.keys({ ...dependencies, ...peerDependencies }).filter(name => name !== takenIn)

/** What the licence of that asks for. */
const { version } = readJson(`node_modules/${takenIn}/package.json`)
const notice = `/*! parts of ${takenIn} ${version}, Copyright The OpenTelemetry Authors, Apache-2.0 */`

const source = entry => join(root, 'src', `${entry}.ts`)
const entries = [...named, ...together]

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(entries.map(entry => [entry, source(entry)])),
  platform: 'node',
  // of a CommonJS module nothing can be left out
  resolve: { mainFields: ['module', 'main'] },
  external: id => outside.some(name => id === name || id.startsWith(`${name}/`)),
})
const { output } = await bundle.write({
  dir: 'dist',
  format: 'esm',
  // a level below dist as the entries are, for paths that are relative to a file
  chunkFileNames: 'chunks/[name]-[hash].js',
  banner: ({ moduleIds }) => (moduleIds.some(id => id.includes(takenIn)) ? notice : ''),
  sourcemap: true,
  codeSplitting: {
    // the first that wants a module has it
    groups: [
      ...Object.entries(shared).map(([name, place]) => ({ name, test: id => id.startsWith(join(root, place)) })),
      ...together.map(entry => ({ name: entry.replaceAll('/', '-'), test: id => id === source(entry) })),
    ],
  },
})
await bundle.close()

const written = new Set(output.map(file => resolve(root, 'dist', file.fileName)))
for (const file of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
  const path = join(file.parentPath, file.name)
  if (/\.js(\.map)?$/.test(path) && !written.has(path)) rmSync(path)
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}
