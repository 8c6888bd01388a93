import { environmentLabel } from '../../text/environment-label.ts';
import { featureFlagsIn } from '../../workspace/feature-flags.ts';
import type { Check } from '../check.ts';
import { combine, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'config.feature-flags',
  item: 'configuration',
  title: 'Feature flags are on',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge({ environment, requires, facts: { featureFlags } }) {
    if (requires.featureFlags.length === 0 || featureFlags === null)
      return nothingRequired('no feature flag is required');
    return combine(
      requires.featureFlags.flatMap(({ name }) => {
        const expected = `${name} is on`;
        return judgeFact(featureFlags, expected, (answer) => {
          const switches = featureFlagsIn(answer);
          const value = Object.hasOwn(switches, name) ? switches[name] : undefined;
          if (value === true) return [pass(expected, 'on', featureFlags.sources)];
          const remedy = `Ask SpotDraft support to enable ${name} for the workspace of ${environmentLabel(environment)}`;
          if (value === false) return [fail(expected, 'off', remedy, featureFlags.sources)];
          const reason = `the answer does not say whether ${name} is on (its shape is not documented)`;
          return [{ status: 'unknown', expected, reason, remedy, evidence: featureFlags.sources }];
        });
      }),
    );
  },
};
