import type { RichTextElement } from '@slack/types';
import type { CheckResult, Report } from '../../readiness/report.ts';
import { countsLine, verdictLabels } from '../../readiness/status-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { durationText } from '../../time/duration-text.ts';
import type { HomeDrift, HomeEnvironment } from '../home/facts.ts';
import { bold, clip, dateElement, plain } from './text.ts';

const MAX_NAME = 80;
const MAX_TEXT = 200;

type Line = RichTextElement[];

/** States that a part of the Home could not be read. */
export const unreadLine = (what: string, token: string): Line => [
  bold(`❔ ${what}: could not be read `),
  plain(`(${token} in Envcheck’s log)`),
];

/** The verdict with its counts and time, and below it the first thing to do. */
export function reportLines(environment: HomeEnvironment): Line[] {
  const label = clip(environmentLabel(environment), MAX_NAME);
  const { report: read } = environment;
  if ('unknown' in read) return [unreadLine(label, read.unknown)];
  if (read.known === null)
    return [
      [
        bold(`❔ ${label}: not checked yet. `),
        plain(`/envcheck ${environment.name} checks it now; the first scheduled check also runs soon.`),
      ],
    ];
  const { report, isOld } = read.known;
  const { mark, word } = verdictLabels[report.verdict];
  // An outdated "ready" is never green.
  const shown = isOld && report.verdict === 'ready' ? verdictLabels.unknown.mark : mark;
  const late = isOld ? [bold(' · a newer check is overdue')] : [];
  return [
    [
      bold(`${shown} ${label}: ${isOld ? `${word} when last checked` : word}`),
      plain(` · ${countsLine(report)} · `),
      dateElement(report.checkedAt),
      ...late,
    ],
    ...firstOf(report),
  ];
}

/** The first check that prevents "ready": a failed one before an unknown one, a blocking one before an advisory one. */
function firstOf(report: Report): Line[] {
  const checks = report.items.flatMap((item) => item.checks);
  const [failed, unknown] = [checks.filter(isOf('fail')), checks.filter(isOf('unknown'))];
  const open = failed.length > 0 ? failed : unknown;
  const first = open.find(({ severity }) => severity === 'blocking') ?? open[0];
  if (!first) return [];
  const others = open.length - 1;
  const more = others > 0 ? `, and ${others} more` : '';
  const next = first.remedy ? ` Next: ${clip(first.remedy, MAX_TEXT)}` : '';
  const what = failed.length > 0 ? 'Failing' : 'Unknown';
  return [[bold(`${what}: `), plain(`${clip(first.title, MAX_NAME)} (${first.id})${more}.${next}`)]];
}

const isOf =
  (status: CheckResult['status']) =>
  (check: CheckResult): boolean =>
    check.status === status;

export function driftLines({ name, drift }: HomeEnvironment): Line[] {
  if ('unknown' in drift) return [unreadLine(`Differences in ${name}`, drift.unknown)];
  return drift.known.map(driftLine);
}

/** Counts come from the newest comparison; places it could not compare are counted too. */
function driftLine({ left, compared, open, accepted }: HomeDrift): Line {
  const model = clip(environmentLabel(left), MAX_NAME);
  if (!compared)
    return [
      bold(`❔ Differences from ${model}: `),
      plain('not compared yet; the first comparison runs soon.'),
    ];
  const { breaking, risky, cosmetic } = open;
  const counts = `${breaking} breaking, ${risky} risky, ${cosmetic} cosmetic open`;
  const notCompared =
    compared.notCompared > 0
      ? `, ❔ ${compared.notCompared} ${compared.notCompared === 1 ? 'place' : 'places'} not compared`
      : '';
  const rest = compared.notCompared > 0 ? '❔' : '✅';
  const mark = breaking > 0 ? '❌' : risky + cosmetic > 0 ? '⚠️' : rest;
  const also = accepted > 0 ? `, ${accepted} accepted` : '';
  return [
    bold(`${mark} Differences from ${model}: `),
    plain(`${counts}${also}${notCompared} · `),
    dateElement(compared.at),
  ];
}

const MAX_ACTIVITIES = 3;

export function eventsLine({ events }: HomeEnvironment): Line[] {
  if ('unknown' in events) return [unreadLine('Events', events.unknown)];
  if (events.known === null) return [];
  const { newestAt, maxSilenceMs, isSilent, expected, neverReceived } = events.known;
  if (newestAt === null) return [[bold('❌ Events: '), plain('none in the log, for any activity.')]];
  const missing = [
    ...neverReceived.slice(0, MAX_ACTIVITIES),
    ...(neverReceived.length > MAX_ACTIVITIES ? [`${neverReceived.length - MAX_ACTIVITIES} more`] : []),
  ];
  const problems = [
    ...(isSilent ? [`silent for longer than ${durationText(maxSilenceMs ?? 0)}`] : []),
    ...(neverReceived.length > 0
      ? [`${neverReceived.length} of ${expected} expected activities not in the log: ${missing.join(', ')}`]
      : []),
  ];
  const text =
    problems.length > 0 ? problems.join('; ') : `all ${expected} expected activities are in the log`;
  return [
    [
      bold(`${problems.length > 0 ? '❌' : '✅'} Events: `),
      plain(`${text} · newest `),
      dateElement(newestAt),
    ],
  ];
}

/** Counts of open and acknowledged failure groups, with the newest. */
export function failureLines({ name, failures }: HomeEnvironment): Line[] {
  if ('unknown' in failures) return [unreadLine(`Failures of ${name}`, failures.unknown)];
  if (failures.known === null) return [];
  const { open, acknowledged, newest, unknown } = failures.known;
  const mark = open > 0 ? '❌' : unknown.length > 0 ? '❔' : '✅';
  const counts = [
    open > 0 ? `${open} open` : 'none open',
    ...(acknowledged > 0 ? [`${acknowledged} acknowledged`] : []),
    ...(unknown.length > 0
      ? [
          `could not check ${unknown.slice(0, MAX_ACTIVITIES).join(', ')}${unknown.length > MAX_ACTIVITIES ? ` and ${unknown.length - MAX_ACTIVITIES} more` : ''}`,
        ]
      : []),
  ].join(', ');
  if (!newest) return [[bold(`${mark} Failures: `), plain(clip(counts, MAX_TEXT))]];
  return [
    [
      bold(`${mark} Failures: `),
      plain(`${clip(counts, MAX_TEXT)}. Newest: ${clip(newest.what, MAX_NAME)}, since `),
      dateElement(newest.since),
    ],
  ];
}

/** Failures are not announced during maintenance. */
export const maintenanceLines = ({ maintenance }: HomeEnvironment): Line[] =>
  maintenance === null
    ? []
    : [
        [
          bold('⏳ Maintenance until '),
          dateElement(maintenance.until),
          plain(`: ${clip(maintenance.reason, MAX_TEXT)}. Failures are announced afterwards.`),
        ],
      ];

/** Sign-offs given and still open. */
export function signOffLines({ name, signOffs }: HomeEnvironment): Line[] {
  if ('unknown' in signOffs) return [unreadLine(`Sign-offs of ${name}`, signOffs.unknown)];
  if (signOffs.known === null) return [];
  const { required, open } = signOffs.known;
  const [first] = open;
  const given = `${required - open.length} of ${required} signed off`;
  if (first === undefined) return [[bold('✅ Sign-offs: '), plain(given)]];
  const more = open.length > 1 ? `, and ${open.length - 1} more` : '';
  return [[bold('❌ Sign-offs: '), plain(`${given}. Open: ${clip(first, MAX_NAME)}${more}`)]];
}
