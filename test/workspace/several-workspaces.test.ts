import { expect, test } from 'vitest';
import { checkOf, environmentFile, type Stand, type StandOptions, startStand } from '../environment.ts';

/** SpotDraft does not document that the analytics tables are filtered to the caller's workspace. Here they are not. */
async function standWithUnfilteredTables(options: StandOptions = {}): Promise<Stand> {
  const stand = await startStand(options);
  const { prod, uat, spotdraft } = stand;
  const row = (workspaceId: number, workflowId: number) => ({
    workspace_id: workspaceId,
    frozen_workflow_id: workflowId,
    workflow_id: workflowId,
    title: 'Order Form',
    status: 'PUBLISHED',
    created: '2026-01-01T00:00:00Z',
    last_published: '2026-01-01T00:00:00Z',
    unpublished_changes_present: false,
  });
  const rows = [row(uat.workspaceId, 1), row(prod.workspaceId, 2)];
  const fault = { kind: 'json' as const, body: { rows, truncated: false } };
  spotdraft.faults.add({ workspace: 'prod', operation: 'analytics_query', times: 1, fault });
  return stand;
}

const withoutSample: StandOptions['edit'] = (file) => {
  file.requires = { workflows: [{ title: 'Order Form' }] };
  delete file.externalMetadata;
};

test('contract rows prove the workspace when the tables hold rows of several', async () => {
  const stand = await standWithUnfilteredTables({ edit: withoutSample });
  const report = await stand.check();
  const { status, actual, evidence } = checkOf(report, 'credentials.workspace');
  expect([status, actual.split('\n')[0]]).toEqual(['pass', `workspace ${stand.prod.workspaceId}`]);
  expect(evidence[0]?.path).toMatch(/\/contracts\/\?/);
  // The other workspace's workflow of the same title does not make it ambiguous.
  expect(checkOf(report, 'config.workflows').status).toBe('pass');
});

test('contract rows of another workspace fail the check, whatever the tables hold', async () => {
  const stand = await standWithUnfilteredTables({ edit: withoutSample });
  stand.prod.workspaceId = 4711;
  expect(checkOf(await stand.check(), 'credentials.workspace')).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^workspace 4711$/m),
  });
});

test('the workspace is unknown when there is no contract', async () => {
  const stand = await standWithUnfilteredTables({
    edit: withoutSample,
    prepare: ({ prod }) => {
      prod.contracts = [];
    },
  });
  const { status, reason } = checkOf(await stand.check(), 'credentials.workspace');
  expect(status).toBe('unknown');
  expect(reason).toMatch(/^answers show rows of several workspaces \(\d+, \d+\)/);
});

test('workflows of several workspaces are unknown when no workspaceId is configured', async () => {
  const stand = await standWithUnfilteredTables({
    edit: (file, spotdraft) => {
      withoutSample(file, spotdraft);
      delete environmentFile(file, 'prod').workspaceId;
    },
  });
  const { status, reason, remedy } = checkOf(await stand.check(), 'config.workflows');
  expect(status).toBe('unknown');
  expect(reason).toContain('the config sets no workspaceId');
  expect(remedy).toMatch(/^Set workspaceId of this environment in the config/);
});
