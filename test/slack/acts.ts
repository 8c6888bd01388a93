import type { Ack, StoredMessage } from '../../sandbox/slack/server.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { there } from '../environment.ts';
import { accepting, acknowledging, ask, click, says, shown, signing } from './bob.ts';
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
  secondIsTold: RegExp;
}

const sentBefore = /This form was sent already/;
const usedBefore = /This button was used already/;

async function registering(scene: Scene): Promise<{ list: StoredMessage; register: () => Promise<Ack> }> {
  for (const workspace of [scene.uat, scene.prod]) workspace.webhooks = [];
  const list = await ask(scene, 'webhooks prod', actionIds.registerWebhook);
  return { list, register: () => click(scene, list, actionIds.registerWebhook) };
}

export const acts: Act[] = [
  {
    name: 'to sign off',
    audited: ['sign-off.sign'],
    access: 'signOff',
    prepare: (scene) => signing(scene, {}),
    secondIsTold: sentBefore,
  },
  {
    name: 'to refuse a sign-off',
    audited: ['sign-off.refuse'],
    access: 'signOff',
    prepare: (scene) => signing(scene, { act: 'refuse', note: 'not yet' }),
    secondIsTold: sentBefore,
  },
  {
    name: 'to withdraw a signature',
    audited: ['sign-off.withdraw'],
    access: 'signOff',
    async prepare(scene) {
      await (await signing(scene, {}))();
      await says(scene, /bob signed/);
      await scene.slack.closeView({ user: BOB });
      return signing(scene, { act: 'withdraw' });
    },
    secondIsTold: sentBefore,
  },
  {
    name: 'to accept a difference',
    audited: ['waiver.accept'],
    access: 'waive',
    prepare: (scene) => accepting(scene, 'diff uat prod', actionIds.acceptDifference),
    secondIsTold: /accepted it already/,
  },
  {
    name: 'to accept a failing check',
    audited: ['waiver.accept'],
    access: 'waive',
    prepare: (scene) => accepting(scene, 'prod', actionIds.acceptCheck),
    secondIsTold: /accepted it already/,
  },
  {
    name: 'to revoke a waiver',
    audited: ['waiver.revoke'],
    access: 'waive',
    async prepare(scene) {
      await (await accepting(scene, 'prod', actionIds.acceptCheck))();
      await says(scene, /1 waived/);
      const list = await ask(scene, 'waivers', actionIds.revokeWaiver);
      return () => click(scene, list, actionIds.revokeWaiver);
    },
    secondIsTold: usedBefore,
  },
  {
    name: 'to acknowledge a group of failures',
    audited: ['failures.acknowledge'],
    access: 'operate',
    prepare: acknowledging,
    secondIsTold: /acknowledged it already/,
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
      const found = await ask(scene, `find ${contract.id} prod`, actionIds.retriggerWebhook);
      return () => click(scene, found, actionIds.retriggerWebhook);
    },
    secondIsTold: usedBefore,
  },
  {
    name: 'to register a webhook',
    audited: ['webhook.register_attempt', 'webhook.register'],
    access: 'operate',
    adjust: withOwnWebhooks,
    prepare: async (scene) => (await registering(scene)).register,
    secondIsTold: usedBefore,
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
        shown(scene).find(({ ts, text }) => ts === list.ts && text.includes('Registered in prod')),
      );
      return () => click(scene, registered, actionIds.deleteWebhook);
    },
    secondIsTold: usedBefore,
  },
  {
    name: 'to subscribe',
    audited: ['subscription.create'],
    access: null,
    prepare: async (scene) => () => scene.slack.command({ text: 'subscribe prod failures', user: BOB }),
    secondIsTold: /has that already/,
  },
  {
    name: 'to unsubscribe',
    audited: ['subscription.end'],
    access: null,
    async prepare(scene) {
      await scene.slack.command({ text: 'subscribe prod failures', user: BOB });
      await says(scene, /This channel gets/);
      return () => scene.slack.command({ text: 'unsubscribe prod failures', user: BOB });
    },
    secondIsTold: /no such subscription|ended it a moment ago/,
  },
];
