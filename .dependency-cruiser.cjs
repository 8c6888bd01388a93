/** The layers, each with its reason. `npm run layers` fails where an import crosses one. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Two files that need each other are one file, or hide a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'text-and-time-are-the-bottom',
      severity: 'error',
      comment: 'Every room uses them, so they know none, not even a type.',
      from: { path: '^src/(text|time)/' },
      to: { path: '^src/(?!text/|time/)' },
    },
    {
      name: 'rooms-know-no-surface',
      severity: 'error',
      comment:
        'What is read, judged, decided and compared is the same wherever it was asked for. Digests and surfaces are built on these rooms.',
      from: { path: '^src/(approvals|inspect|readiness|workspace|config)/' },
      to: { path: '^src/(slack|cli|http|commands|digests)/|^src/(app|core|main|cli)\\.ts$' },
    },
    {
      name: 'commands-know-no-surface',
      severity: 'error',
      comment: 'A result of a command is data; each surface presents it.',
      from: { path: '^src/commands/' },
      to: { path: '^src/(slack|cli|http)/|^src/(app|core|main|cli)\\.ts$' },
    },
    {
      name: 'pure-readiness',
      severity: 'error',
      comment:
        'Checks judge what was gathered before. A check that could read would be able to fail for reasons other than the environment, and could not be tested by data alone.',
      from: { path: '^src/(readiness/|inspect/judge-facts\\.ts)' },
      to: {
        path: '^src/(?!readiness/|config/|text/|time/(?!clock|ticker)|workspace/(names|feature-flags|diff/|receivers/answers)|spotdraft/(fact|regions)\\.ts)|^node_modules/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'readiness-without-io',
      severity: 'error',
      comment: 'No files, no network, no clock of its own: facts come in, results go out.',
      from: { path: '^src/(readiness/|inspect/judge-facts\\.ts|slack/blocks/|workspace/diff/)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-diff',
      severity: 'error',
      comment:
        'Two configurations are compared as they were kept, years later as on the day: nothing is read to do it.',
      from: { path: '^src/workspace/diff/' },
      to: {
        path: '^src/(?!workspace/(diff/|names\\.ts|snapshot\\.ts)|text/)|^node_modules/(undici|kysely|pino)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-blocks',
      severity: 'error',
      comment:
        'Messages are made from data alone, so that a test can hold every one of them against the limits of Slack. Blocks take types from any room, but run only pure code: readiness, diff, text, durations, and the text modules of other rooms.',
      from: { path: '^src/slack/blocks/' },
      to: {
        path: '^(src/(?!slack/(blocks/|action-ids\\.ts)|readiness/|workspace/diff/|text/|time/(?!clock|ticker)|.+-text\\.ts$|events/find/timeline\\.ts|digests/notices/watch-report\\.ts)|sandbox/|node_modules/(?!zod/))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'spotdraft-knows-only-spotdraft',
      severity: 'error',
      comment:
        'One room knows the API of SpotDraft, and it knows nothing of what others make of the answers. So a change of the API ends here, and the client can be tested without the rest.',
      from: { path: '^src/spotdraft/' },
      to: { path: '^(src/(?!spotdraft/|config/|text/|time/)|migrations/)' },
    },
    {
      name: 'regions-are-data',
      severity: 'error',
      comment:
        'The config reads the regions of SpotDraft from this file. An import here would close a circle.',
      from: { path: '^src/spotdraft/regions\\.ts$' },
      to: {},
    },
    {
      name: 'probes-only-ask',
      severity: 'error',
      comment:
        'What is sent to receivers depends on config, keys and earlier answers alone. The check judges the series.',
      from: { path: '^src/workspace/receivers/' },
      to: {
        path: '^src/(readiness|inspect|store|slack|cli|http|(app|core)\\.ts)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'store-only-stores',
      severity: 'error',
      comment:
        'Every room may use the database, so it depends on none of them, not even on a type. JSON columns are opaque here: the caller names their type.',
      from: { path: '^src/store/' },
      to: { path: '^src/(?!store/|text/|time/)' },
    },
    {
      name: 'one-way-to-the-database',
      severity: 'error',
      comment: 'The driver is known in one folder: another database is a change there and nowhere else.',
      from: { path: '^src/', pathNot: '^src/store/' },
      to: { path: '^node_modules/better-sqlite3' },
    },
    {
      name: 'bot-without-sandbox',
      severity: 'error',
      comment:
        'The image contains src and no sandbox: any import but the lazy ones of demo and sandbox breaks the bot there, type imports included.',
      from: { path: '^src/', pathNot: '^src/cli/(demo|sandbox)\\.ts$' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'commands-load-the-sandbox-lazily',
      severity: 'error',
      comment:
        'The command line loads these files for every command: a static import would end them all in the image.',
      from: { path: '^src/cli/(demo|sandbox)\\.ts$' },
      to: { path: '^sandbox/', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'browser-page-stands-on-top',
      severity: 'error',
      comment:
        'The page is the top floor: it shows and drives the simulated world. Tests, benchmarks and the demo use that world without a page.',
      from: { pathNot: '^(sandbox/browser/|src/cli/sandbox\\.ts$|docs/make-pictures\\.ts$|test/)' },
      to: { path: '^sandbox/browser/' },
    },
    {
      name: 'simulators-stand-alone',
      severity: 'error',
      comment:
        'A simulator that shared code with the bot or with the other simulator would share its mistakes. The clock is only an interface.',
      from: { path: '^sandbox/(slack|spotdraft)/' },
      to: { path: '^(src|sandbox|test)/', pathNot: ['^sandbox/$1/', '^src/time/clock\\.ts$'] },
    },
    {
      name: 'events-serve-every-surface',
      severity: 'error',
      comment:
        'The log, its failures and the webhooks are the same wherever they are asked for, so they know no surface and nothing that is built on them.',
      from: { path: '^src/events/' },
      to: {
        path: '^src/(slack|cli|commands|http|digests|inspect|approvals|readiness)/|^src/(app|core|main|cli)\\.ts$',
      },
    },
    {
      name: 'event-log-stands-alone',
      severity: 'error',
      comment:
        'Find, intake, failures and webhooks read and write the log. The log needs none of them, or its writer thread would load them all.',
      from: { path: '^src/events/log/' },
      to: { path: '^src/events/(find|intake|failures|webhooks)/' },
    },
    {
      name: 'http-decides-nothing',
      severity: 'error',
      comment:
        'The server takes requests and counts them. Checks, approvals and messages have no place on the path of a delivery.',
      from: { path: '^src/http/' },
      to: { path: '^src/(slack|cli|commands|inspect|approvals)/|^src/(app|core|main|cli)\\.ts$' },
    },
    {
      name: 'digests-know-no-surface',
      severity: 'error',
      comment:
        'Schedule, outbox and notices decide what is posted and when. The presenter and the courier are passed in where the parts are joined, so that another surface needs no change here and each step can be tested and killed.',
      from: { path: '^src/digests/' },
      to: { path: '^src/(slack|cli|http|(app|core)\\.ts)|^node_modules/@slack/(bolt|web-api)' },
    },
    {
      name: 'surfaces-do-not-mix',
      severity: 'error',
      comment: 'Slack and the command line show the same things and do not need each other.',
      from: { path: '^src/slack/' },
      to: { path: '^src/(cli|http)/' },
    },
    {
      name: 'one-seed-for-property-tests',
      severity: 'error',
      comment:
        'test/fast-check.ts sets the seed. A test that imports the library itself would depend on luck.',
      from: { path: '^test/', pathNot: '^test/fast-check\\.ts$' },
      to: { path: '^node_modules/fast-check' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      comment: 'They are not there where the bot runs.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
