// The OpenTelemetry set-up that was there before: nothing in it knows of orderscope.
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node'
import { NodeSDK } from '@opentelemetry/sdk-node'

const sdk = new NodeSDK({ serviceName: 'my-bot', instrumentations: [getNodeAutoInstrumentations()] })
sdk.start()

process.once('beforeExit', () => sdk.shutdown())
process.once('SIGTERM', () => sdk.shutdown().finally(() => process.exit(0)))
