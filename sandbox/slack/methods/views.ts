import { Refusal } from '../content.ts';
import { type ApiContext, botMethod, type Method, requiredArg, TIER } from '../method.ts';
import type { Fields } from '../validation.ts';

export const viewMethods: Record<string, Method> = {
  'views.open': botMethod(TIER[4], [], open),
  'views.push': botMethod(TIER[4], [], open),
  'views.update': botMethod(TIER[4], [], update),
  'views.publish': botMethod(TIER[4], [], publish),
};

function open(args: Fields, { views, triggers }: ApiContext): object {
  const { user, opener } = triggers.exchange(requiredArg(args, 'trigger_id'));
  return { view: views.asJson(views.open(user, args.view, opener)) };
}

function update(args: Fields, { views }: ApiContext): object {
  const id = args.view_id
    ? String(args.view_id)
    : views.find({ externalId: String(args.external_id ?? '') })?.id;
  if (id === undefined) throw new Refusal('not_found');
  return { view: views.asJson(views.update(id, args.view, hashArg(args))) };
}

function publish(args: Fields, { views, workspace }: ApiContext): object {
  const user = requiredArg(args, 'user_id');
  if (!workspace.homeTab) throw new Refusal('not_enabled');
  if (!workspace.users.has(user)) {
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: ['[ERROR] invalid `user_id`'] },
    });
  }
  return { view: views.asJson(views.publish(user, args.view, hashArg(args))) };
}

function hashArg(args: Fields): string | null {
  return args.hash ? String(args.hash) : null;
}
