// Imports point one way. Each rule says why. Tests may look anywhere; scripts/check-layers.mjs leaves them out, and makes
// sure that every module was seen.

const server = '^server/src/';
const core = `${server}core/`;

/** Everything that is not ours: npm packages and the modules of Node.js. */
const outside = [
  'core',
  'npm',
  'npm-dev',
  'npm-optional',
  'npm-peer',
  'npm-bundled',
  'npm-no-pkg',
  'npm-unknown',
];

/**
 * A layer that may import only what `allowed` matches, and itself.
 * @param {string} name
 * @param {string} comment
 * @param {string} from
 * @param {readonly string[]} allowed
 */
function onlyOurs(name, comment, from, allowed) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from },
    to: { path: server, pathNot: [from, ...allowed] },
  };
}

/** @param {string} name @param {string} comment @param {string} from @param {string} to */
function never(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { path: from }, to: { path: to } };
}

/** @param {string} name @param {string} comment @param {string} from @param {readonly string[]} types */
function noOutside(name, comment, from, types) {
  return { name, comment, severity: 'error', from: { path: from }, to: { dependencyTypes: types } };
}

const configTypes = `${server}config/settings\\.ts$`;
/** What the outside is asked for, and what it may be asked. */
const ports = `${server}exchange/(?:ports|ledger-queries|detail/capture-(?:control|outcome|record))\\.ts$`;

module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment:
        'Modules that import each other in a circle can only be understood, tested and loaded together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere fails when it is reached, which may be in production.',
      severity: 'error',
      from: {},
      // Newer than the oldest Node.js that is supported; loaded only where it is there.
      to: { couldNotResolve: true, pathNot: '^node:sqlite$' },
    },
    {
      name: 'no-test-code',
      comment: 'The test kit is not shipped: an import of them breaks the published package.',
      severity: 'error',
      from: { path: server },
      to: { path: '^server/test/' },
    },

    // ---- core: knowledge
    noOutside(
      'core-is-pure',
      'Core knows and never acts: no package and no module of Node.js, so it can be tested with plain values.',
      core,
      outside,
    ),
    never(
      'core-knows-nobody',
      'Core is the ground that all else stands on. Whatever it needs to be told, it gets as an argument.',
      core,
      `${server}(?!core/)`,
    ),
    onlyOurs(
      'core-foundations',
      'The model, bytes, JSON and SSE readers are shared by all dialects, so they may know none of them.',
      `${core}(?:model|sse|json)/|${core}bytes\\.ts$`,
      [],
    ),
    {
      name: 'dialects-apart',
      comment:
        'A dialect never knows another dialect: what two need is in dialects/kit, what all share is in the model.',
      severity: 'error',
      from: { path: `${core}dialects/(?!kit/)([^/]+)/` },
      to: { path: `${core}dialects/[^/]+/`, pathNot: [`${core}dialects/$1/`, `${core}dialects/kit/`] },
    },
    never(
      'dialects-know-no-vendor',
      'A dialect is a documented format. Deviations of a vendor live in core/providers.',
      `${core}dialects/`,
      `${core}(?:providers|routing|pricing|embeddings)/`,
    ),
    never(
      'dialect-kit-serves-all',
      'The kit is below the dialects; a part of it that knows one of them belongs to that dialect.',
      `${core}dialects/kit/`,
      `${core}dialects/(?!kit/)[^/]+/`,
    ),
    never(
      'knowledge-apart',
      'Providers, routing and pricing decide on the model alone, so that a new dialect changes none of them.',
      `${core}(?:providers|routing|pricing|embeddings)/`,
      `${core}dialects/(?!dialect\\.ts$)`,
    ),

    // ---- the middle: the story of a request
    never(
      'config-on-core',
      'Configuration is read before anything runs: it may know core and nothing that acts.',
      `${server}config/`,
      `${server}(?!config/|core/|version\\.ts$)`,
    ),
    noOutside(
      'exchange-without-machinery',
      'The exchange tells what happens, not how: time, sockets and storage come through exchange/ports.ts.',
      `${server}exchange/`,
      outside,
    ),
    onlyOurs(
      'exchange-on-core',
      'The exchange must run in a test with fakes at its ports, so it may import core and the types of the settings only.',
      `${server}exchange/`,
      [core, configTypes],
    ),

    // ---- the edges: adapters of the ports
    ...['upstream', 'stores', 'observe', 'tokens', 'prices'].map((adapter) =>
      onlyOurs(
        `${adapter}-is-an-adapter`,
        'An adapter fulfils a port. It knows the port, core and the settings; app.ts alone brings adapters together.',
        `${server}${adapter}/`,
        [core, configTypes, ports],
      ),
    ),
    ...['http', 'admin'].map((edge) =>
      onlyOurs(
        `${edge}-is-an-edge`,
        'An inbound edge hands requests to the exchange. What lies behind the ports is not its business.',
        `${server}${edge}/`,
        [core, `${server}exchange/`, `${server}config/`, `${server}version\\.ts$`],
      ),
    ),
    onlyOurs(
      'vault-is-an-edge',
      'The vault is a source of settings: it knows what a configuration is and how one is resolved, and nothing that serves.',
      `${server}vault/`,
      [core, `${server}config/`, ports],
    ),
    noOutside(
      'vault-on-node-alone',
      'What touches secrets at rest uses the cryptography of Node.js and no package.',
      `${server}vault/`,
      outside.filter((type) => type !== 'core'),
    ),
    ...['setup', 'import'].map((tool) =>
      onlyOurs(
        `${tool}-stands-alone`,
        'It edits files on the user’s machine and must work while no gateway runs.',
        `${server}${tool}/`,
        [core, `${server}config/`, `${server}version\\.ts$`],
      ),
    ),
    {
      name: 'units-are-text',
      comment:
        'What the system is told of the gateway is text made from facts: nothing there reads, writes or runs.',
      severity: 'error',
      from: { path: `${server}os-units/` },
      to: { pathNot: `${server}os-units/` },
    },
    onlyOurs(
      'doctor-looks-on',
      'An examination must tell the truth about a gateway that does not start: it opens nothing through it, and asks what it asks itself.',
      `${server}doctor/`,
      [
        core,
        `${server}config/`,
        `${server}vault/`,
        `${server}clock\\.ts$`,
        // One request to a provider, made as the gateway makes it; the file and the address of the database.
        `${server}exchange/(?:ports|deadlines|operator/test-key)\\.ts$`,
        `${server}upstream/transport/transport\\.ts$`,
        `${server}stores/(?:sqlite/reader|postgres/place)\\.ts$`,
      ],
    ),
    onlyOurs(
      'workers-are-ports-over-lines',
      'Between the processes of one machine there are the same ports as between several machines, and the ledger’s own messages.',
      `${server}workers/`,
      [
        ports,
        `${server}exchange/shared/crew\\.ts$`,
        `${server}stores/tables/(?:thread|messages|rows|queries/questions)\\.ts$`,
      ],
    ),
    {
      name: 'around-the-gateway',
      comment:
        'What a person runs beside the gateway, and what makes several processes of one, is put to it by the command line. A gateway that imported it would load it at every start.',
      severity: 'error',
      from: { path: `${server}(?!cli/)([^/]+)` },
      to: { path: `${server}(?:setup|import|doctor|workers|os-units)/`, pathNot: `${server}$1/` },
    },
    {
      name: 'app-is-the-top',
      comment: 'app.ts knows everyone; whoever imports it knows everyone too. Only the command line may.',
      severity: 'error',
      from: { path: server, pathNot: `${server}(?:cli/|main\\.ts$)` },
      to: { path: `${server}app\\.ts$` },
    },
    {
      name: 'command-line-is-the-end',
      comment:
        'The command line starts the gateway. A gateway that imported it could not be embedded or tested alone.',
      severity: 'error',
      from: { path: server, pathNot: `${server}(?:cli/|main\\.ts$)` },
      to: { path: `${server}(?:cli/|main\\.ts$)` },
    },
    {
      name: 'dashboard-apart',
      comment:
        'The dashboard runs in a browser. It shares the contract of the admin API with the server, and the meter of tokens per second, which knows nothing but numbers.',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^server/', pathNot: `${server}admin/contract\\.ts$|${core}telemetry/token-meter\\.ts$` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.tsx?$' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    // Type-only imports count: a layer that names another's types depends on it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
