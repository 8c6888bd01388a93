import type { Ack, StoredMessage } from '../../sandbox/slack/server.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { there } from '../environment.ts';
import { accepting, acknowledging, askAsBob, clickAsBob, shownToBob, signing, waitForText } from './bob.ts';
import { BOB, type Scene, withOwnWebhooks } from './scene.ts';

/** Everything that a person can do in Slack and that leaves an audit row. All of them are Bob's here. */
export interface Act {
  name: string;
  /** What the audit says once it is done. */
  audited: string[];
  /** Null: everybody may. */
  access: keyof Config['access'] | null;
  adjust?: (config: Config) => Config;
  /** Goes up to the last step, and returns it: one click on that button, one sending of that form. */
  prepare(scene: Scene): Promise<() => Promise<Ack>>;
  /** What the second of two clicks or sendings is told. */
  secondReply: RegExp;
}

const sentBefore = /This form was sent already/;
const usedBefore = /This button was used already/;

async function registering(scene: Scene): Promise<{ list: StoredMessage; register: () => Promise<Ack> }> {
  for (const workspace of [scene.uat, scene.prod]) workspace.webhooks = [];
  const list = await askAsBob(scene, 'webhooks prod', actionIds.registerWebhook);
  return { list, register: () => clickAsBob(scene, list, actionIds.registerWebhook) };
}

export const acts: Act[] = [
  {
    name: 'to sign off',
    audited: ['sign-off.sign'],
    access: 'signOff',
    prepare: (scene) => signing(scene, {}),
    secondReply: sentBefore,
  },
  {
    name: 'to refuse a sign-off',
    audited: ['sign-off.refuse'],
    access: 'signOff',
    prepare: (scene) => signing(scene, { act: 'refuse', note: 'not yet' }),
    secondReply: sentBefore,
  },
  {
    name: 'to withdraw a signature',
    audited: ['sign-off.withdraw'],
    access: 'signOff',
    async prepare(scene) {
      await (await signing(scene, {}))();
      await waitForText(scene, /bob signed/);
      await scene.slack.closeView({ user: BOB });
      return signing(scene, { act: 'withdraw' });
    },
    secondReply: sentBefore,
  },
  {
    name: 'to accept a difference',
    audited: ['waiver.accept'],
    access: 'waive',
    prepare: (scene) => accepting(scene, 'diff uat prod', actionIds.acceptDifference),
    secondReply: /accepted it already/,
  },
  {
    name: 'to accept a failing check',
    audited: ['waiver.accept'],
    access: 'waive',
    prepare: (scene) => accepting(scene, 'prod', actionIds.acceptCheck),
    secondReply: /accepted it already/,
  },
  {
    name: 'to revoke a waiver',
    audited: ['waiver.revoke'],
    access: 'waive',
    async prepare(scene) {
      await (await accepting(scene, 'prod', actionIds.acceptCheck))();
      await waitForText(scene, /1 waived/);
      const list = await askAsBob(scene, 'waivers', actionIds.revokeWaiver);
      return () => clickAsBob(scene, list, actionIds.revokeWaiver);
    },
    secondReply: usedBefore,
  },
  {
    name: 'to acknowledge a group of failures',
    audited: ['failures.acknowledge'],
    access: 'operate',
    prepare: acknowledging,
    secondReply: /acknowledged it already/,
  },
  {
    name: 'to re-trigger a webhook',
    audited: ['webhook.retrigger_attempt', 'webhook.retrigger'],
    access: 'operate',
    adjust: withOwnWebhooks,
    async prepare(scene) {
      for (const webhook of scene.prod.webhooks)
        webhook.url = 'https://envcheck.northwind.example/webhooks/prod';
      const contract = there(scene.prod.contracts[0]);
      await scene.spotdraft.announce('prod', 'CONTRACT_CREATED', contract);
      const found = await askAsBob(scene, `find ${contract.id} prod`, actionIds.retriggerWebhook);
      return () => clickAsBob(scene, found, actionIds.retriggerWebhook);
    },
    secondReply: usedBefore,
  },
  {
    name: 'to register a webhook',
    audited: ['webhook.register_attempt', 'webhook.register'],
    access: 'operate',
    adjust: withOwnWebhooks,
    prepare: async (scene) => (await registering(scene)).register,
    secondReply: usedBefore,
  },
  {
    name: 'to delete a webhook',
    audited: ['webhook.delete_attempt', 'webhook.delete'],
    access: 'operate',
    adjust: withOwnWebhooks,
    async prepare(scene) {
      const { list, register } = await registering(scene);
      await register();
      const registered = await scene.slack.waitFor(() =>
        shownToBob(scene).find(({ ts, text }) => ts === list.ts && text.includes('Registered in prod')),
      );
      return () => clickAsBob(scene, registered, actionIds.deleteWebhook);
    },
    secondReply: usedBefore,
  },
  {
    name: 'to subscribe',
    audited: ['subscription.create'],
    access: null,
    prepare: async (scene) => () => scene.slack.command({ text: 'subscribe prod failures', user: BOB }),
    secondReply: /already gets/,
  },
  {
    name: 'to unsubscribe',
    audited: ['subscription.end'],
    access: null,
    async prepare(scene) {
      await scene.slack.command({ text: 'subscribe prod failures', user: BOB });
      await waitForText(scene, /This channel gets/);
      return () => scene.slack.command({ text: 'unsubscribe prod failures', user: BOB });
    },
    secondReply: /no such subscription|ended this subscription a moment ago/,
  },
];
