import type { KnownBlock } from '@slack/types';
import type { Checker } from '../checker/checker.ts';
import type { Config, Environment } from '../config/config.ts';
import { compareReports } from '../readiness/compare-reports.ts';
import { environmentLabel } from '../readiness/environment-label.ts';
import type { Report } from '../readiness/report.ts';
import { countsLine, nextStepOf, verdictWords } from '../readiness/words.ts';
import { fitBlocks } from '../slack/blocks/budget.ts';
import { bold, clip, escapeMrkdwn, lineBreak, paragraph, plain, richText } from '../slack/blocks/text.ts';
import type { MakeReport, ReportRun } from './scheduled-report.ts';

/** The verdict of each environment, its counts and the one next step; nothing while no check changed. */
export const plainDigest =
  ({ config, checker }: { config: Config; checker: Checker }): MakeReport =>
  async (run) => {
    const environments = config.environments.filter(({ name }) => run.report.environments.includes(name));
    const results = await Promise.all(environments.map((environment) => readNow(checker, environment)));
    if (run.report.when === 'changed' && run.previousRun !== null && results.every(({ moved }) => !moved))
      return 'nothing changed';
    return [
      {
        channel: run.report.channel,
        key: `${run.report.id} ${run.firedFor}`,
        kind: 'post',
        message: digestMessage(
          run,
          results.map(({ report }) => report),
        ),
      },
    ];
  };

async function readNow(
  checker: Checker,
  environment: Environment,
): Promise<{ report: Report; moved: boolean }> {
  const before = await checker.newest(environment);
  const report = await checker.check(environment, { fresh: false, onProgress: () => {} });
  const changes = before && compareReports(before, report);
  return { report, moved: !changes || changes.resolved.length + changes.broken.length > 0 };
}

function digestMessage({ report, firedFor, late }: ReportRun, results: Report[]) {
  const title = `${report.name}${late ? ` (late: planned for ${new Date(firedFor).toISOString()})` : ''}`;
  const lines = results.map((each) => `${headOf(each)} (${countsLine(each)})`);
  return {
    text: escapeMrkdwn(clip(`${title}. ${lines.join('. ')}`, 1_000)),
    blocks: fitBlocks(
      [{ type: 'header', text: { type: 'plain_text', text: clip(title, 150) } }],
      results.map((each) => [partOf(each)]),
      [],
      (leftOut) => richText(paragraph(plain(`${leftOut} more do not fit here: /envcheck shows all.`))),
    ),
  };
}

const headOf = ({ environment, production, verdict }: Report): string =>
  `${verdictWords[verdict].mark} ${environmentLabel({ name: environment, production })}: ${verdictWords[verdict].word}`;

function partOf(report: Report): KnownBlock {
  const next = nextStepOf(report);
  return richText(
    paragraph(
      bold(headOf(report)),
      plain(` (${countsLine(report)})`),
      ...(next ? [lineBreak, plain(`Next: ${clip(next, 300)}`)] : []),
    ),
  );
}
