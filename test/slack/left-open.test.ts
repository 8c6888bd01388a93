import { describe, it, type TestContext } from 'vitest';
import type { Ack } from '../../sandbox/slack/server.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { there } from '../environment.ts';
import { runningClock } from '../time/movable-clock.ts';
import {
  accepting,
  acknowledging,
  forActsOfBob,
  reportFailure,
  signing,
  traces,
  waitForText,
} from './bob.ts';
import { ALICE, GENERAL, isReport, openScene, type Scene, withOwnWebhooks } from './scene.ts';

const HOUR = 3_600_000;

interface Form {
  name: string;
  /** `whole`: the checks read the whole configuration. */
  size?: 'whole';
  /** Opens the form and returns the function that sends it. */
  open(scene: Scene): Promise<() => Promise<Ack>>;
  meanwhile?(scene: Scene): Promise<unknown>;
  answer: RegExp;
  audited?: string[];
}

/** Bob opens the form, an hour passes in which `meanwhile` happens, and Bob sends it. */
async function sentAnHourLater(ctx: TestContext, form: Form): Promise<{ scene: Scene; ack: Ack }> {
  const clock = runningClock();
  const { size = 'small' } = form;
  const scene = await openScene(ctx, { size, clock, adjust: forActsOfBob({}) });
  const send = await form.open(scene);
  clock.move(HOUR);
  await form.meanwhile?.(scene);
  return { scene, ack: await send() };
}

/** Alice runs a private command. Returns the answer as JSON. */
async function look({ slack }: Scene, text: string, isAnswer: (text: string) => boolean): Promise<string> {
  const before = slack.ephemerals(GENERAL, ALICE).length;
  await slack.command({ text: `${text} --private`, user: ALICE });
  const isNew = () => slack.ephemerals(GENERAL, ALICE).slice(before);
  return JSON.stringify(await slack.waitFor(() => isNew().find((each) => isAnswer(each.text)), 20_000));
}
const check = (scene: Scene) => look(scene, 'prod', (text) => isReport({ text }));
const compare = (scene: Scene) => look(scene, 'diff uat prod', (text) => text.startsWith('❌ uat → prod'));

const addRole = ({ prod }: Scene): void =>
  void prod.roles.push({ ...structuredClone(there(prod.roles[0])), id: 99_001, name: 'Night shift' });

/** Changes the value that the form shows. */
function changeNet60({ prod }: Scene): void {
  const changed = JSON.stringify(prod.contractTypes).replaceAll('"net-60"', '"net_sixty"');
  prod.contractTypes.splice(0, prod.contractTypes.length, ...JSON.parse(changed));
}

const { acceptDifference, acceptCheck } = actionIds;

const unchanged: Form[] = [
  {
    name: 'a signature from a checklist in the channel',
    open: (scene) => signing(scene, {}),
    answer: /1 of 1 signed off/,
    audited: ['sign-off.sign'],
  },
  {
    name: 'a signature from a private checklist',
    open: (scene) => signing(scene, {}, 'checklist prod --private'),
    answer: /bob signed .* can no longer be changed\. \/envcheck checklist prod shows it/,
    audited: ['sign-off.sign'],
  },
  {
    name: 'a waiver of a difference from the channel',
    open: (scene) => accepting(scene, 'diff uat prod', acceptDifference),
    answer: /1 more accepted/,
    audited: ['waiver.accept'],
  },
  {
    name: 'a waiver of a difference from a private answer',
    open: (scene) => accepting(scene, 'diff uat prod --private', acceptDifference),
    answer: /Accepted: .* can no longer be changed; `\/envcheck waivers` shows/,
    audited: ['waiver.accept'],
  },
  {
    name: 'a waiver of a check from a private report',
    open: (scene) => accepting(scene, 'prod --private', acceptCheck),
    answer: /Accepted: .* can no longer be changed; `\/envcheck waivers` shows/,
    audited: ['waiver.accept'],
  },
  {
    name: 'an acknowledgement from a private list',
    open: acknowledging,
    answer:
      /Acknowledged: failed outcomes of CONTRACT_EXECUTED of prod \(production\)\. .*`\/envcheck failures prod` shows/,
    audited: ['failures.acknowledge'],
  },
];

const changed: Form[] = [
  {
    name: 'a signature after a check that saw a change',
    size: 'whole',
    open: (scene) => signing(scene, {}),
    async meanwhile(scene) {
      addRole(scene);
      await check(scene);
    },
    answer: /changed since this was shown: roles\/Night shift: new\. Nothing was signed/,
  },
  {
    name: 'a signature after a comparison that saw a change no check reads',
    async open(scene) {
      await compare(scene);
      return signing(scene, {});
    },
    async meanwhile(scene) {
      addRole(scene);
      await compare(scene);
    },
    answer: /changed since this was shown: roles\/Night shift: new\. Nothing was signed/,
  },
  {
    name: 'a difference whose value has changed',
    open: (scene) => accepting(scene, 'diff uat prod', acceptDifference, 'Net 60'),
    async meanwhile(scene) {
      changeNet60(scene);
      await compare(scene);
    },
    answer: /has changed since this was shown\. It is now: Net 60 → net_sixty/,
  },
  {
    name: 'a check that no longer fails',
    open: (scene) => accepting(scene, 'prod', acceptCheck),
    async meanwhile(scene) {
      await scene.startBot(withOwnWebhooks(scene.config));
      await check(scene);
    },
    answer: /does not fail: its status is pass/,
  },
  {
    name: 'a failure group with a new cause',
    open: acknowledging,
    meanwhile: async (scene) => reportFailure(scene, 'CRM_REFUSED'),
    answer: /CRM_REFUSED is new/,
  },
];

describe.concurrent('a form left open for an hour', () => {
  it.concurrent.for(unchanged)('$name is accepted, and Bob sees the result', async (form, ctx) => {
    const { expect } = ctx;
    const { scene, ack } = await sentAnHourLater(ctx, form);
    expect(ack).toMatchObject({ ok: true });
    await waitForText(scene, form.answer);
    expect(traces(scene).audit).toEqual(form.audited);
    expect(scene.logs.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
  });

  it.concurrent.for(changed)('does not cover $name, and Bob sees what changed', async (form, ctx) => {
    const { expect } = ctx;
    const { scene, ack } = await sentAnHourLater(ctx, form);
    expect(ack).toMatchObject({ ok: true });
    await waitForText(scene, form.answer);
    expect(traces(scene).audit).toEqual([]);
  });

  it.concurrent('signs what it shows when nothing was read since, and the next check voids the signature', async (ctx) => {
    const { expect } = ctx;
    const { scene } = await sentAnHourLater(ctx, {
      name: 'an unseen change',
      size: 'whole',
      open: (opened) => signing(opened, {}),
      meanwhile: async (opened) => addRole(opened),
      answer: /bob signed/,
    });
    await waitForText(scene, /bob signed/);
    expect(await check(scene)).toContain('roles/Night shift: new');
    expect(traces(scene).audit).toEqual(['sign-off.sign', 'sign-off.void']);
  });
});
