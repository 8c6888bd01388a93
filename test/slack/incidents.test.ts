import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { type AdjustableClock, createAdjustableClock } from '../../sandbox/browser/adjustable-clock.ts';
import { intakeToken } from '../../sandbox/northwind-config.ts';
import { createContract } from '../../sandbox/spotdraft/create-records.ts';
import type { SimContract, Workspace } from '../../sandbox/spotdraft/workspace.ts';
import { there } from '../environment.ts';
import { ALICE, GENERAL, openScene, type Scene, withOwnWebhooks } from './scene.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A recipe of docs/incidents.md: commands in their order, each with the lines that its answer has to contain. */
interface Recipe {
  title: string;
  commands: { text: string; lines: string[] }[];
}

it('the six recipes of docs/incidents.md solve their incidents with at most three commands', async (ctx) => {
  const { expect } = ctx;
  const clock = createAdjustableClock();
  advanceTo(clock, 8, 0);
  const scene = await openScene(ctx, { clock, delivered: false, adjust: withOwnWebhooks });
  await letIncidentsHappen(scene, clock);
  const recipes = readRecipes(new Date(clock.now()).toISOString().slice(0, 10));
  expect(recipes).toHaveLength(6);
  const answers = new Map<string, string>();
  for (const { title, commands } of recipes) {
    expect(commands.length, title).toBeLessThanOrEqual(3);
    for (const { text, lines } of commands) {
      const answer = answers.get(text) ?? (await ask(scene, text));
      answers.set(text, answer);
      expect(lines.length, text).toBeGreaterThan(0);
      for (const line of lines) expect(withoutDays(answer), text).toContain(withoutDays(line));
    }
  }
});

async function letIncidentsHappen(scene: Scene, clock: AdjustableClock): Promise<void> {
  const { spotdraft, prod, uat } = scene;
  const announce = async (workspace: Workspace, activity: string, contract: SimContract) => {
    const [sent] = await spotdraft.announce(workspace.key, activity, contract);
    clock.advance(MINUTE_MS);
    return sent;
  };
  const create = async (
    workspace: Workspace,
    ids: Pick<SimContract, 'id' | 'internalId'>,
    record: string,
  ) => {
    const created = new Date(clock.now()).toISOString();
    const contract = createContract(workspace, {
      ...ids,
      name: `Order Form - ${ids.id}`,
      contractTypeId: there(workspace.contractTypes[0]).id,
      created,
      lastUpdated: created,
      externalMetadata: { id: record, integrationName: 'Salesforce', recordType: 'Opportunity' },
    });
    workspace.contracts.push(contract);
    await announce(workspace, 'CONTRACT_CREATED', contract);
    return contract;
  };
  const execute = (workspace: Workspace, contract: SimContract) => {
    contract.status = 'EXECUTED';
    contract.executed = contract.lastUpdated = new Date(clock.now()).toISOString();
    return announce(workspace, 'CONTRACT_EXECUTED', contract);
  };

  // The integration reports that it failed to process an event.
  changeWebhooks(prod, {});
  const failed = await create(prod, { id: 'T-3301', internalId: 40_117 }, '006Fabrikam0001');
  const sent = there(await execute(prod, failed));
  await reportFailure(scene, failed, JSON.parse(sent.body).activity_data.timestamp);
  // The webhook of UAT has the URL of production.
  changeWebhooks(uat, {});
  await execute(uat, await create(uat, { id: 'T-4711', internalId: 62_005 }, '006Contoso00001'));
  changeWebhooks(uat, { status: 'DISABLED_BY_USER' });
  // The integration has a wrong secret.
  await scene.reportCall('prod', { status: 401, requestId: 'crm-7f31c2' });
  // For two minutes, a proxy removes the signature.
  for (const minute of [14, 15]) {
    advanceTo(clock, 9, minute);
    await postUnsigned(scene);
  }
  // SpotDraft disables the webhook before a contract is executed.
  const silent = await create(prod, { id: 'T-9020', internalId: 51_884 }, '006Wingtip00001');
  changeWebhooks(prod, { status: 'DISABLED_BY_ERROR' });
  await execute(prod, silent);
  advanceTo(clock, 9, 40);
}

const changeWebhooks = ({ webhooks }: Workspace, changes: object): void => {
  for (const webhook of webhooks)
    Object.assign(webhook, { url: 'https://envcheck.northwind.example/webhooks/prod', ...changes });
};

/** Moves the clock to the next time at which it shows this in UTC. */
function advanceTo(clock: AdjustableClock, hour: number, minute: number): void {
  const distance = (hour * 60 + minute) * MINUTE_MS - (clock.now() % DAY_MS);
  clock.advance(distance < 0 ? distance + DAY_MS : distance);
}

async function reportFailure({ url }: Scene, { internalId }: SimContract, occurredAt: string): Promise<void> {
  const outcome = {
    id: 'crm-sync-1',
    at: occurredAt,
    status: 'failed',
    activity: 'CONTRACT_EXECUTED',
    contractId: internalId,
    occurredAt,
    code: 'CRM_REFUSED',
  };
  const answer = await fetch(`${url}/v1/prod/outcomes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${intakeToken('prod')}`, 'content-type': 'application/x-ndjson' },
    body: JSON.stringify(outcome),
  });
  if (!answer.ok) throw new Error(`the outcome was refused: ${await answer.text()}`);
}

async function postUnsigned({ url }: Scene): Promise<void> {
  const { status } = await fetch(`${url}/webhooks/prod`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ activity: 'CONTRACT_EXECUTED', contract_id: 51_002 }),
  });
  if (status !== 401) throw new Error(`the unsigned delivery was answered ${status}`);
}

/** Reads the recipes, with the day of their times replaced. */
function readRecipes(day: string): Recipe[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/incidents.md'), 'utf8');
  return page.split(/^## /m).flatMap((section): Recipe[] => {
    const block = /^```text\n([\s\S]*?)^```/m.exec(section)?.[1];
    if (block === undefined) return [];
    const commands = block.split(/^\/envcheck /m).slice(1);
    return [
      {
        title: section.slice(0, section.indexOf('\n')),
        commands: commands.map((each) => {
          const [text = '', ...lines] = each.replace(/\d{4}-\d\d-\d\d/g, day).split('\n');
          return { text, lines: lines.filter((line) => line !== '') };
        }),
      },
    ];
  });
}

const withoutDays = (text: string): string => text.replace(/\d{1,2} [A-Z][a-z]{2} \d{4}/g, 'DAY');

/** Types a command and returns the words of its final answer. */
async function ask({ slack }: Scene, text: string): Promise<string> {
  const shown = () => [...slack.messages(GENERAL), ...slack.ephemerals(GENERAL, ALICE)];
  const before = new Set(shown().map(({ ts }) => ts));
  await slack.command({ text });
  const answer = await slack.waitFor(
    () =>
      shown().find((each) => !before.has(each.ts) && !/^(?:Checking|Comparing|Reading) /u.test(each.text)),
    15_000,
  );
  return wordsIn(answer.blocks);
}

/** All texts of blocks in their order, each section in a line of its own. */
function wordsIn(block: unknown): string {
  if (Array.isArray(block)) return block.map(wordsIn).join('');
  if (typeof block !== 'object' || block === null) return '';
  const { text, type, ...others } = block as { text?: unknown; type?: unknown };
  const end = type === 'rich_text_section' || type === 'rich_text_preformatted' ? '\n' : '';
  return (
    (typeof text === 'string' ? text : wordsIn(text)) + Object.values(others).map(wordsIn).join('') + end
  );
}
