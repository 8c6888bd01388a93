import type { Environment, Receiver } from '../../config/config.ts';
import { isolationOf } from '../../config/isolation.ts';
import { isSameEndpoint, maskedUrl } from '../../config/webhook-url.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check, CheckInput } from '../check.ts';
import { combine, type Finding, fail, nothingRequired, pass } from '../judgement.ts';
import { judgeIsolation } from '../receiver-isolation.ts';

/** A shared URL is no failure for a receiver of the integration whose isolation is declared and proven. */
export const check: Check = {
  id: 'webhooks.separate',
  item: 'webhooks',
  title: 'No receiver URL is shared with another environment',
  severity: 'blocking',
  // Only a declared isolation is proven by probes, which need this workspace's key and another one of the others.
  restsOn: ({ environment, environments }) =>
    environment.receivers.some((receiver) => isolationOf(environment, receiver, environments))
      ? ['credentials.accepted', 'credentials.distinct', 'credentials.workspace']
      : [],
  judge(input) {
    const { environment, environments } = input;
    const own = receiverUrls(environment);
    if (own.length === 0) return nothingRequired('no webhook URL is configured');
    const others = environments.filter((other) => other.name !== environment.name);
    if (others.length === 0) return nothingRequired('there is no other environment to compare with');
    return combine(own.flatMap((url) => judgeUrl(url, others, input)));
  },
};

interface ReceiverUrl {
  what: string;
  url: string;
  /** null for the URL at which Envcheck itself receives webhooks. */
  receiver: Receiver | null;
}

const receiverUrls = ({ webhooks, receivers }: Environment): ReceiverUrl[] => [
  ...(webhooks ? [{ what: 'webhooks.url', url: webhooks.url, receiver: null }] : []),
  ...receivers.map((receiver) => ({ what: `receiver ${receiver.name}`, url: receiver.url, receiver })),
];

function judgeUrl(
  { what, url, receiver }: ReceiverUrl,
  others: readonly Environment[],
  { environment, environments, receivers }: CheckInput,
): Finding[] {
  const label = environmentLabel(environment);
  const isolation = receiver && isolationOf(environment, receiver, environments);
  // Envcheck has one path per environment, so its own URL is never isolated.
  const isIsolated = (other: Environment, theirs: ReceiverUrl) =>
    theirs.receiver !== null && isolation?.others.includes(other) === true;
  const sharing = others.flatMap((other) =>
    receiverUrls(other)
      .filter((theirs) => isSameEndpoint(theirs.url, url) && !isIsolated(other, theirs))
      .map((theirs) => ({ theirs, text: `${theirs.what} of ${environmentLabel(other)}` })),
  );
  if (sharing.length > 0) {
    const remedy = `Give ${label} its own receiver URL, and register it in that workspace`;
    const canBeIsolated = receiver !== null && sharing.every(({ theirs }) => theirs.receiver !== null);
    return [
      fail(
        `${what} is used by ${label} only`,
        `${maskedUrl(url)} is also ${sharing.map(({ text }) => text).join(', ')}`,
        canBeIsolated
          ? `${remedy}. If one receiver keeps them apart on purpose, declare its isolation (docs/checks.md)`
          : remedy,
        [],
      ),
    ];
  }
  if (receiver === null || isolation === null)
    return [pass(`${what} is used by ${label} only`, maskedUrl(url), [])];
  const probed = receivers.find(({ name }) => name === receiver.name);
  if (!probed) throw new Error(`receiver ${receiver.name} is configured and was not probed`);
  return judgeIsolation(probed, environment, isolation);
}
