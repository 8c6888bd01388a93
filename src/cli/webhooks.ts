import type { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import type { WebhookResult } from '../events/webhooks/act.ts';
import { createRegistrations, type Registrations } from '../events/webhooks/registrations.ts';
import { refusedGuess } from '../events/webhooks/retrigger.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import {
  renderArrival,
  renderResult,
  renderWebhooks,
  resultJson,
  retriggerJson,
  webhookJson,
} from './render-webhooks.ts';
import { jsonText } from './terminal.ts';
import {
  parseActivities,
  parseContract,
  parseHeaders,
  parseTitle,
  parseUrl,
  parseWait,
  parseWebhookId,
} from './webhook-options.ts';

const ID = ['<id>', "SpotDraft's id of the webhook"] as const;
const EXIT_CODES =
  '\nExit codes: 0 done · 1 refused, nothing was changed · 2 the response was lost: check SpotDraft before you try again';

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
    .description('register webhooks in SpotDraft, re-trigger and delete them');
  addRegister(webhooks, context);
  addRetrigger(webhooks, context);
  webhooks
    .command('list')
    .description('list the webhooks registered or noted here; SpotDraft itself has no list')
    .argument(...ENVIRONMENT)
    .option(...JSON_OPTION)
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() =>
        withRegistrations(context, name, async (registrations, environment) => {
          const all = await registrations.list(environment);
          const { terminal } = context;
          terminal.out(
            json
              ? jsonText({ environment: environment.name, webhooks: all.map(webhookJson) })
              : renderWebhooks(all, environment, terminal),
          );
          return exitCodes.ok;
        }),
      ),
    );
  webhooks
    .command('delete')
    .description('delete a webhook that was registered or noted here')
    .argument(...ENVIRONMENT)
    .argument(...ID)
    .option(...JSON_OPTION)
    .addHelpText('after', EXIT_CODES)
    .action((name: string, id: string, { json = false }: { json?: boolean }) =>
      context.run(() =>
        act(context, { name, json }, (registrations, environment) =>
          registrations.delete(environment, parseWebhookId(id), actor()),
        ),
      ),
    );
  webhooks
    .command('note')
    .description('note a webhook that was created elsewhere or whose id was lost; calls nothing in SpotDraft')
    .argument(...ENVIRONMENT)
    .argument(...ID)
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
      ),
    );
}

function addRetrigger(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('retrigger')
    .description(
      'have SpotDraft send the latest webhook of a contract again, to every listener, and wait for its delivery',
    )
    .argument(...ENVIRONMENT)
    .argument('<contract>', 'its internal id, such as 481516: contract_id of a webhook or of create-contract')
    .option('--wait <seconds>', 'how long to wait for the delivery, 0 to 600', '60')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `${EXIT_CODES}\nThe delivery is noticed only when the receiver writes to the same database.`,
    )
    .action((name: string, contract: string, { wait, json = false }: { wait: string; json?: boolean }) =>
      context.run(() => {
        const given = parseContract(contract);
        const contractId = given.kind === 'internal' ? given.id : null;
        const forMs = parseWait(wait);
        return withRegistrations(context, name, async (registrations, environment) => {
          const { terminal } = context;
          const result =
            given.kind === 'internal'
              ? await registrations.retrigger(environment, { contractId: given.id, shown: null }, actor())
              : refusedGuess(given, environment);
          const arrival =
            contractId !== null && result.sent && forMs > 0
              ? await registrations.arrival(environment, result, {
                  contractId,
                  forMs,
                  onWait: (ms) => terminal.status?.(`Waiting for the delivery: ${Math.round(ms / 1000)} s`),
                })
              : null;
          terminal.status?.('');
          terminal.out(
            json
              ? jsonText(retriggerJson(result, arrival, { contractId, environment }))
              : renderResult(result, terminal) +
                  (arrival ? renderArrival(arrival, environment, terminal) : ''),
          );
          return exitCodeOf[result.kind];
        });
      }),
    );
}

function addRegister(webhooks: Command, context: CommandContext): void {
  webhooks
    .command('register')
    .description("register the environment's webhook in SpotDraft, with the URL and activities of the config")
    .argument(...ENVIRONMENT)
    .option('--title <title>', 'its title in SpotDraft (default: Envcheck and the environment)')
    .option('--activities <list>', "comma-separated activities, in place of the config's")
    .option(
      '--header <name=variable>',
      'a custom header with the value of an environment variable; may be repeated',
      (given: string, before: string[]) => [...before, given],
      [],
    )
    .option('--again', 'register even if a webhook with this URL exists or may exist')
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
      }),
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
    terminal.out(json ? jsonText(resultJson(result, environment)) : renderResult(result, terminal));
    return exitCodeOf[result.kind];
  });
}

const exitCodeOf: Record<WebhookResult['kind'], number> = {
  done: exitCodes.ok,
  refused: exitCodes.negative,
  lost: exitCodes.couldNotTell,
};

const withRegistrations = (
  context: CommandContext,
  name: string,
  work: (registrations: Registrations, environment: Environment) => Promise<number>,
): Promise<number> =>
  withEnvironment(context, name, (core, environment, config) =>
    work(createRegistrations({ config, ...core, clientOf: core.clients.of }), environment),
  );
