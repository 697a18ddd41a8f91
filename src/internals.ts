/*
 * What the programs of this repository (fixtures of tests, scripts) use beside the public names. No part of the package.
 */
export { currentWriter } from './channel/current-writer.js'
export { TraceRef } from './channel/trace-ref.js'
export { ChannelWriter } from './channel/writer.js'
export { generatedDocs } from './cli/generated-docs.js'
export { bind } from './metrics/bind.js'
export { SharedMeterProvider } from './metrics/meter-provider.js'
export { watchExit } from './telemetry/exit.js'
export { detectResource } from './telemetry/resource.js'
