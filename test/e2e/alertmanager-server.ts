import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { stackBinary } from './stack-binary.js'

const deploy = join(import.meta.dirname, '../../deploy/alertmanager')

/** A copy of deploy/alertmanager in which paths of the container are those of the copy. */
export function alertmanagerFiles(webhook = 'http://alert-webhook:9095/'): { folder: string; config: string } {
  const folder = mkdtempSync(join(tmpdir(), 'orderscope-alertmanager-'))
  cpSync(deploy, folder, { recursive: true })
  const config = join(folder, 'alertmanager.yml')
  const text = readFileSync(config, 'utf8')
    .replaceAll('/etc/alertmanager/', `${folder}/`)
    .replaceAll('http://alert-webhook:9095/', webhook)
  writeFileSync(config, text)
  return { folder, config }
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** An Alertmanager on a free port of the loopback. */
export class AlertmanagerServer {
  readonly #url: string
  readonly #end: () => Promise<void>

  private constructor(url: string, end: () => Promise<void>) {
    this.#url = url
    this.#end = end
  }

  static async start(webhook: string): Promise<AlertmanagerServer> {
    const { folder, config } = alertmanagerFiles(webhook)
    const child = spawn(
      stackBinary('alertmanager'),
      [
        `--config.file=${config}`,
        `--storage.path=${folder}/data`,
        '--web.listen-address=127.0.0.1:0',
        '--cluster.listen-address=',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const exited = once(child, 'exit')
    const said: string[] = []
    const address = await new Promise<string>((resolve, reject) => {
      createInterface(child.stderr).on('line', line => {
        said.push(line)
        const found = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(line)?.[1]
        if (found !== undefined) resolve(found)
      })
      exited.then(() => reject(new Error(`alertmanager ended:\n${said.join('\n')}`)))
    })
    return new AlertmanagerServer(`http://${address}`, async () => {
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true })
    })
  }

  async post(alerts: readonly Alert[]): Promise<void> {
    const response = await fetch(`${this.#url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    })
    if (!response.ok) throw new Error(`alertmanager took no alerts: ${await response.text()}`)
  }

  /** The alerts that others keep silent. */
  async inhibited(): Promise<Alert[]> {
    const response = await fetch(`${this.#url}/api/v2/alerts?inhibited=true&active=false&silenced=false`)
    return (await response.json()) as Alert[]
  }

  end(): Promise<void> {
    return this.#end()
  }
}
