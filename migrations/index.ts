import type { Kysely } from 'kysely';
import { up as callsSnapshotsReports } from './0001-calls-snapshots-reports.ts';
import { up as eventLog } from './0002-event-log.ts';
import { up as reportsOfTheIntegration } from './0003-reports-of-the-integration.ts';
import { up as payloadKind } from './0004-payload-kind.ts';
import { up as drift } from './0005-drift.ts';
import { up as scheduleOutboxSubscriptions } from './0006-schedule-outbox-subscriptions.ts';
import { up as digestsNotices } from './0007-digests-notices.ts';
import { up as signOffs } from './0008-sign-offs.ts';
import { up as failures } from './0009-failures.ts';
import { up as integrationCalls } from './0010-integration-calls.ts';
import { up as auditChainIncidentMarks } from './0011-audit-chain-incident-marks.ts';
import { up as unreadEvents } from './0012-unread-events.ts';
import { up as arrivalAndMissingEvents } from './0013-arrival-and-missing-events.ts';
import { up as refusedDeliveries } from './0014-refused-deliveries.ts';
import { up as comparisonProgress } from './0016-comparison-progress.ts';
import { up as contractsInPaths } from './0018-contracts-in-paths.ts';
import { up as reportKeeper } from './0019-report-keeper.ts';
import { up as outcomesOfAnEvent } from './0020-outcomes-of-an-event.ts';
import { up as otherContractInPath } from './0022-other-contract-in-path.ts';

export interface Migration {
  /** The file's name without its extension. */
  name: string;
  up(db: Kysely<unknown>): Promise<void>;
}

/** Migrations in the order they run. A released migration is never edited; a new one is added below. */
export const migrations: readonly Migration[] = [
  { name: '0001-calls-snapshots-reports', up: callsSnapshotsReports },
  { name: '0002-event-log', up: eventLog },
  { name: '0003-reports-of-the-integration', up: reportsOfTheIntegration },
  { name: '0004-payload-kind', up: payloadKind },
  { name: '0005-drift', up: drift },
  { name: '0006-schedule-outbox-subscriptions', up: scheduleOutboxSubscriptions },
  { name: '0007-digests-notices', up: digestsNotices },
  { name: '0008-sign-offs', up: signOffs },
  { name: '0009-failures', up: failures },
  { name: '0010-integration-calls', up: integrationCalls },
  { name: '0011-audit-chain-incident-marks', up: auditChainIncidentMarks },
  { name: '0012-unread-events', up: unreadEvents },
  { name: '0013-arrival-and-missing-events', up: arrivalAndMissingEvents },
  { name: '0014-refused-deliveries', up: refusedDeliveries },
  { name: '0016-comparison-progress', up: comparisonProgress },
  { name: '0018-contracts-in-paths', up: contractsInPaths },
  { name: '0019-report-keeper', up: reportKeeper },
  { name: '0020-outcomes-of-an-event', up: outcomesOfAnEvent },
  { name: '0022-other-contract-in-path', up: otherContractInPath },
];
