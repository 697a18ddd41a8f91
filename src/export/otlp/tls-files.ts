import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { OtlpSignalConfig } from '../../channel/export-config.js'

/** What `node:tls` takes of PEM files. */
export interface TlsOptions {
  readonly ca?: Buffer
  readonly key?: Buffer
  readonly cert?: Buffer
}

const files = [
  ['ca', 'certificate', 'CERTIFICATE'],
  ['key', 'clientKey', 'CLIENT_KEY'],
  ['cert', 'clientCertificate', 'CLIENT_CERTIFICATE'],
] as const

/** Reads the files of a destination. Throws a sentence that names the file when one can't be used. */
export function tlsOptions(config: OtlpSignalConfig): TlsOptions {
  const options: Record<string, Buffer> = {}
  for (const [option, setting, variable] of files) {
    const path = config[setting]
    if (path === undefined) continue
    try {
      options[option] = readFileSync(path)
      // a key is no use without its certificate and the other way round: both are looked at together, below
      if (option === 'ca') createSecureContext({ ca: options[option] })
    } catch (error) {
      throw new Error(`OTEL_EXPORTER_OTLP_${variable} names ${path}: ${(error as Error).message}`)
    }
  }
  try {
    createSecureContext(options)
  } catch (error) {
    const named = [config.clientKey, config.clientCertificate].filter(path => path !== undefined).join(' and ')
    throw new Error(`OTEL_EXPORTER_OTLP_CLIENT_KEY and _CLIENT_CERTIFICATE name ${named}: ${(error as Error).message}`)
  }
  return options
}
