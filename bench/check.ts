import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startSpotDraft } from '../sandbox/spotdraft/server.ts';
import { createWorkspace } from '../sandbox/spotdraft/workspace.ts';
import { loadConfig } from '../src/config/load.ts';
import { openCore } from '../src/core.ts';
import { type Figure, seconds } from './figure.ts';

const RATE = 5;
const TYPES = 40;
const TEMPLATES = 60;

/** Checks a whole workspace at the allowed rate. The reference is the time that the rate alone takes. */
export async function measureCheck(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-bench-'));
  const field = { variable: 'effective_date', type: 'date' as const };
  const typeNames = Array.from({ length: TYPES }, (_, index) => `Contract type ${index}`);
  const workspace = createWorkspace({
    key: 'prod',
    contractTypes: typeNames.map((name) => ({
      name,
      intakeForm: [field],
      metadataFields: [{ descriptors: [field] }],
    })),
    templates: Array.from({ length: TEMPLATES }, (_, index) => ({
      name: `Template ${index}`,
      contractType: typeNames[index % TYPES] ?? '',
      fields: [field],
    })),
  });
  const spotdraft = await startSpotDraft({ workspaces: [workspace] });
  try {
    const file = join(folder, 'envcheck.yaml');
    writeFileSync(
      file,
      stringify(
        {
          environments: {
            prod: {
              production: true,
              region: 'us',
              baseUrl: spotdraft.baseUrl,
              credentials: { clientId: { env: 'ID' }, clientSecret: { env: 'SECRET' } },
            },
          },
          requires: {
            contractTypes: typeNames.map((name) => ({
              name,
              intakeFields: [field],
              metadataFields: [field],
            })),
            templates: workspace.templates.map(({ name }) => ({ name, fields: [field] })),
          },
          limits: { requestsPerSecond: RATE },
          trustedHosts: [spotdraft.host],
        },
        { aliasDuplicateObjects: false },
      ),
    );
    const env = { ID: workspace.clientId, SECRET: workspace.clientSecret, LOG_LEVEL: 'error' };
    const config = loadConfig({ file, env, cwd: folder, needsSlack: false });
    const core = await openCore(config);
    const [environment] = config.environments;
    if (!environment) throw new Error('no environment');
    const report = await core.checker.check(environment, { fresh: true, onProgress: () => {} });
    await core.close();
    const ideal = (report.apiCalls / RATE) * 1000;
    const { maxInAnySecond, maxInFlight } = spotdraft.traffic('prod');
    return [
      {
        name: 'check wall time',
        measured: `${seconds(report.durationMs)} for ${report.apiCalls} reads`,
        reference: `${seconds(ideal)} = reads ÷ ${RATE} per second`,
        ratio: (report.durationMs / ideal).toFixed(2),
        goal: `≤ 1.1 × reference + 1 s (${seconds(ideal * 1.1 + 1000)})`,
        note: `limited only by the pace; the server saw at most ${maxInAnySecond} in any second, and ${maxInFlight} at once. The verdict was ${report.verdict}.`,
      },
    ];
  } finally {
    await spotdraft.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
