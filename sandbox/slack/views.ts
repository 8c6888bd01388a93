import { isViewTooLarge, problemLine, viewProblems } from './blocks.ts';
import { Refusal, withIds } from './content.ts';
import type { StoredView } from './contract.ts';
import type { Fields } from './validation.ts';
import { APP_ID, BOT_ID, TEAM, type Workspace } from './workspace.ts';

const MAX_STACK = 3;

/** Every person's open modals and Home tab. */
export interface Views {
  /** A person's modals, the top one last. */
  stack(user: string): StoredView[];
  home(user: string): StoredView | null;
  /** Opens a modal: on top of `opener` when the action happened inside that modal, otherwise alone. */
  open(user: string, view: unknown, opener: string | null): StoredView;
  update(id: string, view: unknown, hash: string | null): StoredView;
  publish(user: string, view: unknown, hash: string | null): StoredView;
  find(by: { id: string } | { externalId: string }): StoredView | null;
  /** Closes one modal, or all of the person's modals. */
  close(view: StoredView, all: boolean): void;
  push(user: string, view: unknown): StoredView;
  asJson(view: StoredView): Fields;
}

export function createViews(workspace: Workspace): Views {
  const stacks = new Map<string, StoredView[]>();
  const homes = new Map<string, StoredView>();

  function stack(user: string): StoredView[] {
    return stacks.get(user) ?? [];
  }
  function everyView(): StoredView[] {
    return [...[...stacks.values()].flat(), ...homes.values()];
  }
  function find(by: { id: string } | { externalId: string }): StoredView | null {
    const wanted = (view: StoredView) =>
      'id' in by ? view.id === by.id : by.externalId !== '' && view.view.external_id === by.externalId;
    return everyView().find(wanted) ?? null;
  }
  function noteView(view: StoredView, via: string): void {
    const title = (view.view.title as { text?: string } | undefined)?.text ?? 'Home';
    workspace.journal.note({ kind: 'view', via, user: view.user, text: `${view.type} ${title}` });
  }
  function create(user: string, input: unknown, type: StoredView['type']): StoredView {
    const view = readView(input, type);
    refuseDuplicateId(view, null);
    return { id: workspace.nextId('V'), type, user, hash: newHash(workspace), view, errors: {} };
  }
  function refuseDuplicateId(view: Fields, self: StoredView | null): void {
    if (!view.external_id) return;
    const holder = find({ externalId: String(view.external_id) });
    if (holder && holder !== self) throw new Refusal('duplicate_external_id');
  }
  function replace(stored: StoredView, input: unknown, hash: string | null): StoredView {
    const view = readView(input, stored.type);
    refuseDuplicateId(view, stored);
    if (hash !== null && hash !== stored.hash) throw new Refusal('hash_conflict');
    stored.view = view;
    stored.hash = newHash(workspace);
    stored.errors = {};
    return stored;
  }
  function push(user: string, input: unknown): StoredView {
    if (stack(user).length >= MAX_STACK) throw new Refusal('push_limit_reached');
    const view = create(user, input, 'modal');
    stacks.set(user, [...stack(user), view]);
    noteView(view, 'push');
    return view;
  }

  return {
    stack,
    home: (user) => homes.get(user) ?? null,
    find,
    push,
    open(user, input, opener) {
      if (opener !== null && stack(user).some((each) => each.id === opener)) return push(user, input);
      const view = create(user, input, 'modal');
      stacks.set(user, [view]);
      noteView(view, 'views.open');
      return view;
    },
    update(id, input, hash) {
      const stored = find({ id });
      if (!stored) throw new Refusal('not_found');
      noteView(replace(stored, input, hash), 'views.update');
      return stored;
    },
    publish(user, input, hash) {
      const stored = homes.get(user);
      if (!stored && hash !== null) throw new Refusal('hash_conflict');
      const view = stored ? replace(stored, input, hash) : create(user, input, 'home');
      homes.set(user, view);
      noteView(view, 'views.publish');
      return view;
    },
    close(view, all) {
      stacks.set(view.user, all ? [] : stack(view.user).filter((each) => each !== view));
      noteView(view, 'close');
    },
    asJson: (view) => viewAsJson(view, stack(view.user)),
  };
}

function newHash(workspace: Workspace): string {
  return `${workspace.nextTs()}.${workspace.nextId('h')}`;
}

/** @throws Refusal invalid_arguments with Slack's messages, view_too_large */
function readView(input: unknown, type: StoredView['type']): Fields {
  if (isViewTooLarge(input)) throw new Refusal('view_too_large');
  const problems = viewProblems(input).map(problemLine);
  if (problems.length === 0 && (input as Fields).type !== type) {
    problems.push(`unsupported type: ${(input as Fields).type} [json-pointer:/view/type]`);
  }
  if (problems.length > 0) {
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: problems.map((line) => `[ERROR] ${line}`) },
    });
  }
  const view = structuredClone(input) as Fields;
  return { ...view, blocks: withIds(view.blocks as unknown[]) };
}

function viewAsJson(stored: StoredView, stack: StoredView[]): Fields {
  const depth = stack.indexOf(stored);
  return {
    id: stored.id,
    team_id: TEAM.id,
    state: { values: {} },
    hash: stored.hash,
    previous_view_id: stack[depth - 1]?.id ?? null,
    root_view_id: stack[0]?.id ?? stored.id,
    app_id: APP_ID,
    app_installed_team_id: TEAM.id,
    bot_id: BOT_ID,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    title: null,
    submit: null,
    close: null,
    clear_on_close: false,
    notify_on_close: false,
    ...structuredClone(stored.view),
  };
}
