import { randomId } from '../../text/ids.ts';
import type { Message } from '../../text/message.ts';
import { type WaiversView, waiversMessage } from '../blocks/waivers.ts';
import type { SlackTools } from '../slack-tools.ts';

/** `/envcheck waivers` lists the current waivers, with the result of the last act above them. */
export const currentWaivers = async (
  { waivers, config }: SlackTools,
  environment: string | null,
  result: WaiversView['result'],
): Promise<Message> =>
  waiversMessage({
    environments: config.environments,
    environment,
    waivers: await waivers.list(),
    rules: await waivers.rules(),
    result,
    showing: randomId('showing'),
  });
