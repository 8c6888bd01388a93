import { type ReceiverFault, SHARED } from '../integration.ts';
import { addNote } from './state.ts';
import type { Switch, SwitchText } from './switch.ts';

/** Mistakes in the integration's own receivers. */
export const receiverSwitches: readonly Switch[] = [
  {
    id: 'receiver-key',
    title: 'UAT’s key in the receiver',
    text: 'Production’s receiver crm-sync verifies signatures with UAT’s webhook key.',
    check: 'webhooks.receivers',
    isOn: ({ world }) => world.integration.verifiesWith.get('prod') !== 'prod',
    async turnOn({ world }) {
      world.integration.verifiesWith.set('prod', 'uat');
    },
    async turnOff(sandbox) {
      sandbox.world.integration.verifiesWith.set('prod', 'prod');
      addNote(sandbox, 'Gave prod’s receiver crm-sync the webhook key of prod.');
    },
  },
  receiverSwitch('answers_first', {
    id: 'receiver-queue',
    title: 'A receiver that accepts everything',
    text: 'A queue in front of production’s crm-sync answers 202 before anything verifies the signature.',
  }),
  receiverSwitch('skips_missing_signature', {
    id: 'receiver-unsigned',
    title: 'A receiver that takes unsigned webhooks',
    text: 'Production’s crm-sync verifies only when the header with the signature is there.',
  }),
  receiverSwitch('any_signature', {
    id: 'receiver-any-signature',
    title: 'A receiver that takes any signature',
    text: 'Production’s crm-sync looks for the header and does not compare it.',
  }),
  receiverSwitch('reserialises', {
    id: 'receiver-reserialises',
    title: 'A receiver that hashes parsed JSON',
    text: 'Production’s crm-sync verifies the JSON that it has parsed and written again, not the bytes that arrived.',
  }),
  receiverSwitch('undecoded_key', {
    id: 'receiver-undecoded-key',
    title: 'A key that is not decoded',
    text: 'Production’s crm-sync uses the text of the webhook key, without decoding it from base64.',
  }),
  receiverSwitch('older_header', {
    id: 'receiver-older-header',
    title: 'The older signature header',
    text: 'Production’s crm-sync reads X-SD-CONTENT-HASH, as an older document of SpotDraft says.',
  }),
  {
    id: 'shared-receiver',
    title: 'One receiver that mixes both',
    text: 'Both environments use one receiver. Its isolation is declared, but it does not say which environment it took a webhook for.',
    check: 'webhooks.separate',
    isOn: ({ setup }) => setup.sharedReceiver,
    async turnOn(sandbox) {
      sandbox.world.integration.faults.set(SHARED, 'names_no_environment');
      await sandbox.changeSetup({ sharedReceiver: true });
    },
    turnOff: (sandbox) => sandbox.changeSetup({ sharedReceiver: false }),
  },
];

/** A way in which production's receiver verifies wrongly. It has one at a time. */
function receiverSwitch(fault: ReceiverFault, text: Omit<SwitchText, 'check'>): Switch {
  return {
    ...text,
    check: 'webhooks.receivers',
    isOn: ({ world }) => world.integration.faults.get('prod') === fault,
    async turnOn({ world }) {
      world.integration.faults.set('prod', fault);
    },
    async turnOff(sandbox) {
      sandbox.world.integration.faults.delete('prod');
      addNote(sandbox, 'Corrected how prod’s receiver crm-sync verifies.');
    },
  };
}
