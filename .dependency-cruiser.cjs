/**
 * Who may import whom, checked by tests/architecture.test.ts.
 * The allowed imports per folder are read from the table in ARCHITECTURE.md; the rules below hold whatever the table says.
 */
const { readLayers } = require('./tests/support/layers.cjs');

const pathOf = (name) => `^src/${name}(/|[.]ts$)`;

/** One rule for what a layer may not touch at all, one for what it may know as types only. */
function rulesOf({ path, name, mayImport }) {
  if (mayImport === 'all') return [];
  const from = { path: pathOf(name) };
  const typesOnly = mayImport.filter((entry) => entry.typesOnly).map((entry) => pathOf(entry.name));
  const rules = [
    {
      name: `${name}-imports-only-its-row`,
      comment: `${path} imports only what its row in ARCHITECTURE.md allows`,
      severity: 'error',
      from,
      to: { path: '^src/', pathNot: [pathOf(name), ...mayImport.map((entry) => pathOf(entry.name))] },
    },
  ];
  if (typesOnly.length > 0) {
    rules.push({
      name: `${name}-imports-types-only`,
      comment: `${path} knows these folders as types only: import type`,
      severity: 'error',
      from,
      to: { path: typesOnly, dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
}

const NEVER = [
  {
    name: 'no-circles',
    comment: 'A request goes one direction, with no way back; two files of one folder may know each other as types',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'web-server-at-the-edge',
    comment: 'Only http/, demo/, app.ts and main.ts import fastify or pino',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(http/|demo/|app[.]ts$|main[.]ts$)' },
    to: { path: '(^|node_modules/)(fastify|@fastify|pino)(/|$)' },
  },
  {
    name: 'fhirpath-in-facts',
    comment: 'Only facts/ imports fhirpath',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/facts/' },
    to: { path: '(^|node_modules/)fhirpath(/|$)' },
  },
  {
    name: 'rules-and-cards-never-see-the-case',
    comment: 'rules/ and cards/ know facts, outcomes and Orders, never Case',
    severity: 'error',
    from: { path: '^src/(rules|cards)/' },
    to: { path: '^src/case/' },
  },
  {
    name: 'facts-never-rules',
    comment: 'facts/ never imports rules/',
    severity: 'error',
    from: { path: '^src/facts/' },
    to: { path: '^src/rules/' },
  },
  {
    name: 'fhir-never-facts',
    comment: 'fhir/ never imports facts/',
    severity: 'error',
    from: { path: '^src/fhir/' },
    to: { path: '^src/facts/' },
  },
  {
    name: 'runs-without-development-packages',
    comment:
      'What runs in the service needs no package that npm ci --omit=dev leaves out; the page for browsers is built with them inside',
    severity: 'error',
    from: { path: '^src/', pathNot: '[.]test[.]ts$|^src/sandbox/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'source-never-tests',
    comment: 'What is served does not depend on tests, scripts or benchmarks',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(tests|scripts|bench|fuzz)/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...NEVER, ...readLayers().flatMap(rulesOf)],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '[.]test[.]ts$' },
    // 'specify' keeps `import type` apart from imports that exist at run time.
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
