import type { WorkflowRequirement } from '../../config/config.ts';
import type { Source, Unknown } from '../../spotdraft/fact.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Workflow } from '../../workspace/facts.ts';
import { locate, sameName } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check, CheckInput } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  listed,
  nothingRequired,
  pass,
  quoted,
  unknownFinding,
} from '../judgement.ts';

export const check: Check = {
  id: 'config.workflows',
  item: 'configuration',
  title: 'Workflows are published, with signatories and approvals',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const { workflows } = input.facts;
    if (input.requires.workflows.length === 0 || workflows === null)
      return nothingRequired('no workflow is required');
    return combine(
      input.requires.workflows.flatMap((requirement) =>
        workflows.known
          ? judgeWorkflow(requirement, workflows.value, input, workflows.sources)
          : [
              unknownFinding(
                `workflow ${quoted(requirement.title)}`,
                workflows,
                remedyForAnalytics(workflows, input),
              ),
            ],
      ),
    );
  },
};

/** Only the analytics API shows workflows, and SpotDraft enables it per workspace. */
function remedyForAnalytics({ code }: Unknown, { environment }: CheckInput): string | undefined {
  const label = environmentLabel(environment);
  if (code === 'not_enabled')
    return `Ask SpotDraft support to enable PUBLIC_ANALYTICS_QUERY_API for the workspace of ${label}. Until then, check the workflows by hand and remove requires.workflows`;
  if (code === 'forbidden' || code === 'unauthorized')
    return `Give the API credentials of ${label} the permission INSIGHTS_VIEW (workspace-wide reads need the Admin role)`;
  return undefined;
}

function judgeWorkflow(
  requirement: WorkflowRequirement,
  all: Workflow[],
  { environment }: CheckInput,
  evidence: Source[],
): Finding[] {
  const { title } = requirement;
  const current = all.filter(({ status }) => status !== 'ARCHIVED');
  const located = locate(current, title, (workflow) => workflow.title);
  if (located.kind !== 'found') {
    const item = { kind: 'workflow', name: title, environment, count: current.length, evidence };
    return [judgeByName<Workflow>(item, located, (each) => each.title)];
  }
  const workflow = located.match;
  const subject = `workflow ${quoted(title)}`;
  return [
    judgeStatus(subject, workflow, evidence),
    ...requirement.signatories.map(({ party, name }) => {
      const expected = `${subject}: signatory ${quoted(name)} (${party})`;
      const found = workflow.signatories.some((each) => each.party === party && sameName(each.name, name));
      if (found) return pass(expected, 'found', evidence);
      const others = listed(workflow.signatories.map((each) => `${each.name} (${each.party})`));
      return fail(
        expected,
        `signatories: ${others}`,
        `Add the signatory ${quoted(name)} to ${subject}`,
        evidence,
      );
    }),
    ...requirement.approvals.map((name) => {
      const expected = `${subject}: approval ${quoted(name)}`;
      if (workflow.approvals.some((each) => sameName(each.name, name)))
        return pass(expected, 'found', evidence);
      const others = listed(workflow.approvals.map((each) => each.name));
      return fail(
        expected,
        `approvals: ${others}`,
        `Add the approval ${quoted(name)} to ${subject}`,
        evidence,
      );
    }),
  ];
}

function judgeStatus(subject: string, { status, unpublishedChanges }: Workflow, evidence: Source[]): Finding {
  const expected = `${subject}: published, without unpublished changes`;
  const remedy = `Publish ${subject}, or discard its changes`;
  if (status !== null && status !== 'PUBLISHED') return fail(expected, `status ${status}`, remedy, evidence);
  if (unpublishedChanges === true) return fail(expected, 'has unpublished changes', remedy, evidence);
  if (status === null || unpublishedChanges === null)
    return {
      status: 'unknown',
      expected,
      reason: `the analytics row of ${subject} leaves ${status === null ? 'status' : 'unpublished_changes_present'} empty`,
      remedy: `Check ${subject} in SpotDraft; publishing it again fills the row`,
      evidence,
    };
  return pass(expected, 'published', evidence);
}
