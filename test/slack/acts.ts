import type { Ack, StoredMessage } from '../../sandbox/slack/server.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { there } from '../environment.ts';
import { accepting, acknowledging, askAsBob, clickAsBob, shownToBob, signing, waitForText } from './bob.ts';
import { BOB, type Scene, withOwnWebhooks } from './scene.ts';

/** An act in Slack that leaves an audit row, done by Bob. */
export interface Act {
  name: string;
  /** Audit rows that it leaves. */
  audited: string[];
  /** The permission that it needs; null: none. */
  access: Exclude<keyof Config['access'], 'read'> | null;
  adjust?: (config: Config) => Config;
  /** Does everything but the last step and returns that step: a click on a button, or sending a form. */
  prepare(scene: Scene): Promise<() => Promise<Ack>>;
  /** Answer to the second of two clicks. */
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
    name: 'signing off',
    audited: ['sign-off.sign'],
    access: 'signOff',
    prepare: (scene) => signing(scene, {}),
    secondReply: sentBefore,
  },
  {
    name: 'refusing a sign-off',
    audited: ['sign-off.refuse'],
    access: 'signOff',
    prepare: (scene) => signing(scene, { act: 'refuse', note: 'not yet' }),
    secondReply: sentBefore,
  },
  {
    name: 'withdrawing a signature',
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
    name: 'accepting a difference',
    audited: ['waiver.accept'],
    access: 'waive',
    prepare: (scene) => accepting(scene, 'diff uat prod', actionIds.acceptDifference),
    secondReply: /accepted it already/,
  },
  {
    name: 'accepting a failing check',
    audited: ['waiver.accept'],
    access: 'waive',
    prepare: (scene) => accepting(scene, 'prod', actionIds.acceptCheck),
    secondReply: /accepted it already/,
  },
  {
    name: 'revoking a waiver',
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
    name: 'acknowledging a failure group',
    audited: ['failures.acknowledge'],
    access: 'operate',
    prepare: acknowledging,
    secondReply: /acknowledged it already/,
  },
  {
    name: 're-triggering a webhook',
    audited: ['webhook.retrigger_attempt', 'webhook.retrigger'],
    access: 'operate',
    adjust: withOwnWebhooks,
    async prepare(scene) {
      for (const webhook of scene.prod.webhooks)
        webhook.url = 'https://envcheck.northwind.example/webhooks/prod';
      const contract = there(scene.prod.contracts[0]);
      await scene.spotdraft.announce('prod', 'CONTRACT_CREATED', contract);
      const found = await askAsBob(scene, `find ${contract.internalId} prod`, actionIds.retriggerWebhook);
      return () => clickAsBob(scene, found, actionIds.retriggerWebhook);
    },
    secondReply: usedBefore,
  },
  {
    name: 'registering a webhook',
    audited: ['webhook.register_attempt', 'webhook.register'],
    access: 'operate',
    adjust: withOwnWebhooks,
    prepare: async (scene) => (await registering(scene)).register,
    secondReply: usedBefore,
  },
  {
    name: 'deleting a webhook',
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
    name: 'keeping an incident',
    audited: ['log.keep'],
    access: 'waive',
    prepare: async (scene) => () => scene.slack.command({ text: 'keep 4001 90d INC-7', user: BOB }),
    secondReply: /is kept already/,
  },
  {
    name: 'subscribing',
    audited: ['subscription.create'],
    access: null,
    prepare: async (scene) => () => scene.slack.command({ text: 'subscribe prod failures', user: BOB }),
    secondReply: /already gets/,
  },
  {
    name: 'unsubscribing',
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
