import type { KnownBlock } from '@slack/types';
import type { Digest } from '../../digests/digest/digest-content.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { IN_THREAD, listLimits, listPart, MANY_ENVIRONMENTS } from './digest-lists.ts';
import { dateTimeText, deliveriesLine, deliveriesOf, type Line, silenceLine } from './digest-text.ts';
import { bold, clip, code, plain } from './text.ts';

/** When there are many environments, those without trouble share a line. */
export function deliveriesPart(digest: Digest): KnownBlock[] {
  const known = digest.environments.flatMap((environment) => {
    const deliveries = deliveriesOf(environment);
    return deliveries ? [{ environment, deliveries }] : [];
  });
  const isQuiet = ({ deliveries }: (typeof known)[number]) =>
    deliveries.refused + deliveries.failedOutcomes === 0;
  const together = known.length > MANY_ENVIRONMENTS ? known.filter(isQuiet) : [];
  const lines = known
    .filter((each) => !together.includes(each))
    .map(({ environment, deliveries }) => deliveriesLine(environment, deliveries));
  const sum = (of: 'verified' | 'duplicates'): number =>
    together.reduce((total, { deliveries }) => total + deliveries[of], 0);
  const rest: Line[] =
    together.length > 0
      ? [
          [
            bold(`✓ ${together.length} ${lines.length > 0 ? 'others' : 'environments'}: `),
            plain(
              `${sum('verified').toLocaleString('en-US')} verified, ${pluralize(sum('duplicates'), 'duplicate')}, 0 refused, 0 failed outcomes`,
            ),
          ],
        ]
      : [];
  return listPart('Deliveries in this period', [...lines, ...rest], 21, '');
}

export const silenceLines = (digest: Digest): Line[] =>
  digest.environments.flatMap((environment) => {
    const deliveries = deliveriesOf(environment);
    return (deliveries?.silences ?? []).map((silence) =>
      silenceLine(environment, silence, deliveries as NonNullable<typeof deliveries>, digest),
    );
  });

/** One line for each environment with executed contracts whose event did not come. */
export const missingPart = (digest: Digest): KnownBlock[] =>
  listPart(
    'Missing events',
    digest.environments.flatMap((environment): Line[] => {
      const missing = deliveriesOf(environment)?.missing;
      if (!missing) return [];
      const { activity, contracts } = missing;
      const named = contracts.slice(0, MAX_NAMED).map((contract) => clip(contract, 60));
      const more = contracts.length - named.length;
      return [
        [
          bold(`${environmentLabel(environment)}: `),
          plain(
            `${pluralize(contracts.length, 'contract was', 'contracts were')} executed and ${activity} did not arrive: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}. Next: `,
          ),
          code(`/envcheck failures ${environment.name}`),
        ],
      ];
    }),
    21,
    '',
  );

const MAX_NAMED = 8;

export const silencePart = (digest: Digest): KnownBlock[] =>
  listPart('Silent', silenceLines(digest), listLimits.silent, IN_THREAD);

export function maintenancePart({ environments, period, timezone }: Digest): KnownBlock[] {
  const lines = environments.flatMap((environment) =>
    environment.maintenance.map(({ from, until, reason }): Line => {
      const when = `${dateTimeText(from, timezone)} to ${dateTimeText(until, timezone)}`;
      const lasts =
        until > period.to
          ? 'in maintenance, announcements are off'
          : 'was in maintenance, announcements were off';
      return [bold(`${environmentLabel(environment)}: `), plain(`${lasts}: ${when}, ${clip(reason, 160)}`)];
    }),
  );
  return listPart('🔧 Maintenance', lines, 6, '');
}
