// For a bundle that holds everything: there is no preload, so telemetry is started here, before the bot is loaded.
import { startTelemetry } from 'orderscope'

startTelemetry()
await import('./bot.js')
