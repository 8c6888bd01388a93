import type { LogFacts } from '../../events/log/log-facts.ts';
import type { Fact } from '../../spotdraft/fact.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { DAY_MS } from '../../time/units.ts';
import type { Check } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  nothingRequired,
  nothingYet,
  pass,
  skip,
} from '../judgement.ts';
import { deliveryEvidence } from '../log-evidence.ts';
import { webhookBases } from '../webhook-bases.ts';

export const check: Check = {
  id: 'webhooks.signature',
  item: 'webhooks',
  title: "Deliveries verify with this workspace's key",
  severity: 'blocking',
  // The receiver verifies with the key that these credentials read.
  restsOn: (input) => ['credentials.accepted', 'credentials.workspace', ...webhookBases(input)],
  judge({ environment, facts, log }) {
    if (!environment.webhooks) return nothingRequired('no webhook URL is configured');
    const nothingArrived = log.known && log.value.receiverKey === null && log.value.refused.newest === null;
    if (nothingArrived) return nothingYet('no delivery has arrived yet');
    return combine(
      judgeFact(log, 'a readable event log', ({ receiverKey, refused }) => [
        ...judgeKey(receiverKey, facts.webhookKey),
        ...judgeRefused(refused, environmentLabel(environment)),
      ]),
    );
  },
};

function judgeKey(receiverKey: LogFacts['receiverKey'], current: Fact<string>): Finding[] {
  const expected = "the receiver verifies with the workspace's current key";
  if (receiverKey === null)
    return [skip(expected, 'the receiver has read no key yet: no signed delivery has arrived')];
  return judgeFact(current, expected, (fingerprint) => {
    const since = `since ${new Date(receiverKey.readAt).toISOString()}`;
    if (fingerprint === receiverKey.fingerprint)
      return [pass(expected, `the current key, ${since}`, current.sources)];
    return [
      fail(
        expected,
        `another key, ${since}`,
        'Change a contract in this workspace: with that delivery the receiver reads the new key. If this check still fails, the receiver uses credentials of another workspace: restart Envcheck',
        current.sources,
      ),
    ];
  });
}

function judgeRefused(
  { kept, count, isExact, newest, signers, remedy }: LogFacts['refused'],
  label: string,
): Finding[] {
  const expected = 'no delivery without a valid signature in the last 24 h';
  if (newest === null) return [pass(expected, 'none', [])];
  const what = newest.rejection === 'missing_signature' ? 'without a signature' : 'with a wrong signature';
  const all = count > kept ? ` of ${isExact ? '' : 'at least '}${count.toLocaleString('en-US')}` : '';
  return [
    fail(
      expected,
      `${kept} kept${all}${signers === null ? '' : ` (${signers})`}, the newest ${what}, ${new Date(newest.received_at).toISOString()}`,
      `${
        remedy ??
        (newest.rejection === 'missing_signature'
          ? `Find who sends to the receiver of ${label} from ${newest.source}: SpotDraft signs every delivery, so it is somebody else, or a proxy removes the header`
          : `Check whether another workspace has registered the URL of ${label}, or a proxy changes the body (sender ${newest.source})`)
      }. Without another one, this check passes again at ${new Date(newest.received_at + DAY_MS).toISOString()}; accept it with a reason to go on before`,
      [deliveryEvidence(newest)],
    ),
  ];
}
