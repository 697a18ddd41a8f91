// Writes the generated files of docs/; test/cli/generated-docs.test.ts fails when they differ.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { generatedDocs } from '../dist/internals.js'

const docs = new URL('../docs/', import.meta.url)
rmSync(new URL('reference/', docs), { recursive: true, force: true })
mkdirSync(new URL('reference/', docs), { recursive: true })
for (const { path, text } of generatedDocs()) writeFileSync(new URL(path, docs), text)
