import type { OtlpSignalConfig } from '../../channel/export-config.js'
import type { OtlpSender } from './attempt.js'
import { createGrpcSender } from './grpc-sender.js'
import { createHttpSender } from './http-sender.js'

/**
 * A sender for one signal, by its protocol. Throws when the certificate files can't be used.
 *
 * @example
 * const result = await createOtlpSender(config).send(bytes)
 */
export function createOtlpSender(config: OtlpSignalConfig): OtlpSender {
  return config.protocol === 'grpc' ? createGrpcSender(config) : createHttpSender(config)
}
