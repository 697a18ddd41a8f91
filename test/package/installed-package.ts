import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An empty project into which the packed tarball of this one is installed. */
export class InstalledPackage {
  readonly folder: string
  /** Paths in the tarball. */
  readonly files: readonly string[]

  private constructor(folder: string, files: readonly string[]) {
    this.folder = folder
    this.files = files
  }

  /** @param more further packages, as `name@version` */
  static async create(more: readonly string[]): Promise<InstalledPackage> {
    // outside of the checkout, lest its node_modules be found
    const folder = await mkdtemp(join(tmpdir(), 'orderscope-package-'))
    const npm = async (cwd: string, ...args: string[]) => {
      const { code, stdout, stderr } = await run(cwd, 'npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'])
      if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
      return stdout
    }
    // dist was built before the tests (`pretest`)
    const [packed] = JSON.parse(await npm(root, 'pack', '--json', '--pack-destination', folder)) as [
      { filename: string; files: { path: string }[] },
    ]
    await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true }')
    await npm(folder, 'install', '--prefer-offline', '--save-exact', `./${packed.filename}`, ...more)
    return new InstalledPackage(
      folder,
      packed.files.map(({ path }) => path),
    )
  }

  /** Writes a file of the project. */
  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text)
  }

  /** Runs Node in the project; its stdin ends as soon as stderr shows `endAfter`. */
  node(args: readonly string[], env: Record<string, string> = {}, endAfter?: RegExp): Promise<Ended> {
    return run(this.folder, process.execPath, args, env, endAfter)
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

function run(
  cwd: string,
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
  endAfter?: RegExp,
): Promise<Ended> {
  return new Promise(resolve => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024, timeout: 110_000 }
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? (error === null ? 0 : 1), stdout, stderr })
    })
    if (endAfter === undefined) return
    let shown = ''
    child.stderr!.on('data', (text: string) => {
      shown += text
      if (endAfter.test(shown)) child.stdin!.end()
    })
  })
}
