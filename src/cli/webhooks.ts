import type { Command } from 'commander';
import type { Config, Environment } from '../config/config.ts';
import { openCore } from '../core.ts';
import type { WebhookResult } from '../events/webhooks/act.ts';
import { createRegistrations, type Registrations } from '../events/webhooks/registrations.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { renderArrival, retriggerJson } from './render-retrigger.ts';
import { renderResult, renderWebhooks, resultJson, webhookJson } from './render-webhooks.ts';
import {
  parseActivities,
  parseContract,
  parseHeaders,
  parseTitle,
  parseUrl,
  parseWait,
  parseWebhookId,
} from './webhook-options.ts';

const NAME = 'its name in the config';
const ID = "SpotDraft's id of the webhook";
const JSON_OPTION = ['--json', 'print one JSON object and nothing else'] as const;
const EXIT_CODES =
  '\nExit codes: 0 done · 1 refused, nothing was changed · 2 the answer was lost: look before trying again';

interface RegisterOptions {
  title?: string;
  activities?: string;
  header: string[];
  again?: boolean;
  json?: boolean;
}

export function addWebhooks(program: Command, context: CommandContext): void {
  const webhooks = program
    .command('webhooks')
    .description('register webhooks in SpotDraft, and keep their ids');
  addRegister(webhooks, context);
  addRetrigger(webhooks, context);
  webhooks
    .command('list')
    .description('the webhooks that were made or noted here; SpotDraft itself has no list')
    .argument('<environment>', NAME)
    .option(...JSON_OPTION)
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() =>
        withRegistrations(context, name, async (registrations, environment) => {
          const all = await registrations.list(environment);
          const { terminal } = context;
          const object = { environment: environment.name, webhooks: all.map(webhookJson) };
          terminal.out(
            json ? `${JSON.stringify(object, null, 2)}\n` : renderWebhooks(all, environment, terminal),
          );
          return exitCodes.ok;
        }),
      )(),
    );
  webhooks
    .command('delete')
    .description('delete a webhook that was made or noted here')
    .argument('<environment>', NAME)
    .argument('<id>', ID)
    .option(...JSON_OPTION)
    .addHelpText('after', EXIT_CODES)
    .action((name: string, id: string, { json = false }: { json?: boolean }) =>
      context.run(() =>
        act(context, { name, json }, (registrations, environment) =>
          registrations.delete(environment, parseWebhookId(id), actor()),
        ),
      )(),
    );
  webhooks
    .command('note')
    .description('write down a webhook that was made elsewhere, or whose id was lost; SpotDraft is not asked')
    .argument('<environment>', NAME)
    .argument('<id>', ID)
    .option('--title <title>', 'its title in SpotDraft')
    .option('--url <url>', 'the URL that it sends to')
    .option(...JSON_OPTION)
    .action((name: string, id: string, options: { title?: string; url?: string; json?: boolean }) =>
      context.run(() =>
        act(context, { name, json: options.json ?? false }, (registrations, environment) =>
          registrations.note(
            environment,
            {
              webhookId: parseWebhookId(id),
              title: parseTitle(options.title),
              url: parseUrl(options.url),
            },
            actor(),
          ),
        ),
      )(),
    );
}

function addRetrigger(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('retrigger')
    .description(
      'have SpotDraft make the latest webhook call of a contract again, to all who listen, and watch for its delivery',
    )
    .argument('<environment>', NAME)
    .argument('<contract>', 'its id: 481516 or T-481516')
    .option('--wait <seconds>', 'how long the delivery is watched for, 0 to 600', '60')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `${EXIT_CODES}\nThe delivery is seen where the receiver writes into the same database.`,
    )
    .action((name: string, contract: string, { wait, json = false }: { wait: string; json?: boolean }) =>
      context.run(() => {
        const contractId = parseContract(contract);
        const forMs = parseWait(wait);
        return withRegistrations(context, name, async (registrations, environment) => {
          const { terminal } = context;
          const request = { contractId, shown: null };
          const result = await registrations.retrigger(environment, request, actor());
          const arrival =
            result.sent && forMs > 0
              ? await registrations.arrival(environment, result, {
                  contractId,
                  forMs,
                  onWait: (ms) => terminal.status?.(`Waiting for the delivery: ${Math.round(ms / 1000)} s`),
                })
              : null;
          terminal.status?.('');
          terminal.out(
            json
              ? `${JSON.stringify(retriggerJson(result, arrival, { contractId, environment }), null, 2)}\n`
              : renderResult(result, terminal) +
                  (arrival ? renderArrival(arrival, environment, terminal) : ''),
          );
          return exitCodeOf[result.kind];
        });
      })(),
    );
}

function addRegister(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('register')
    .description(
      "create the environment's webhook in SpotDraft, with the URL and the activities of the config",
    )
    .argument('<environment>', NAME)
    .option('--title <title>', 'how SpotDraft shows it (default: Envcheck and the environment)')
    .option('--activities <list>', "instead of the config's, separated by commas")
    .option(
      '--header <name=variable>',
      'a custom header; its value is that of the environment variable. May be repeated',
      (given: string, before: string[]) => [...before, given],
      [],
    )
    .option('--again', 'also where a webhook with this URL is known, or may be there')
    .option(...JSON_OPTION)
    .addHelpText('after', EXIT_CODES)
    .action((name: string, options: RegisterOptions) =>
      context.run(() => {
        const request = {
          title: parseTitle(options.title),
          activities: parseActivities(options.activities),
          headers: parseHeaders(options.header, context.env),
          again: options.again ?? false,
        };
        return act(context, { name, json: options.json ?? false }, (registrations, environment) =>
          registrations.register(environment, request, actor()),
        );
      })(),
    );
}

async function act(
  context: CommandContext,
  { name, json }: { name: string; json: boolean },
  perform: (registrations: Registrations, environment: Environment) => Promise<WebhookResult>,
): Promise<number> {
  return withRegistrations(context, name, async (registrations, environment) => {
    const result = await perform(registrations, environment);
    const { terminal } = context;
    terminal.out(
      json ? `${JSON.stringify(resultJson(result, environment), null, 2)}\n` : renderResult(result, terminal),
    );
    return exitCodeOf[result.kind];
  });
}

const exitCodeOf: Record<WebhookResult['kind'], number> = {
  done: exitCodes.ok,
  refused: exitCodes.negative,
  lost: exitCodes.couldNotTell,
};

async function withRegistrations(
  context: CommandContext,
  name: string,
  work: (registrations: Registrations, environment: Environment) => Promise<number>,
): Promise<number> {
  const config: Config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    return await work(createRegistrations({ config, ...core, clientOf: core.clients.of }), environment);
  } finally {
    await core.close();
  }
}
