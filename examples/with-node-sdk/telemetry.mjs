// The OpenTelemetry set-up that was there before: nothing in it knows of orderscope.
import { createRequire } from 'node:module'
import { NodeSDK } from '@opentelemetry/sdk-node'

// as it is written in CommonJS; with `import`, the ES module hook of OpenTelemetry would be needed
const { HttpInstrumentation } = createRequire(import.meta.url)('@opentelemetry/instrumentation-http')

export const sdk = new NodeSDK({ serviceName: 'my-bot', instrumentations: [new HttpInstrumentation()] })
sdk.start()

process.once('beforeExit', () => sdk.shutdown())
process.once('SIGTERM', () => sdk.shutdown().finally(() => process.exit(0)))
