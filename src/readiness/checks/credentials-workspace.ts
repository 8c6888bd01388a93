import type { Environment } from '../../config/config.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { OtherWebhookKey, WorkspaceFacts } from '../../workspace/facts.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, nothingRequired, pass, skip, unknownFinding } from '../judgement.ts';

/**
 * Credentials belong to a workspace, and the API has no read that names it. Two facts identify it: the HMAC key, which is
 * different in every workspace, and the workspace id in contracts and analytics rows.
 */
export const check: Check = {
  id: 'credentials.workspace',
  item: 'credentials',
  title: 'The credentials open this workspace and no other',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.distinct'],
  judge({ environment, environments, facts }) {
    const byId = judgeId(environment, environments, facts);
    const byKey = facts.otherWebhookKeys.map((other) => judgeKey(environment, other, facts));
    const findings = [...byId, ...byKey];
    if (findings.length === 0)
      return nothingRequired(
        'there is no other environment to compare with and no workspaceId is configured',
      );
    // The configured id in an answer is proof enough when another environment cannot be read right now.
    const proven = byId.length > 0 && byId.every(({ status }) => status === 'pass');
    return combine(proven ? findings.filter(({ status }) => status !== 'unknown') : findings);
  },
};

const remedyFor = (environment: Environment): string =>
  `Log in to the workspace of ${environmentLabel(environment)}, generate credentials there and configure them`;

function judgeId(
  environment: Environment,
  environments: readonly Environment[],
  facts: WorkspaceFacts,
): Finding[] {
  const seen = facts.workspaceIds;
  if (environment.workspaceId === null || seen === null) return [];
  const workspaceId = String(environment.workspaceId);
  const expected = `workspace ${workspaceId}, as configured`;
  const { actingUser } = facts;
  if (actingUser?.known && !actingUser.value?.active)
    return [skip(expected, 'nothing was read as the configured user (credentials.user)')];
  if (!seen.known) return [unknownFinding(expected, seen)];
  if (seen.value.includes(workspaceId) && seen.value.length > 1)
    return [
      {
        status: 'unknown',
        expected,
        reason: `answers show rows of several workspaces (${seen.value.join(', ')}), so it is not clear to which one these credentials belong`,
        remedy: `Compare the credentials with those in the workspace of ${environmentLabel(environment)} (Settings → Developer settings)`,
        evidence: seen.sources,
      },
    ];
  if (seen.value.includes(workspaceId)) return [pass(expected, `workspace ${workspaceId}`, seen.sources)];
  if (seen.value.length > 0) {
    const owner = environments.find(
      (other) => other.workspaceId !== null && seen.value.includes(String(other.workspaceId)),
    );
    const actual = `workspace ${seen.value.join(', ')}${owner ? `, which is that of ${environmentLabel(owner)}` : ''}`;
    return [fail(expected, actual, remedyFor(environment), seen.sources)];
  }
  return [
    {
      status: 'unknown',
      expected,
      reason:
        'no answer shows a workspace id: there is no contract yet, and the analytics tables were not read',
      remedy: 'Create one contract in the workspace, or remove workspaceId from the config',
      evidence: seen.sources,
    },
  ];
}

function judgeKey(environment: Environment, other: OtherWebhookKey, facts: WorkspaceFacts): Finding {
  const expected = `not the workspace of ${other.environment}`;
  const own = facts.webhookKey;
  if (!own.known) return unknownFinding(expected, own);
  const theirs = other.fingerprint.known ? other.fingerprint.value : other.lastSeen?.fingerprint;
  if (theirs === undefined && !other.fingerprint.known)
    return unknownFinding(expected, {
      ...other.fingerprint,
      reason: `the key of ${other.environment} could not be read for comparison: ${other.fingerprint.reason}`,
    });
  const evidence = [...own.sources, ...other.fingerprint.sources];
  if (theirs === own.value)
    return fail(expected, `the same workspace as ${other.environment}`, remedyFor(environment), evidence);
  const seen = other.fingerprint.known
    ? 'its webhook key differs'
    : `its webhook key differs from that of ${other.environment} as read ${isoTime(other.lastSeen?.at)}`;
  return pass(expected, seen, evidence);
}

const isoTime = (at = 0): string => new Date(at).toISOString();
