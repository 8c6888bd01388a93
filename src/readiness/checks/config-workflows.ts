import type { WorkflowRequirement } from '../../config/requirements.ts';
import type { Source, Unknown } from '../../spotdraft/fact.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Workflow } from '../../workspace/facts.ts';
import { locate, sameName } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check, CheckInput } from '../check.ts';
import { combine, type Finding, fail, nothingRequired, pass, quoted, unknownFinding } from '../judgement.ts';
import { requiredRoles } from '../required-roles.ts';
import { judgeApproval, judgeSignatory } from '../workflow-steps.ts';

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
  input: CheckInput,
  evidence: Source[],
): Finding[] {
  const { title } = requirement;
  const { environment, facts } = input;
  const subject = `workflow ${quoted(title)}`;
  const current = all.filter(({ status }) => status !== 'ARCHIVED');
  const certain = current.flatMap((workflow) =>
    workflow.title !== null && workflow.doubt === null ? [{ workflow, title: workflow.title }] : [],
  );
  const located = locate(certain, title, (each) => each.title);
  if (located.kind === 'missing') {
    const doubt = doubtAbout(title, current);
    if (doubt !== null) return [cannotTell(subject, doubt, evidence)];
  }
  if (located.kind !== 'found') {
    const item = { kind: 'workflow', name: title, environment, count: current.length, evidence };
    const archived = all.flatMap(({ status, title: name }) =>
      status === 'ARCHIVED' && name !== null ? [name] : [],
    );
    if (located.kind === 'missing' && locate(archived, title, (each) => each).kind !== 'missing') {
      const remedy = `Restore the archived ${subject} in ${environmentLabel(environment)}, and publish it`;
      return [fail(subject, 'archived', remedy, evidence)];
    }
    return [judgeByName<{ title: string }>(item, located, (each) => each.title)];
  }
  const { workflow } = located.match;
  const steps = <List extends 'signatories' | 'approvals'>(list: List) => ({
    place: subject,
    certain: workflow[list],
    unplaced: workflow.unplaced[list],
    evidence,
  });
  const roles = { read: facts.roles, required: requiredRoles(input) };
  return [
    judgeStatus(subject, workflow, evidence),
    ...requirement.signatories.flatMap((wanted) => judgeSignatory(wanted, steps('signatories'))),
    ...requirement.approvals.flatMap((wanted) => judgeApproval(wanted, steps('approvals'), roles)),
  ];
}

/** Reason why a workflow that was not found may be there all the same; null when it is certainly missing. */
function doubtAbout(title: string, workflows: Workflow[]): string | null {
  const uncertain = workflows.find((each) => each.title !== null && sameName(each.title, title));
  if (uncertain) return uncertain.doubt;
  const nameless = workflows.filter((each) => each.title === null).length;
  if (nameless === 0) return null;
  const count = nameless === 1 ? '1 workflow has' : `${nameless} workflows have`;
  return `${count} no title in workflows_setup, and may be it`;
}

const cannotTell = (subject: string, reason: string, evidence: Source[]): Finding => ({
  status: 'unknown',
  expected: subject,
  reason: `${subject}: ${reason}`,
  remedy: `Check ${subject} in SpotDraft; publishing it again fills its row`,
  evidence,
});

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
