import type { FaultRule } from '../spotdraft/faults.ts';
import { callInVain, finishContract, RENEWED, sendWronglySignedWebhook } from './contracts.ts';
import { addNote, type FaultId, type Sandbox } from './state.ts';
import type { Switch, SwitchText } from './switch.ts';

const DAY_MS = 86_400_000;

/** Faults at run time. */
export const faultSwitches: readonly Switch[] = [
  {
    id: 'refused-credentials',
    title: 'Credentials refused',
    text: 'Production’s client secret was rotated, but the integration still uses the old one.',
    check: 'credentials.accepted',
    isOn: ({ world }) => world.prod.clientSecret.endsWith(RENEWED),
    async turnOn(sandbox) {
      const { prod } = sandbox.world;
      if (!prod.clientSecret.endsWith(RENEWED)) prod.clientSecret += RENEWED;
      await callInVain(sandbox, 'prod');
    },
    async turnOff(sandbox) {
      const { prod } = sandbox.world;
      if (prod.clientSecret.endsWith(RENEWED))
        prod.clientSecret = prod.clientSecret.slice(0, -RENEWED.length);
      addNote(sandbox, 'Made the old client secret of prod valid again.');
    },
  },
  {
    id: 'crm-refuses',
    title: 'The CRM refuses',
    text: 'The CRM takes nothing from the integration, which reports that for each executed contract.',
    check: null,
    isOn: ({ crmRefuses }) => crmRefuses,
    async turnOn(sandbox) {
      sandbox.crmRefuses = true;
      await finishContract(sandbox, 'prod');
    },
    async turnOff(sandbox) {
      sandbox.crmRefuses = false;
      addNote(sandbox, 'The CRM takes what the integration writes.');
    },
  },
  {
    id: 'silence',
    title: 'Silence',
    text: 'SpotDraft disabled production’s webhook four days ago, after failures. This moves the clock.',
    check: 'webhooks.delivering',
    isOn: ({ world }) => world.prod.webhooks.some(({ status }) => status === 'DISABLED_BY_ERROR'),
    async turnOn({ world, clock }) {
      for (const webhook of world.prod.webhooks) webhook.status = 'DISABLED_BY_ERROR';
      clock.advance(4 * DAY_MS);
    },
    async turnOff(sandbox) {
      for (const webhook of sandbox.world.prod.webhooks) webhook.status = 'ACTIVE';
      addNote(sandbox, 'Re-enabled the webhook of prod.');
      await finishContract(sandbox, 'prod');
    },
  },
  {
    id: 'bad-signature',
    title: 'A wrong signature',
    text: 'Another workspace sends webhooks to production’s URL. A failure counts for 24 hours, so the repair moves the clock.',
    check: 'webhooks.signature',
    isOn: ({ clock, badSignatureAt: wronglySignedAt }) =>
      wronglySignedAt !== null && clock.now() - wronglySignedAt <= DAY_MS,
    async turnOn(sandbox) {
      sandbox.badSignatureAt = sandbox.clock.now();
      await sendWronglySignedWebhook(sandbox);
    },
    async turnOff(sandbox) {
      sandbox.badSignatureAt = null;
      sandbox.clock.advance(DAY_MS + 60_000);
      addNote(sandbox, 'A day passed without another wrong signature.');
      await finishContract(sandbox, 'prod');
    },
  },
  faultSwitch('rateLimited', {
    id: 'rate-limited',
    title: '429: too many requests',
    text: 'Production answers every read with 429. Without data a check is unknown, never passed.',
    check: 'credentials.accepted',
  }),
  faultSwitch('serverError', {
    id: 'server-error',
    title: '500: server error',
    text: 'Production answers every read with 500.',
    check: 'credentials.accepted',
  }),
  faultSwitch('slow', {
    id: 'slow',
    title: 'Slow answers',
    text: 'Production answers every read 1.5 s late. The report shows its progress.',
    check: null,
  }),
];

function faultSwitch(id: FaultId, text: SwitchText): Switch {
  return {
    ...text,
    isOn: ({ faults }) => faults.has(id),
    turnOn: async (sandbox) => setFault(sandbox, id, true),
    turnOff: async (sandbox) => setFault(sandbox, id, false),
  };
}

/** How SpotDraft treats production while a fault is on. */
const faultRules: Record<FaultId, FaultRule> = {
  rateLimited: { fault: { kind: 'status', status: 429 } },
  serverError: { fault: { kind: 'status', status: 500 } },
  slow: { fault: { kind: 'slow', ms: 1_500 } },
};

function setFault({ world, faults }: Sandbox, id: FaultId, on: boolean): void {
  if (on) faults.add(id);
  else faults.delete(id);
  world.spotdraft.faults.clear();
  for (const each of faults) world.spotdraft.faults.add({ ...faultRules[each], workspace: 'prod' });
}
