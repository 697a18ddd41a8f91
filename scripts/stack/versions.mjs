/**
 * The programs that the stack consists of, and where their sources are: modules of the Go module registry.
 * What their zip files hash to stands in modules.sum. The images of docker-compose.yml are pinned in .env.
 */

/** The oldest Go that compiles all of them. */
export const GO = '1.26'

/** Core and contrib have to be of one release. 0.159 has a module (servicegraphconnector) that checksums don't fit. */
const COLLECTOR = 'v0.158.0'
const COLLECTOR_STABLE = 'v1.64.0'
const core = (...names) => names.map(name => `go.opentelemetry.io/collector/${name} ${COLLECTOR}`)
const stable = (...names) => names.map(name => `go.opentelemetry.io/collector/${name} ${COLLECTOR_STABLE}`)
const contrib = (...names) =>
  names.map(name => `github.com/open-telemetry/opentelemetry-collector-contrib/${name} ${COLLECTOR}`)

export const PROGRAMS = [
  {
    name: 'alertmanager',
    module: 'github.com/prometheus/alertmanager',
    version: 'v0.34.2',
    release: '0.34.2',
    stamp: 'github.com/prometheus/common/version.Version',
    binaries: { alertmanager: './cmd/alertmanager', amtool: './cmd/amtool' },
    // embedded when it is compiled, and not part of the module
    placeholders: ['ui/app/dist/index.html'],
  },
  {
    name: 'prometheus',
    module: 'github.com/prometheus/prometheus',
    version: 'v0.315.0',
    release: '3.15.0',
    stamp: 'github.com/prometheus/common/version.Version',
    // the clients of some twenty clouds are left out: two minutes less
    tags: ['remove_all_sd', 'enable_dns_sd', 'enable_kubernetes_sd'],
    binaries: { prometheus: './cmd/prometheus', promtool: './cmd/promtool' },
  },
  {
    name: 'collector',
    builder: `go.opentelemetry.io/collector/cmd/builder@${COLLECTOR}`,
    release: COLLECTOR.slice(1),
    binaries: { 'otelcol-contrib': '.' },
    components: {
      receivers: [...core('receiver/otlpreceiver'), ...contrib('receiver/kafkareceiver')],
      processors: [
        ...core('processor/memorylimiterprocessor', 'processor/batchprocessor'),
        ...contrib(
          'processor/attributesprocessor',
          'processor/filterprocessor',
          'processor/intervalprocessor',
          'processor/redactionprocessor',
          'processor/resourcedetectionprocessor',
          'processor/resourceprocessor',
          'processor/tailsamplingprocessor',
          'processor/transformprocessor',
        ),
      ],
      exporters: [
        ...core('exporter/debugexporter', 'exporter/otlpexporter', 'exporter/otlphttpexporter'),
        ...contrib(
          'exporter/fileexporter',
          'exporter/kafkaexporter',
          'exporter/loadbalancingexporter',
          'exporter/prometheusexporter',
          'exporter/prometheusremotewriteexporter',
        ),
      ],
      connectors: [
        ...core('connector/forwardconnector'),
        ...contrib('connector/servicegraphconnector', 'connector/spanmetricsconnector'),
      ],
      extensions: contrib('extension/healthcheckextension', 'extension/storage/filestorage'),
      providers: stable(
        'confmap/provider/envprovider',
        'confmap/provider/fileprovider',
        'confmap/provider/httpprovider',
        'confmap/provider/yamlprovider',
      ),
    },
  },
  {
    name: 'jaeger',
    // the last tag that Go modules can name: its cmd/jaeger is Jaeger v2.13.0
    module: 'github.com/jaegertracing/jaeger',
    version: 'v1.76.0',
    release: '2.13.0',
    stamp: 'github.com/jaegertracing/jaeger/internal/version.latestVersion',
    binaries: { jaeger: './cmd/jaeger' },
  },
]
